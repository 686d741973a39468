#include "tools/ca_show_certificate.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/pem.h"
#include "tools/ca_store.h"
#include "tools/certificate_record.h"
#include "tools/files.h"
#include "tools/message_summary.h"
#include "tools/printing.h"
#include "tools/serial_number.h"

namespace cmpkit::tools {
namespace {

using Json = nlohmann::ordered_json;

/// Each member in a line of its own.
void print_lines(const Json& json) {
  for (const auto& [name, value] : json.items()) fmt::print("{:<10} {}\n", name, printable(value.get<std::string>()));
}

}  // namespace

int show_certificate(const ShowCertificate& arguments) {
  const auto serial = parse_serial_number(arguments.serial);
  if (!serial) return misused("SERIAL: " + serial.error());
  const auto ca = open_ca_store(arguments.folder);
  if (!ca) return ca.error();
  const auto record = ca->store->certificate(*serial);
  const auto request = record ? ca->store->request(*serial) : tl::unexpected(record.error());
  if (!request) return store_failed(request.error().text);
  if (!*record) return fail("there is no certificate with this serial number", "cmpkit ca list shows those there are");

  Json json = json_of(**record);
  if (*request)
    if (const auto summary = summarize_message(**request, cmp::botan_crypto())) json["request"] = one_line(*summary);
  if (!arguments.request_file.empty()) {
    if (!*request) return fail("the request that led to this certificate is not known");
    if (const auto written = write_file(arguments.request_file, **request); !written) return fail(written.error());
  }
  if (!arguments.json) {
    print_lines(json);
    return exit_ok;
  }
  json["certificate"] = cmp::encode_pem("CERTIFICATE", (*record)->certificate);
  print_json(json);
  return exit_ok;
}

}  // namespace cmpkit::tools
