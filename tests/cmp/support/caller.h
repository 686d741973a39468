// A client that says what a test tells it to: header and protection are right, the body is the test's.
#pragma once

#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/certificate.h"
#include "tests/support/crafted.h"

namespace cmpkit::cmp::test {

class Caller {
 public:
  Caller(World& world, Credential credential) : world_(world), credential_(std::move(credential)) {}

  /// The octets of the next message of the running transaction, or of a new one; `change` is made before protection.
  Octets message(const asn1::PKIBody& body, const Edit& change = {});
  /// Sends it to the world's responder; what came back is in `answer` and `reply`.
  const asn1::PKIMessage& send(const asn1::PKIBody& body, const Edit& change = {});
  const asn1::PKIMessage& send_again();
  const asn1::PKIMessage& send_octets(Octets message);
  /// The next message begins a new transaction.
  void start_over();

  [[nodiscard]] const asn1::PKIMessage& answer() const { return **answer_; }
  Reply reply;
  std::string profile;  // of the endpoint

 private:
  World& world_;
  Credential credential_;
  Octets transaction_id_, our_nonce_, their_nonce_, sent_;
  std::optional<asn1::Owned<asn1::PKIMessage>> answer_;
};

/// A device of this world with a certificate of the CA.
struct Device {
  std::shared_ptr<const Signer> key;
  Octets certificate;
  [[nodiscard]] SignatureCredential credential(const World& world) const {
    return {key, {certificate, world.ca.certificate}};
  }
  [[nodiscard]] CertificateView view() const { return CertificateView::decode(certificate).value(); }
};
Device enrolled(World& world, std::string_view subject = "/CN=device");

/// What the store holds of a certificate.
IssuedCertificate stored(const World& world, Bytes certificate);

/// A PKCS #10 request, signed by its key.
Octets make_csr(const Signer& key, Bytes subject);

/// The body of a request for a certificate; it and its key live as long as this.
struct EnrollmentBody {
  EnrollmentBody(const World& world, asn1::PKIBody::Type type, std::string_view subject = "/CN=device");
  std::shared_ptr<const Signer> key;
  asn1::PKIBody body;

 private:
  EnrollmentOptions options_;
  asn1::Storage storage_;
};

/// A certConf that takes the certificates of the answer to a request.
asn1::PKIBody confirming(const asn1::PKIMessage& answer, asn1::Storage& storage);
/// The certificate in an answer.
Bytes certificate_in(const asn1::PKIMessage& answer);

/// The status in an answer: of the error, of the first response, or of the first revocation.
const asn1::PKIStatusInfo& status_in(const asn1::PKIMessage& answer);

/// Checks that the answer refuses with exactly this bit, and names the rule in its text.
void check_refused(const asn1::PKIMessage& answer, asn1::PKIBody::Type type, asn1::PKIFailureInfo::Bit bit,
                   std::string_view rule);

}  // namespace cmpkit::cmp::test
