// PasswordRecipientInfo (RFC 9483 Section 4.1.6.3, RFC 5652 Section 6.2.4).
#include "cmp/crypto/key_management_algorithms.h"
#include "cmp/crypto/mac_parameters.h"
#include "cmp/key_generation/recipient.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

Checked<std::size_t> read_key_wrap(const asn1::AlgorithmIdentifier& algorithm, std::size_t content_key_size) {
  const auto size = key_wrap_algorithm(algorithm);
  if (!size) return refuse_key(rules::G_10, size.error().text);
  if (*size != content_key_size)  // RFC 9481 Section 4.3.1
    return refuse_key(rules::G_10, "the keys of key wrap and content encryption are of different sizes");
  return *size;
}

CryptoResult<asn1::RecipientInfo> password_recipient(Bytes key, const SecretRecipient& recipient,
                                                     const Environment& environment, asn1::Storage& storage) {
  const KeyManagement& keys = environment.crypto.key_management();
  const auto derivation = asn1::decode<asn1::AlgorithmIdentifier>(
                              storage.keep(make_pbkdf2(environment.random, recipient.iterations, key.size())))
                              .value();
  MacLimits limits;
  limits.max_iterations = recipient.iterations;  // ours
  const auto wrapping = keys.derive(derivation, recipient.secret, key.size(), limits);
  if (!wrapping) return tl::unexpected(wrapping.error());
  auto wrapped = keys.wrap(*wrapping, key);
  if (!wrapped) return tl::unexpected(wrapped.error());
  asn1::RecipientInfo out;
  auto& info = out.value.emplace<asn1::RecipientInfo::pwri>();  // G-09; version 0
  info.keyDerivationAlgorithm = derivation;
  info.keyEncryptionAlgorithm = {asn1::id_aes256_wrap, std::nullopt};
  info.encryptedKey = storage.keep(std::move(*wrapped));
  return out;
}

Checked<SecretOctets> open_recipient(const asn1::PasswordRecipientInfo& info, const SecretOpener& opener,
                                     std::size_t size, const Environment& environment) {
  const KeyManagement& keys = environment.crypto.key_management();
  if (info.version != 0 && info.version != 3)  // D-10
    return refuse_key(rules::G_09, "the version of PasswordRecipientInfo is neither 0 nor 3");
  if (!info.keyDerivationAlgorithm) return refuse_key(rules::G_09, "keyDerivationAlgorithm is missing");
  const auto pbkdf2 = read_pbkdf2(*info.keyDerivationAlgorithm, "PBKDF2", opener.limits);
  if (!pbkdf2) return refuse_key(rules::G_09, pbkdf2.error().text);
  if (same_octets(pbkdf2->salt, opener.mac_salt)) return refuse_key(rules::G_09, "the salt is that of the MAC");
  const auto wrap_size = read_key_wrap(info.keyEncryptionAlgorithm, size);
  if (!wrap_size) return tl::unexpected(wrap_size.error());
  const auto wrapping = keys.derive(*info.keyDerivationAlgorithm, opener.secret, *wrap_size, opener.limits);
  if (!wrapping) return refuse_key(rules::G_09, wrapping.error().text);
  auto key = keys.unwrap(*wrapping, info.encryptedKey);
  if (!key) return refuse_key(rules::G_09, key.error().text);
  return std::move(*key);
}

}  // namespace cmpkit::cmp
