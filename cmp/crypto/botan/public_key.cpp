#include "cmp/crypto/botan/public_key.h"

#include <botan/x509_key.h>

#include <bit>

#include "cmp/crypto/botan/guard.h"
#include "cmpkit/asn1/algorithms.h"

namespace cmpkit::cmp {

namespace {

constexpr std::size_t min_rsa_bits = 2048;
constexpr std::size_t max_rsa_bits = 16384;
constexpr std::size_t max_exponent_bits = 64;

/// Of a positive INTEGER.
std::size_t bits_of(asn1::Integer integer) {
  const auto leading_zero = integer.octets[0] == 0 && integer.octets.size() > 1;
  const auto octets = integer.octets.subspan(leading_zero ? 1 : 0);
  return octets.size() * 8 - static_cast<std::size_t>(std::countl_zero(octets[0]));
}

bool is_negative(asn1::Integer integer) { return (integer.octets[0] & 0x80) != 0; }

CryptoResult<void> check_rsa(const asn1::SubjectPublicKeyInfo& info) {
  const auto key = asn1::decode<asn1::RSAPublicKey>(info.subjectPublicKey.octets);
  if (!key) return bad_key("RSA key: " + key.error().text());
  if (is_negative(key->modulus) || is_negative(key->publicExponent)) return bad_key("RSA key: negative number");
  const auto bits = bits_of(key->modulus);
  if (bits < min_rsa_bits) return bad_key("RSA key of " + std::to_string(bits) + " bits: at least 2048 are asked for");
  if (bits > max_rsa_bits || bits_of(key->publicExponent) > max_exponent_bits)
    return bad_key("RSA key: modulus or exponent are larger than the limits");
  return {};
}

}  // namespace

CryptoResult<PublicKey> load_public_key(Bytes public_key) {
  const auto info = asn1::decode<asn1::SubjectPublicKeyInfo>(public_key);
  if (!info) return bad_key("public key: " + info.error().text());
  const auto type = key_type(info->algorithm);
  if (!type) return bad_key(type.error().text);
  if ((*type)->family == KeyFamily::rsa)
    if (auto checked = check_rsa(*info); !checked) return tl::unexpected(checked.error());
  return guarded(CryptoError::Kind::bad_key, "public key",
                 [&]() -> CryptoResult<PublicKey> { return PublicKey{*type, Botan::X509::load_key(public_key)}; });
}

KeyDescription describe(const PublicKey& key) {
  KeyDescription out{std::string(key.type->name), key.type->bits, key.type->can_sign};
  if (key.type->family == KeyFamily::rsa) {
    out.bits = static_cast<unsigned>(key.key->key_length());
    out.name += ":" + std::to_string(out.bits);
  }
  return out;
}

}  // namespace cmpkit::cmp
