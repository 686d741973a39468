// Plays a server to our client, and changes what that server says.
#pragma once

#include "conformance/client_case.h"
#include "conformance/runner.h"

namespace cmpkit::conformance {

class ClientRunner {
 public:
  /// `honest` answers as it must, and its `server` and `server_no_signature` are there. It must outlive the runner.
  explicit ClientRunner(const Peer& honest);

  CaseResult run(const ClientCase& wanted);
  /// How the rules for every message of a client fared so far.
  [[nodiscard]] std::vector<AnswerResult> messages() const { return tally_.results(honest_); }

 private:
  using Made = tl::expected<std::unique_ptr<cmp::Operation>, std::string>;
  [[nodiscard]] std::string missing(const ClientCase& wanted) const;
  Made make(const ClientCase& wanted);
  Made make_enrollment(const ClientCase& wanted, cmp::Credential credential);
  tl::expected<cmp::Credential, std::string> credential(By by);
  tl::expected<ClientRun, std::string> play(const ClientCase& wanted, cmp::Operation& operation);

  const Peer& honest_;
  std::shared_ptr<const cmp::Signer> key_;  // what the client asks certificates for
  cmp::SignatureCredential stranger_;
  Tally tally_;
};

}  // namespace cmpkit::conformance
