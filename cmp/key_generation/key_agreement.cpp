// KeyAgreeRecipientInfo (RFC 9483 Section 4.1.6.2, RFC 5652 Section 6.2.2, RFC 5753, RFC 8418).
#include <array>

#include "cmp/crypto/key_management_algorithms.h"
#include "cmp/crypto/parameters.h"
#include "cmp/key_generation/recipient.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

namespace {

using asn1::KeyAgreeRecipientIdentifier;
using asn1::OriginatorIdentifierOrKey;

constexpr std::size_t our_key_size = 32;  // AES-256
constexpr std::size_t our_ukm_size = 32;
constexpr std::size_t max_ukm_size = 1024;

/// B-60, RFC 5753 Section 7.2: what goes into the key beside the shared secret.
CryptoResult<SecretOctets> wrapping_key(const KeyDerivation& derivation, const asn1::AlgorithmIdentifier& wrap,
                                        std::size_t size, Bytes secret, const std::optional<Bytes>& ukm,
                                        const KeyManagement& keys) {
  const auto bits = static_cast<std::uint32_t>(size * 8);
  const std::array<std::uint8_t, 4> length = {static_cast<std::uint8_t>(bits >> 24U),
                                              static_cast<std::uint8_t>(bits >> 16U),
                                              static_cast<std::uint8_t>(bits >> 8U), static_cast<std::uint8_t>(bits)};
  const Octets info = asn1::encode(asn1::EccCmsSharedInfo{wrap, ukm, length});
  return keys.derive(derivation, secret, ukm.value_or(Bytes{}), info, size);  // RFC 8418 Section 2.2: ukm as salt
}

KeyAgreeRecipientIdentifier agreement_identifier(const CertificateView& certificate) {
  KeyAgreeRecipientIdentifier out;
  if (const Bytes id = certificate.subject_key_id(); !id.empty())
    out.value.emplace<KeyAgreeRecipientIdentifier::rKeyId>().subjectKeyIdentifier = id;
  else
    out.value.emplace<KeyAgreeRecipientIdentifier::issuerAndSerialNumber>(
        asn1::IssuerAndSerialNumber{certificate.issuer(), certificate.serial()});
  return out;
}

bool names(const KeyAgreeRecipientIdentifier& identifier, const CertificateView& certificate) {
  asn1::RecipientIdentifier same;
  if (const auto* id = std::get_if<KeyAgreeRecipientIdentifier::rKeyId>(&identifier.value))
    same.value.emplace<asn1::RecipientIdentifier::subjectKeyIdentifier>(id->subjectKeyIdentifier);
  else
    same.value.emplace<asn1::RecipientIdentifier::issuerAndSerialNumber>(
        std::get<KeyAgreeRecipientIdentifier::issuerAndSerialNumber>(identifier.value));
  return cmp::names(same, certificate);
}

/// The ephemeral key of the sender as a SubjectPublicKeyInfo. RFC 5753 Section 3.1.1: id-ecPublicKey may come without
/// its curve, which then is that of our key.
Checked<Octets> originator_key(const OriginatorIdentifierOrKey& originator, Bytes own_public_key) {
  const auto* key = std::get_if<OriginatorIdentifierOrKey::originatorKey>(&originator.value);
  if (key == nullptr)  // D-9, RFC 9481 Section 4.1: no static-static agreement
    return refuse_key(rules::G_08, "the originator names a certificate instead of an ephemeral key");
  asn1::SubjectPublicKeyInfo info;
  info.algorithm = key->algorithm;
  info.subjectPublicKey = key->publicKey;
  const bool no_curve = !info.algorithm.parameters || is_null(*info.algorithm.parameters);
  if (info.algorithm.algorithm == asn1::id_ecPublicKey && no_curve)
    if (const auto own = asn1::decode<asn1::SubjectPublicKeyInfo>(own_public_key)) info.algorithm = own->algorithm;
  return asn1::encode(info);
}

}  // namespace

