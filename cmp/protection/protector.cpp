#include "cmp/protection/protector.h"

#include "cmp/message/fields.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

namespace {

class SignatureProtector final : public Protector {
 public:
  SignatureProtector(const SignatureCredential& credential, const CertificateView& certificate)
      : credential_(credential), subject_(certificate.subject()), key_id_(certificate.subject_key_id()) {}

  void fill(asn1::PKIHeader& header) const override {
    header.sender = asn1::GeneralName::of(subject_);  // H-10, RFC 9483 Section 3.1
    header.protectionAlg = credential_.signer->algorithm();
    if (!key_id_.empty()) header.senderKID = key_id_;  // H-50, RFC 9483 Section 3.1
  }
  CryptoResult<Octets> protect(Pieces protected_part) const override {
    return credential_.signer->sign(protected_part);
  }
  std::span<const Octets> certificates() const override { return credential_.chain; }

 private:
  const SignatureCredential& credential_;
  asn1::Name subject_;  // both look into the credential's first certificate
  Bytes key_id_;
};

class MacProtector final : public Protector {
 public:
  MacProtector(OwnedAlgorithm algorithm, std::shared_ptr<const Mac> mac, Octets reference)
      : algorithm_(std::move(algorithm)),
        mac_(std::move(mac)),
        reference_(std::move(reference)),
        name_(name_of_common_name(reference_)) {}

  void fill(asn1::PKIHeader& header) const override {
    header.sender = asn1::GeneralName::of({name_});  // H-11, H-14, RFC 9483 Section 3.1
    header.protectionAlg = *algorithm_;
    header.senderKID = reference_;  // H-51, RFC 9483 Section 3.1
  }
  CryptoResult<Octets> protect(Pieces protected_part) const override { return mac_->compute(protected_part); }
  std::span<const Octets> certificates() const override { return {}; }

 private:
  OwnedAlgorithm algorithm_;
  std::shared_ptr<const Mac> mac_;
  Octets reference_;
  Octets name_;
};

}  // namespace

CryptoResult<std::unique_ptr<Protector>> signature_protector(const SignatureCredential& credential) {
  const auto bad_key = [](std::string text) {
    return tl::unexpected(CryptoError{CryptoError::Kind::bad_key, std::move(text)});
  };
  if (!credential.signer || credential.chain.empty())
    return bad_key("a signature credential needs a signer and its certificate");
  const auto certificate = CertificateView::decode(credential.chain.front());
  if (!certificate) return bad_key("the protection certificate cannot be read: " + certificate.error().text());
  if (!same_octets(certificate->public_key(), credential.signer->public_key()))
    return bad_key("the protection certificate " + certificate->name() +
                   " is not one for the private key given with it");
  if (!certificate->allows(asn1::KeyUsage::digitalSignature))  // P-14, RFC 9483 Section 3.5
    return bad_key("the protection certificate " + certificate->name() + " does not allow digitalSignature");
  return std::make_unique<SignatureProtector>(credential, *certificate);
}

CryptoResult<std::unique_ptr<Protector>> mac_protector(Octets algorithm, std::shared_ptr<const Mac> mac,
                                                       Octets reference) {
  auto owned = OwnedAlgorithm::decode(std::move(algorithm));
  if (!owned) return tl::unexpected(CryptoError{CryptoError::Kind::bad_parameters, owned.error().text()});
  return std::make_unique<MacProtector>(std::move(*owned), std::move(mac), std::move(reference));
}

CryptoResult<std::unique_ptr<Protector>> mac_protector(const SecretCredential& credential,
                                                       const Environment& environment, const MacLimits& limits) {
  const OwnedAlgorithm algorithm = credential.method.kind == MacMethod::Kind::pbm
                                       ? make_pbm_parameters(environment.random, credential.method.iterations)
                                       : make_pbmac1_parameters(environment.random, credential.method.iterations);
  auto mac = environment.crypto.mac(*algorithm, credential.secret, limits);
  if (!mac) return tl::unexpected(mac.error());
  return mac_protector(copy_of(algorithm.octets()), std::move(*mac), credential.reference);
}

CryptoResult<std::unique_ptr<Protector>> make_protector(const Credential& credential, const Environment& environment,
                                                        const MacLimits& limits) {
  if (const auto* signature = std::get_if<SignatureCredential>(&credential)) return signature_protector(*signature);
  return mac_protector(std::get<SecretCredential>(credential), environment, limits);
}

}  // namespace cmpkit::cmp
