// A server that answers what a test tells it to: header and protection are right, the body is the test's.
#pragma once

#include "cmpkit/asn1/storage.h"
#include "tests/support/crafted.h"

namespace cmpkit::cmp::test {

class ScriptedServer {
 public:
  /// Protects its answers with the credential; by default the world's CMP signer.
  explicit ScriptedServer(const World& world) : ScriptedServer(world, world.configuration().protection) {}
  ScriptedServer(const World& world, Credential credential) : world_(world), credential_(std::move(credential)) {}

  /// The answer to a message of a client; `change` is made before protection.
  [[nodiscard]] Octets answer(Bytes request, const asn1::PKIBody& body, const Edit& change = {}) const;
  /// The same without any protection.
  [[nodiscard]] Octets unprotected(Bytes request, const asn1::PKIBody& body, const Edit& change = {}) const;

 private:
  const World& world_;
  Credential credential_;
};

/// An error with this status.
asn1::PKIBody error_body(asn1::PKIStatus status, std::optional<asn1::PKIFailureInfo::Bit> bit = {});
/// A pollRep.
asn1::PKIBody poll_response(std::int64_t cert_req_id, std::int64_t check_after);
/// A genp with one item; `value` is DER that the caller keeps, empty for none.
asn1::PKIBody told(asn1::Oid type, Bytes value);
/// An rp with one status.
asn1::PKIBody revoked(asn1::PKIStatus status);

/// The message that a client sent. The view lives as long as the output.
asn1::PKIMessage sent(const Output& output);

}  // namespace cmpkit::cmp::test
