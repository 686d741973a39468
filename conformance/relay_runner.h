// Plays the devices below a registration authority and the CA above it.
#pragma once

#include "conformance/relay_run.h"
#include "conformance/runner.h"

namespace cmpkit::conformance {

class RelayRunner {
 public:
  /// `ra` sends what it forwards to `upstream`. Both must outlive the runner.
  RelayRunner(const Peer& ra, Upstream& upstream);

  CaseResult run(const RelayCase& wanted);
  /// How the rules for every answer of an RA and for every message that it forwards fared so far.
  [[nodiscard]] std::vector<AnswerResult> messages() const { return tally_.results(ra_); }

 private:
  using Talks = std::map<std::size_t, Talk>;
  void play(const RelayCase& wanted, const cmp::Credential& credential, Talks& talks, CaseResult& result);
  Spoken play(const RelayStep& step, Talk& talk);
  void look_upstream(const RelayCase& wanted, const Talks& talks, CaseResult& result);

  const Peer& ra_;
  Upstream& upstream_;
  Credentials credentials_;
  AnswerRules rules_;
  Tally tally_;
};

}  // namespace cmpkit::conformance
