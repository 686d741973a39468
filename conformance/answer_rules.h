// What holds for every answer of a server, whatever was asked. The runner checks it on all that comes back.
#pragma once

#include <map>

#include "conformance/exchange.h"

namespace cmpkit::conformance {

/// One check of one answer.
struct AnswerCheck {
  const cmp::Rule* rule;
  Fault fault;  // empty: it holds
};

/// Remembers what must not come twice.
class AnswerRules {
 public:
  /// All that can be said about this answer; nothing where there is none.
  std::vector<AnswerCheck> check(const Exchange& exchange);

 private:
  std::map<Octets, Octets> nonces_;  // and the answers they came in
};

/// The rules among those checks.
std::span<const cmp::Rule* const> answer_rules();

}  // namespace cmpkit::conformance
