#include "cmp/authority/certificate_content.h"

#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {
namespace {

CryptoResult<asn1::SubjectPublicKeyInfo> decode_key(Bytes public_key) {
  const auto key = asn1::decode<asn1::SubjectPublicKeyInfo>(public_key);
  if (!key)
    return tl::unexpected(
        CryptoError{CryptoError::Kind::bad_key, "the public key is unreadable: " + key.error().text()});
  return *key;
}

CryptoResult<Octets> key_identifier(Bytes public_key, const Crypto& crypto) {
  const auto key = decode_key(public_key);
  if (!key) return tl::unexpected(key.error());
  const Bytes bits = key->subjectPublicKey.octets;
  auto digest = crypto.hash(identifier_of(Digest::sha256), Pieces(&bits, 1));
  if (digest) digest->resize(20);
  return digest;
}

}  // namespace

SerialNumber new_serial(Time now, Random& random) {
  SerialNumber serial{};
  random.fill(serial);
  auto seconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  for (std::size_t i = 5; i > 0; --i, seconds >>= 8U) serial[i] = static_cast<std::uint8_t>(seconds);
  serial[0] = 0x40;  // positive, and of this size
  return serial;
}

CryptoResult<Octets> subject_key_identifier_value(Bytes public_key, const Crypto& crypto) {
  return key_identifier(public_key, crypto).map([](const Octets& identifier) {
    return asn1::encode(asn1::SubjectKeyIdentifier(identifier));
  });
}

CryptoResult<Octets> authority_key_identifier_value(const CertificateView& issuer, const Crypto& crypto) {
  const Bytes known = issuer.subject_key_id();
  const auto identifier = known.empty() ? key_identifier(issuer.public_key(), crypto) : copy_of(known);
  return identifier.map([](const Octets& octets) {
    return asn1::encode(asn1::AuthorityKeyIdentifier{asn1::KeyIdentifier(octets), {}, {}});
  });
}

CryptoResult<Octets> sign_certificate(const CertificateContent& content, const Signer& signer) {
  const auto key = decode_key(content.public_key);
  if (!key) return tl::unexpected(key.error());

  asn1::Certificate certificate;
  asn1::TBSCertificate& tbs = certificate.tbsCertificate;
  tbs.version = asn1::Version::v3;
  tbs.serialNumber = {content.serial};
  tbs.signature = signer.algorithm();
  tbs.issuer = content.issuer;
  tbs.validity = content.validity;
  tbs.subject = content.subject;
  tbs.subjectPublicKeyInfo = *key;
  tbs.extensions = content.extensions;

  const Octets to_sign = asn1::encode(tbs);
  const Bytes piece = to_sign;
  const auto signature = signer.sign(Pieces(&piece, 1));
  if (!signature) return tl::unexpected(signature.error());
  certificate.signatureAlgorithm = signer.algorithm();
  certificate.signature = {*signature};
  return asn1::encode(certificate);
}

}  // namespace cmpkit::cmp
