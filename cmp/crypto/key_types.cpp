#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "cmp/crypto/parameters.h"
#include "cmp/crypto/refusal.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

namespace {

using enum KeyFamily;

constexpr KeyType on_curve(std::string_view name, asn1::Oid curve, unsigned bits) {
  return {name, ec, asn1::id_ecPublicKey, curve, bits, true};
}
constexpr KeyType other(std::string_view name, KeyFamily family, asn1::Oid algorithm, unsigned bits,
                        bool can_sign = true) {
  return {name, family, algorithm, {}, bits, can_sign};
}

constexpr std::array table{
    on_curve("ec:P-256", asn1::secp256r1, 256),
    on_curve("ec:P-384", asn1::secp384r1, 384),
    on_curve("ec:P-521", asn1::secp521r1, 521),
    on_curve("ec:brainpoolP256r1", asn1::brainpoolP256r1, 256),
    on_curve("ec:brainpoolP384r1", asn1::brainpoolP384r1, 384),
    on_curve("ec:brainpoolP512r1", asn1::brainpoolP512r1, 512),
    other("rsa", rsa, asn1::rsaEncryption, 0),
    other("ed25519", ed25519, asn1::id_Ed25519, 256),
    other("ed448", ed448, asn1::id_Ed448, 448),
    other("ml-dsa-44", ml_dsa, asn1::id_ml_dsa_44, 256),
    other("ml-dsa-65", ml_dsa, asn1::id_ml_dsa_65, 384),
    other("ml-dsa-87", ml_dsa, asn1::id_ml_dsa_87, 512),
    other("slh-dsa-sha2-128s", slh_dsa, asn1::id_slh_dsa_sha2_128s, 256),
    other("slh-dsa-sha2-128f", slh_dsa, asn1::id_slh_dsa_sha2_128f, 256),
    other("slh-dsa-sha2-192s", slh_dsa, asn1::id_slh_dsa_sha2_192s, 384),
    other("slh-dsa-sha2-192f", slh_dsa, asn1::id_slh_dsa_sha2_192f, 384),
    other("slh-dsa-sha2-256s", slh_dsa, asn1::id_slh_dsa_sha2_256s, 512),
    other("slh-dsa-sha2-256f", slh_dsa, asn1::id_slh_dsa_sha2_256f, 512),
    other("slh-dsa-shake-128s", slh_dsa, asn1::id_slh_dsa_shake_128s, 256),
    other("slh-dsa-shake-128f", slh_dsa, asn1::id_slh_dsa_shake_128f, 256),
    other("slh-dsa-shake-192s", slh_dsa, asn1::id_slh_dsa_shake_192s, 384),
    other("slh-dsa-shake-192f", slh_dsa, asn1::id_slh_dsa_shake_192f, 384),
    other("slh-dsa-shake-256s", slh_dsa, asn1::id_slh_dsa_shake_256s, 512),
    other("slh-dsa-shake-256f", slh_dsa, asn1::id_slh_dsa_shake_256f, 512),
    other("x25519", x25519, asn1::id_X25519, 256, false),
    other("x448", x448, asn1::id_X448, 448, false),
    other("ml-kem-512", ml_kem, asn1::id_alg_ml_kem_512, 256, false),
    other("ml-kem-768", ml_kem, asn1::id_alg_ml_kem_768, 384, false),
    other("ml-kem-1024", ml_kem, asn1::id_alg_ml_kem_1024, 512, false),
};

/// What OpenSSL and others call the same.
struct Alias {
  std::string_view name, means;
};
constexpr std::array aliases{
    Alias{"prime256v1", "P-256"},  Alias{"secp256r1", "P-256"},   Alias{"secp384r1", "P-384"},
    Alias{"secp521r1", "P-521"},   Alias{"mldsa44", "ml-dsa-44"}, Alias{"mldsa65", "ml-dsa-65"},
    Alias{"mldsa87", "ml-dsa-87"},
};

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

const KeyType* row_of(asn1::Oid algorithm, asn1::Oid curve) {
  const auto row =
      std::ranges::find_if(table, [&](const auto& r) { return r.algorithm == algorithm && r.curve == curve; });
  return row == table.end() ? nullptr : &*row;
}

/// RFC 5480 Section 2.1.1: namedCurve, and nothing else.
CryptoResult<const KeyType*> ec_key_type(const std::optional<asn1::Any>& parameters) {
  if (!parameters) return bad_parameters("id-ecPublicKey must name a curve");
  const auto curve = asn1::decode<asn1::Oid>(parameters->tlv);
  if (!curve) return bad_parameters("id-ecPublicKey must name a curve: " + curve.error().text());
  const auto* row = row_of(asn1::id_ecPublicKey, *curve);
  if (row == nullptr) return unknown_algorithm("unknown elliptic curve " + asn1::dotted(*curve));
  return row;
}

}  // namespace

std::span<const KeyType> known_key_types() { return table; }

const KeyType* key_type_named(std::string_view name) {
  if (name.starts_with("ec:")) name.remove_prefix(3);
  if (name.starts_with("rsa:") || name.starts_with("RSA:")) name = name.substr(0, 3);
  const auto alias = std::ranges::find_if(aliases, [&](const auto& a) { return same_ignoring_case(a.name, name); });
  if (alias != aliases.end()) name = alias->means;
  const auto row = std::ranges::find_if(
      table, [&](const auto& r) { return same_ignoring_case(r.family == ec ? r.name.substr(3) : r.name, name); });
  return row == table.end() ? nullptr : &*row;
}

CryptoResult<const KeyType*> key_type(const asn1::AlgorithmIdentifier& algorithm) {
  if (algorithm.algorithm == asn1::id_ecPublicKey) return ec_key_type(algorithm.parameters);
  if (algorithm.algorithm == asn1::id_RSASSA_PSS)
    return unknown_algorithm("keys restricted to RSASSA-PSS are not supported: use an rsaEncryption key");
  const auto* row = row_of(algorithm.algorithm, {});
  if (row == nullptr) return unknown_algorithm("unknown key type " + asn1::dotted(algorithm.algorithm));
  const auto rule = row->family == rsa ? Parameters::null_or_absent : Parameters::absent;
  if (!obeys(rule, algorithm.parameters))
    return bad_parameters("a public key of type " + std::string(row->name) + " " + text_of(rule));
  return row;
}

}  // namespace cmpkit::cmp
