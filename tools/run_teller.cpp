#include "tools/run_teller.h"

#include <fmt/core.h>

#include <cstdio>

#include "tools/command.h"
#include "tools/message_summary.h"

namespace cmpkit::tools {
namespace {

void save(MessageFiles& files, Bytes message) {
  if (const auto saved = files.save(message); !saved) fail(saved.error());
}

}  // namespace

RunTeller::RunTeller(const EnrollArguments& arguments, const cmp::Crypto& crypto)
    : crypto_(crypto),
      verbose_(arguments.verbose),
      requests_(arguments.requests_out),
      responses_(arguments.responses_out) {}

void RunTeller::sending(Bytes request) {
  save(requests_, request);
  if (verbose_) fmt::print(stderr, "→ {}\n", line(request));
}

void RunTeller::received(const Exchange& exchange) {
  save(responses_, exchange.response);
  if (!verbose_) return;
  const std::chrono::duration<double, std::milli> time = exchange.duration;
  fmt::print(stderr, "← {}, {:.1f} ms\n", line(exchange.response), time.count());
}

void RunTeller::waiting(std::chrono::seconds time) {
  fmt::print(stderr, "the server asks us to come back in {} s\n", time.count());
}

std::string RunTeller::line(Bytes message) const {
  const auto summary = summarize_message(message, crypto_);
  const std::string text = summary ? one_line(*summary) : "octets that are no PKIMessage";
  return fmt::format("{} ({} octets)", text, message.size());
}

}  // namespace cmpkit::tools