CryptoResult<asn1::RecipientInfo> agreement_recipient(Bytes key, const CertificateView& certificate,
                                                      const Environment& environment, asn1::Storage& storage) {
  const KeyManagement& keys = environment.crypto.key_management();
  const auto type = key_type(asn1::decode<asn1::SubjectPublicKeyInfo>(certificate.public_key())->algorithm);
  if (!type) return tl::unexpected(type.error());
  auto agreement = keys.agree(certificate.public_key());
  if (!agreement) return tl::unexpected(agreement.error());
  Octets fresh(our_ukm_size);
  environment.random.fill(fresh);
  const Bytes ukm = storage.keep(std::move(fresh));
  const asn1::AlgorithmIdentifier wrap{asn1::id_aes256_wrap, std::nullopt};
  const AgreementScheme scheme = agreement_scheme_for(**type);
  const auto wrapping = wrapping_key(scheme.derivation, wrap, our_key_size, agreement->secret, ukm, keys);
  if (!wrapping) return tl::unexpected(wrapping.error());
  auto wrapped = keys.wrap(*wrapping, key);
  if (!wrapped) return tl::unexpected(wrapped.error());

  const auto ephemeral =
      asn1::decode<asn1::SubjectPublicKeyInfo>(storage.keep(std::move(agreement->public_key))).value();
  asn1::RecipientInfo out;
  auto& info = out.value.emplace<asn1::RecipientInfo::kari>();  // G-08; version 3
  info.originator.value.emplace<OriginatorIdentifierOrKey::originatorKey>(
      asn1::OriginatorPublicKey{ephemeral.algorithm, ephemeral.subjectPublicKey});  // D-9
  info.ukm = ukm;
  info.keyEncryptionAlgorithm = {scheme.oid, asn1::Any{storage.keep(asn1::encode(wrap))}};
  info.recipientEncryptedKeys.push_back({agreement_identifier(certificate), storage.keep(std::move(*wrapped))});
  return out;
}

Checked<SecretOctets> open_recipient(const asn1::KeyAgreeRecipientInfo& info, const CertificateOpener& opener,
                                     std::size_t size, const Environment& environment) {
  const KeyManagement& keys = environment.crypto.key_management();
  if (info.version != 3) return refuse_key(rules::G_08, "the version of KeyAgreeRecipientInfo is not 3");
  if (info.recipientEncryptedKeys.size() != 1)
    return refuse_key(rules::G_08, "there is not exactly one RecipientEncryptedKey");
  const auto& recipient = info.recipientEncryptedKeys.front();
  if (!names(recipient.rid, opener.certificate))
    return refuse_key(rules::G_08, "the key is agreed on with another certificate than " + opener.certificate.name());
  if (info.ukm && info.ukm->size() > max_ukm_size) return refuse_key(rules::V_64, "ukm is longer than 1024 octets");
  const auto derivation = key_agreement_algorithm(info.keyEncryptionAlgorithm);
  if (!derivation) return refuse_key(rules::G_08, derivation.error().text);
  if (describe(derivation->digest).weak && !opener.accept_sha1)  // SEC-15
    return refuse_key(rules::G_08, "the key derivation is one over SHA-1");
  const auto& parameters = info.keyEncryptionAlgorithm.parameters;
  const auto wrap = asn1::decode<asn1::AlgorithmIdentifier>(parameters ? parameters->tlv : Bytes{});
  if (!wrap) return refuse_key(rules::G_08, "the key agreement does not name its key wrap");
  const auto wrap_size = read_key_wrap(*wrap, size);
  if (!wrap_size) return tl::unexpected(wrap_size.error());
  const auto originator = originator_key(info.originator, opener.decryptor.public_key());
  if (!originator) return tl::unexpected(originator.error());
  const auto secret = opener.decryptor.agree(*originator);
  if (!secret) return refuse_key(rules::G_08, secret.error().text);
  const auto wrapping = wrapping_key(*derivation, *wrap, *wrap_size, *secret, info.ukm, keys);
  if (!wrapping) return refuse_key(rules::G_08, wrapping.error().text);
  auto key = keys.unwrap(*wrapping, recipient.encryptedKey);
  if (!key) return refuse_key(rules::G_08, key.error().text);
  return std::move(*key);
}

}  // namespace cmpkit::cmp
