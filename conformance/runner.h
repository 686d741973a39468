// Runs the cases against a server.
#pragma once

#include "conformance/credentials.h"
#include "conformance/talk.h"
#include "conformance/tally.h"

namespace cmpkit::conformance {

enum class Verdict : std::uint8_t { passed, failed, tolerated, skipped };

/// One exchange of a case, for the report.
struct Said {
  std::string sent;      // `ir without senderNonce`
  std::string expected;  // `error with rejection and badSenderNonce`
  std::string received;
  std::string fault;  // what was wrong; empty: nothing
  Octets request, reply;
};

struct CaseResult {
  std::string name;
  std::vector<const cmp::Rule*> rules;
  Verdict verdict{};
  std::string reason;  // skipped, tolerated: why; failed: what was wrong
  std::vector<Said> said;
};

struct Results {
  std::string peer;
  std::vector<CaseResult> cases;
  std::vector<AnswerResult> answers;  // of the rules for every message

  /// More of the same kind: the counts of one rule are added up.
  void add(const std::vector<AnswerResult>& more);

  /// Nothing failed that is not tolerated.
  [[nodiscard]] bool good() const;
  [[nodiscard]] std::size_t count(Verdict verdict) const;
};

class Runner {
 public:
  /// The peer must outlive the runner.
  explicit Runner(const Peer& peer);

  CaseResult run(const Case& wanted);
  /// How the rules for every answer fared so far.
  [[nodiscard]] std::vector<AnswerResult> messages() const { return tally_.results(peer_); }

 private:
  void play(const Case& wanted, Talk& talk, CaseResult& result);

  const Peer& peer_;
  Credentials credentials_;
  AnswerRules rules_;
  Tally tally_;
};

/// One exchange of a case, judged.
Said said_of(const Spoken& spoken);

/// A failure that the peer is known for becomes `tolerated`.
void tolerate(const Peer& peer, CaseResult& result);

}  // namespace cmpkit::conformance
