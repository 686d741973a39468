#include "tools/run_teller.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "tools/command.h"
#include "tools/files.h"
#include "tools/message_summary.h"

namespace cmpkit::tools {
namespace {

void save(MessageFiles& files, Bytes message) {
  if (const auto saved = files.save(message); !saved) fail(saved.error());
}

}  // namespace

RunTeller::RunTeller(const ClientArguments& arguments, const cmp::Crypto& crypto)
    : crypto_(crypto),
      verbose_(arguments.verbose),
      state_file_(arguments.save_file.empty() ? arguments.resume_file : arguments.save_file),
      requests_(arguments.requests_out),
      responses_(arguments.responses_out) {}

void RunTeller::checkpoint(const cmp::Operation& operation) {
  if (state_file_.empty()) return;
  if (const auto saved = write_file(state_file_, operation.save(), Access::owner_only); !saved) fail(saved.error());
}

void RunTeller::ended() {
  if (!state_file_.empty()) std::remove(state_file_.c_str());
}

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

/// A line that counts down on a terminal, and one line for each time of waiting elsewhere.
void RunTeller::waiting(std::string_view why, std::chrono::seconds left, bool first) {
  if (isatty(STDERR_FILENO) == 1) {
    fmt::print(stderr, "\r{} in {} s \033[K{}", why, left.count(), left <= std::chrono::seconds{1} ? "\n" : "");
    std::fflush(stderr);
  } else if (first) {
    fmt::print(stderr, "{} in {} s\n", why, left.count());
  }
}

std::string RunTeller::line(Bytes message) const {
  const auto summary = summarize_message(message, crypto_);
  const std::string text = summary ? one_line(*summary) : "octets that are no PKIMessage";
  return fmt::format("{} ({} octets)", text, message.size());
}

}  // namespace cmpkit::tools
