#include "tools/client.h"

#include <fmt/core.h>

#include <cstdio>

#include "cmpkit/cmp/pem.h"
#include "cmpkit/transport/url.h"
#include "tools/command.h"
#include "tools/run_teller.h"

namespace cmpkit::tools {

tl::expected<transport::HttpClient, transport::TransportError> connect(const ClientArguments& arguments) {
  const transport::ClientOptions options{.total_timeout = std::chrono::seconds{arguments.msg_timeout}};
  if (arguments.path.empty()) return transport::HttpClient::create(arguments.server, options);
  auto url = transport::parse_url(arguments.server);
  if (!url) return tl::unexpected(url.error());
  url->path = arguments.path.starts_with('/') ? arguments.path : "/" + arguments.path;
  return transport::HttpClient::create(url->text(), options);
}

Carried carry_out(cmp::Operation& operation, transport::Channel& channel, const cmp::Clock& clock,
                  const ClientArguments& arguments, const OperationWords& words) {
  const cmp::Crypto& crypto = cmp::botan_crypto();
  Patience patience{{}, arguments.retries, std::chrono::seconds{arguments.retry_wait}};
  if (arguments.no_wait || arguments.wait) patience.wait = std::chrono::seconds{arguments.wait.value_or(0)};
  RunTeller teller(arguments, crypto);
  Carried out;
  out.run = run_operation(operation, channel, clock, patience, teller);
  out.report = report_on(out.run, words, arguments.server, !arguments.secret.empty(), crypto);
  if (out.run.outcome) {
    teller.ended();
  } else {
    out.report.saved_in = arguments.save_file.empty() ? arguments.resume_file : arguments.save_file;
    if (out.report.failure && !out.report.saved_in.empty())
      out.report.failure->next_step += "; then the same command with --resume " + out.report.saved_in;
  }
  return out;
}

Step store_file(OperationReport& report, std::string what, const std::string& path, Bytes content) {
  if (path.empty()) return {};
  return write_file(path, content).map([&] { report.files.push_back({std::move(what), path}); });
}

Step store_pem(OperationReport& report, std::string what, const std::string& path, std::string_view label,
               std::span<const Octets> der) {
  std::string pem;
  for (const Octets& one : der) pem += cmp::encode_pem(label, one);
  return pem.empty() ? Step{} : store_file(report, std::move(what), path, bytes_of(pem));
}

int conclude(const OperationReport& report, bool json) {
  if (json) {
    fmt::print("{}", report_json(report));
  } else if (report.failure) {
    fmt::print(stderr, "cmpkit: {}", report_text(report));
  } else {
    fmt::print("{}", report_text(report));
  }
  if (report.failure) return exit_failed;
  return report.waiting_until ? exit_waiting : exit_ok;
}

}  // namespace cmpkit::tools
