// Plays a server to our client, and changes what that server says.
#pragma once

#include "conformance/client_case.h"
#include "conformance/runner.h"

namespace cmpkit::conformance {

class ClientRunner {
 public:
  /// `honest` is a server that answers as it must, protected by `server`; its `new_key` is what the client asks
  /// certificates for. `server_without_signature` is a certificate of the same PKI that does not allow signatures. All
  /// must outlive the runner.
  ClientRunner(const Peer& honest, const cmp::SignatureCredential& server,
               const cmp::SignatureCredential& server_without_signature);

  CaseResult run(const ClientCase& wanted);
  /// How the rules for every message of a client fared so far.
  [[nodiscard]] std::vector<AnswerResult> messages() const;

 private:
  using Made = tl::expected<std::unique_ptr<cmp::Operation>, std::string>;
  Made make(const ClientCase& wanted);
  Made make_enrollment(const ClientCase& wanted, cmp::Credential credential);
  tl::expected<cmp::Credential, std::string> credential(By by);
  tl::expected<ClientRun, std::string> play(const ClientCase& wanted, cmp::Operation& operation);
  tl::expected<Octets, std::string> change(const ClientCase& wanted, const ClientRun& run, Octets answer);

  const Peer& honest_;
  const cmp::SignatureCredential& server_;
  const cmp::SignatureCredential& server_without_signature_;
  cmp::SignatureCredential stranger_;
  std::map<const cmp::Rule*, AnswerResult> messages_;
};

}  // namespace cmpkit::conformance
