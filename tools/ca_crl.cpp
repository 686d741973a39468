// `cmpkit ca crl`: the CRL of a CA that is up to date, made now where the last one is not.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/pem.h"
#include "tools/ca.h"
#include "tools/ca_engine.h"
#include "tools/ca_store.h"
#include "tools/certificate_summary.h"
#include "tools/files.h"
#include "tools/printing.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

struct Arguments {
  std::string folder, out;
  std::uint32_t partition = 0;
  bool json = false;
};

void print(const cmp::StoredCrl& crl, bool as_json) {
  if (!as_json) {
    fmt::print("CRL {} from {} to {}\n", crl.number, time_text(crl.this_update), time_text(crl.next_update));
    return;
  }
  print_json({{"partition", crl.partition},
              {"number", crl.number},
              {"thisUpdate", time_text(crl.this_update)},
              {"nextUpdate", time_text(crl.next_update)}});
}

int ca_crl(const Arguments& arguments) {
  auto ca = open_ca_store(arguments.folder);
  if (!ca) return ca.error();
  const auto engine = CaEngine::create(ca->configuration, std::move(ca->store));
  if (!engine)
    return misused(fmt::format("{}", fmt::join(engine.error(), "\ncmpkit: ")), "the CA's key is needed to sign a CRL");
  const auto crl = (*engine)->crls().current(arguments.partition, SystemClock().now());
  if (!crl) return fail(crl.error());
  if (!arguments.out.empty())
    if (const auto written = write_file(arguments.out, bytes_of(cmp::encode_pem("X509 CRL", crl->der))); !written)
      return fail(written.error());
  print(*crl, arguments.json);
  return exit_ok;
}

}  // namespace

void add_ca_crl(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("crl", "Get the CRL, made anew where the last one is out of date");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DIR", arguments->folder, "Folder made by cmpkit ca init")->required();
  command->add_option("--partition", arguments->partition, "Which part of it, where crl_partitions divides it")
      ->capture_default_str();
  command->add_option("--out", arguments->out, "Write it there (PEM)");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments, &action] { action = [arguments] { return ca_crl(*arguments); }; });
}

}  // namespace cmpkit::tools
