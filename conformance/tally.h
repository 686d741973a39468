// How the rules for every message fared on all of them together.
#pragma once

#include "conformance/answer_rules.h"
#include "conformance/peer.h"

namespace cmpkit::conformance {

struct AnswerResult {
  const cmp::Rule* rule;
  std::size_t held = 0, broken = 0;
  std::string example;    // the first message that broke it: case and fault
  std::string tolerated;  // why its failures do not count; empty: they do
};

class Tally {
 public:
  /// `where` is for the example: the case, and whatever tells more of the message.
  void add(const AnswerCheck& made, std::string_view where, std::string_view what = {});
  /// In the order of the rules.
  [[nodiscard]] std::vector<AnswerResult> results(const Peer& peer) const;

 private:
  std::map<const cmp::Rule*, AnswerResult> results_;
};

}  // namespace cmpkit::conformance
