// Runs the cases against a server.
#pragma once

#include "conformance/answer_rules.h"
#include "conformance/case.h"

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

/// How one rule fared on all answers together.
struct AnswerResult {
  const cmp::Rule* rule;
  std::size_t held = 0, broken = 0;
  std::string example;    // the first answer that broke it: case and fault
  std::string tolerated;  // why its failures do not count; empty: they do
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
  [[nodiscard]] std::vector<AnswerResult> messages() const;

 private:
  void play(const Case& wanted, Conversation& conversation, CaseResult& result);
  [[nodiscard]] std::string missing(const Case& wanted) const;
  tl::expected<cmp::Credential, std::string> credential(By by);
  tl::expected<cmp::SignatureCredential, std::string> enrol();
  void check_answers(const Conversation& conversation, std::string_view name);

  const Peer& peer_;
  cmp::SignatureCredential stranger_;
  AnswerRules rules_;
  std::map<const cmp::Rule*, AnswerResult> answers_;
};

/// `ir without senderNonce`
std::string text_of(const Step& step);

}  // namespace cmpkit::conformance
