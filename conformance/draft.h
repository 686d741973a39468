// A message on its way from a good one to a wrong one: built whole, changed by name, and protected so that nothing but
// the change is wrong.
#pragma once

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::conformance {

/// When a change is made.
enum class Stage : std::uint8_t {
  content,  // before possession is proved and the protection chosen: the credential, the template
  message,  // before the message is protected: header and body, with what the protection put there
  sealed,   // after that: what protection does not cover, or what is to break it
  octets,   // the encoding
};

struct Draft;

/// One way to make a good message wrong, or good in another way. Static.
struct Change {
  std::string_view name;  // completes "a message with ...": `without transactionID`
  Stage stage;
  void (*apply)(Draft&);
};

/// A message under construction. The views in `message` look into `storage`.
struct Draft {
  explicit Draft(const cmp::Environment& e) : environment(e) {}

  cmp::Environment environment;
  cmp::Credential credential;      // protects it
  bool despite_key_usage = false;  // signs although the certificate of `credential` does not allow it
  bool is_protected = true;        // false: neither protection nor protectionAlg
  std::shared_ptr<const cmp::Signer>
      key;                             // proves possession in a certificate request; null: there is nothing to prove
  cmp::SignatureCredential other;      // somebody else's: of a PKI that the receiver does not know
  Octets previous_id, previous_nonce;  // transactionID and senderNonce of our message before
  std::optional<cmp::SignatureCredential> no_signature;  // of a PKI that is trusted, without digitalSignature
  std::optional<cmp::SignatureCredential> device;        // of a PKI that is trusted, and no RA
  std::optional<cmp::SecretCredential> secret;           // that the receiver knows
  Octets root;                                           // DER certificate: the anchor of the server's PKI
  Octets earlier_answer;                                 // of an answer: one to something else
  std::string delaying_profile;                          // what it names is not granted at once
  std::vector<Octets> more_certificates;                 // go into extraCerts after those of the credential
  asn1::PKIBody::Type body_type{};                       // of the message as it was built, whatever changes make of it
  asn1::PKIMessage message;
  Octets octets;  // once it is sealed
  asn1::Storage storage;

  asn1::PKIHeader& header() { return message.header; }
  // The content of the body. std::bad_variant_access where it is of another type.
  template <asn1::PKIBody::Type T>
  auto& body() {
    return std::get<T>(message.body.value);
  }
  // of an ir, cr or kur
  asn1::CertReqMessages& requests();
  asn1::CertTemplate& cert_template() { return requests().front().certReq.certTemplate; }
  // of an ip, cp or kup
  asn1::CertRepMessage& responses();
  asn1::CertResponse& response() { return responses().response.front(); }

  /// Keeps the encoding of a value as long as the draft lives.
  template <class T>
  Bytes keep(const T& value) {
    return storage.keep(asn1::encode(value));
  }
  /// Adds an item to generalInfo.
  void add_info(asn1::Oid type, std::optional<asn1::Any> value);
  void remove_info(asn1::Oid type);
};

/// Makes the changes, each at its stage, and everything between: `draft.octets` is what to send then. The error says
/// what could not be built, or that a change does not fit the message.
tl::expected<void, std::string> seal(Draft& draft, std::span<const Change* const> changes);

/// 16 fresh octets.
Octets random_octets(const cmp::Environment& environment);

}  // namespace cmpkit::conformance
