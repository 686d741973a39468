// The log of `cmpkit ca serve`: one line for each request, on standard error.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "cmpkit/cmp/responder.h"

namespace spdlog {
class logger;
}

namespace cmpkit::tools {

/// Safe to use from several threads at once.
class RequestLog {
 public:
  /// `level` is one of spdlog's names: trace, debug, info, warning, error, critical, off. With debug each line is
  /// followed by the checks that were made.
  RequestLog(const std::string& level, bool json);
  ~RequestLog();

  /// Who asked for what from which address, what came of it and how long it took; for a refusal the rule and the
  /// failInfo. Refusals are warnings; where the store or another part of ours failed (systemUnavail) errors.
  void request(std::string_view peer, const cmp::Reply& reply, std::chrono::microseconds time);

  /// Anything else worth telling.
  void note(std::string_view text);

  /// The same for what somebody has to mend.
  void alarm(std::string_view text);

 private:
  void say(int level, std::string_view text);

  std::shared_ptr<spdlog::logger> logger_;
  bool json_;
};

}  // namespace cmpkit::tools
