#include <algorithm>
#include <array>
#include <string>

#include "cmp/crypto/parameters.h"
#include "cmp/crypto/refusal.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

namespace {

using enum SignatureScheme;

struct Row {
  asn1::Oid oid;
  std::string_view name;
  SignatureScheme scheme;
  std::optional<Digest> digest;
  Parameters parameters;
};

constexpr Row pkcs1(asn1::Oid id, std::string_view name, Digest digest) {
  return {id, name, rsa_pkcs1, digest, Parameters::null_or_absent};  // RFC 4055 Section 5, RFC 9688 Section 3.1
}
constexpr Row over(asn1::Oid id, std::string_view name, Digest digest) {
  return {id, name, ecdsa, digest, Parameters::absent};  // RFC 5758 Section 3.2, RFC 9688 Section 3.2, RFC 8702
}
constexpr Row of_key(asn1::Oid id, std::string_view name) {
  return {id, name, pure, std::nullopt, Parameters::absent};  // RFC 8410 Section 3, RFC 9881, RFC 9909
}

constexpr std::array table{
    over(asn1::ecdsa_with_SHA256, "ecdsa-with-SHA256", Digest::sha256),
    over(asn1::ecdsa_with_SHA384, "ecdsa-with-SHA384", Digest::sha384),
    over(asn1::ecdsa_with_SHA512, "ecdsa-with-SHA512", Digest::sha512),
    over(asn1::ecdsa_with_SHA224, "ecdsa-with-SHA224", Digest::sha224),
    over(asn1::oid<"1.2.840.10045.4.1">, "ecdsa-with-SHA1", Digest::sha1),
    over(asn1::id_ecdsa_with_sha3_224, "ecdsa-with-SHA3-224", Digest::sha3_224),
    over(asn1::id_ecdsa_with_sha3_256, "ecdsa-with-SHA3-256", Digest::sha3_256),
    over(asn1::id_ecdsa_with_sha3_384, "ecdsa-with-SHA3-384", Digest::sha3_384),
    over(asn1::id_ecdsa_with_sha3_512, "ecdsa-with-SHA3-512", Digest::sha3_512),
    over(asn1::id_ecdsa_with_shake128, "ecdsa-with-SHAKE128", Digest::shake128),
    over(asn1::id_ecdsa_with_shake256, "ecdsa-with-SHAKE256", Digest::shake256),
    pkcs1(asn1::sha256WithRSAEncryption, "sha256WithRSAEncryption", Digest::sha256),
    pkcs1(asn1::sha384WithRSAEncryption, "sha384WithRSAEncryption", Digest::sha384),
    pkcs1(asn1::sha512WithRSAEncryption, "sha512WithRSAEncryption", Digest::sha512),
    pkcs1(asn1::sha224WithRSAEncryption, "sha224WithRSAEncryption", Digest::sha224),
    pkcs1(asn1::sha1WithRSAEncryption, "sha1WithRSAEncryption", Digest::sha1),
    pkcs1(asn1::oid<"1.2.840.113549.1.1.4">, "md5WithRSAEncryption", Digest::md5),
    pkcs1(asn1::id_rsassa_pkcs1_v1_5_with_sha3_224, "rsa-pkcs1-with-SHA3-224", Digest::sha3_224),
    pkcs1(asn1::id_rsassa_pkcs1_v1_5_with_sha3_256, "rsa-pkcs1-with-SHA3-256", Digest::sha3_256),
    pkcs1(asn1::id_rsassa_pkcs1_v1_5_with_sha3_384, "rsa-pkcs1-with-SHA3-384", Digest::sha3_384),
    pkcs1(asn1::id_rsassa_pkcs1_v1_5_with_sha3_512, "rsa-pkcs1-with-SHA3-512", Digest::sha3_512),
    Row{asn1::id_RSASSA_PSS, "RSASSA-PSS", rsa_pss, std::nullopt, Parameters::structured},  // RFC 4055 Section 3
    of_key(asn1::id_Ed25519, "Ed25519"),
    of_key(asn1::id_Ed448, "Ed448"),
    of_key(asn1::id_ml_dsa_44, "ML-DSA-44"),
    of_key(asn1::id_ml_dsa_65, "ML-DSA-65"),
    of_key(asn1::id_ml_dsa_87, "ML-DSA-87"),
    of_key(asn1::id_slh_dsa_sha2_128s, "SLH-DSA-SHA2-128s"),
    of_key(asn1::id_slh_dsa_sha2_128f, "SLH-DSA-SHA2-128f"),
    of_key(asn1::id_slh_dsa_sha2_192s, "SLH-DSA-SHA2-192s"),
    of_key(asn1::id_slh_dsa_sha2_192f, "SLH-DSA-SHA2-192f"),
    of_key(asn1::id_slh_dsa_sha2_256s, "SLH-DSA-SHA2-256s"),
    of_key(asn1::id_slh_dsa_sha2_256f, "SLH-DSA-SHA2-256f"),
    of_key(asn1::id_slh_dsa_shake_128s, "SLH-DSA-SHAKE-128s"),
    of_key(asn1::id_slh_dsa_shake_128f, "SLH-DSA-SHAKE-128f"),
    of_key(asn1::id_slh_dsa_shake_192s, "SLH-DSA-SHAKE-192s"),
    of_key(asn1::id_slh_dsa_shake_192f, "SLH-DSA-SHAKE-192f"),
    of_key(asn1::id_slh_dsa_shake_256s, "SLH-DSA-SHAKE-256s"),
    of_key(asn1::id_slh_dsa_shake_256f, "SLH-DSA-SHAKE-256f"),
};

const Row* find(asn1::Oid id) {
  const auto row = std::ranges::find_if(table, [&](const auto& r) { return r.oid == id; });
  return row == table.end() ? nullptr : &*row;
}

CryptoResult<void> refuse_weak(Digest digest, std::string_view name) {
  if (!describe(digest).weak) return {};
  return unknown_algorithm(std::string(name) + " is refused: signatures over " + std::string(describe(digest).name) +
                           " can be forged (RFC 9481 Section 7.1)");
}

/// RFC 4055 Section 3.1. One digest for both uses, as it recommends; a salt of any length that fits the key.
CryptoResult<void> read_pss(const asn1::Any& parameters, SignatureAlgorithm& out) {
  const auto pss = asn1::decode<asn1::RsassaPssParams>(parameters.tlv);
  if (!pss) return bad_parameters("RSASSA-PSS: " + pss.error().text());
  if (!(pss->maskGenAlgorithm.algorithm == asn1::id_mgf1) || !pss->maskGenAlgorithm.parameters)
    return bad_parameters("RSASSA-PSS: the mask generation must be MGF1 with a digest");
  const auto mask = asn1::decode<asn1::AlgorithmIdentifier>(pss->maskGenAlgorithm.parameters->tlv);
  if (!mask) return bad_parameters("RSASSA-PSS: MGF1: " + mask.error().text());
  const auto digest = digest_algorithm(pss->hashAlgorithm);
  if (!digest) return tl::unexpected(digest.error());
  const auto mask_digest = digest_algorithm(*mask);
  if (!mask_digest) return tl::unexpected(mask_digest.error());
  if (*digest != *mask_digest) return bad_parameters("RSASSA-PSS: MGF1 must use the digest of the message");
  if (*digest == Digest::shake128 || *digest == Digest::shake256)
    return bad_parameters("RSASSA-PSS: SHAKE has algorithm identifiers of its own (RFC 8702 Section 2.3)");
  if (pss->saltLength < 0 || pss->saltLength > 2048) return bad_parameters("RSASSA-PSS: no such salt length");
  if (pss->trailerField != 1) return bad_parameters("RSASSA-PSS: trailerField must be 1");
  out.digest = *digest;
  out.salt_length = static_cast<std::size_t>(pss->saltLength);
  return {};
}

const char* key_kind(SignatureScheme scheme) { return scheme == ecdsa ? "an EC key" : "an RSA key"; }

/// As strong as the key (RFC 9481 Section 7: B-05), and a digest every peer has.
Digest digest_for(const KeyType& key) {
  if (key.family == KeyFamily::ec && key.bits > 384) return Digest::sha512;
  if (key.family == KeyFamily::ec && key.bits > 256) return Digest::sha384;
  return Digest::sha256;
}

const Row* row_for(SignatureScheme scheme, Digest digest) {
  const auto row = std::ranges::find_if(table, [&](const auto& r) { return r.scheme == scheme && r.digest == digest; });
  return row == table.end() ? nullptr : &*row;
}

Octets pss_identifier(Digest digest) {
  const auto hash = identifier_of(digest);
  const auto hash_der = asn1::encode(hash);
  asn1::RsassaPssParams pss;
  pss.hashAlgorithm = hash;
  pss.maskGenAlgorithm = {asn1::id_mgf1, asn1::Any{hash_der}};
  pss.saltLength = static_cast<std::int64_t>(describe(digest).size);  // RFC 4055 Section 3.1
  const auto pss_der = asn1::encode(pss);
  return asn1::encode(asn1::AlgorithmIdentifier{asn1::id_RSASSA_PSS, asn1::Any{pss_der}});
}

OwnedAlgorithm owned(Octets der) { return std::move(OwnedAlgorithm::decode(std::move(der)).value()); }

CryptoResult<OwnedAlgorithm> choose_for_digest(SignatureScheme scheme, Digest digest) {
  if (describe(digest).weak) return bad_parameters(std::string(describe(digest).name) + " is too weak for signatures");
  if (scheme == rsa_pss && digest != Digest::shake128 && digest != Digest::shake256)
    return owned(pss_identifier(digest));
  const auto* row = row_for(scheme, digest);
  if (row == nullptr)
    return bad_parameters("there is no signature algorithm for " + std::string(key_kind(scheme)) + " with " +
                          std::string(describe(digest).name));
  const auto parameters = scheme == rsa_pkcs1 ? std::optional(null_parameters()) : std::nullopt;
  return owned(asn1::encode(asn1::AlgorithmIdentifier{row->oid, parameters}));
}

}  // namespace

CryptoResult<SignatureAlgorithm> signature_algorithm(const asn1::AlgorithmIdentifier& algorithm) {
  const auto* row = find(algorithm.algorithm);
  if (row == nullptr) return unknown_algorithm("unknown signature algorithm " + asn1::dotted(algorithm.algorithm));
  if (!obeys(row->parameters, algorithm.parameters))
    return bad_parameters(std::string(row->name) + " " + text_of(row->parameters));
  SignatureAlgorithm out{row->oid, row->name, row->scheme, row->digest};
  if (row->scheme == rsa_pss)
    if (auto read = read_pss(*algorithm.parameters, out); !read) return tl::unexpected(read.error());
  if (out.digest)
    if (auto strong = refuse_weak(*out.digest, row->name); !strong) return tl::unexpected(strong.error());
  return out;
}

CryptoResult<void> fits_key(const SignatureAlgorithm& algorithm, const KeyType& key) {
  const bool fits = algorithm.scheme == pure    ? key.algorithm == algorithm.oid
                    : algorithm.scheme == ecdsa ? key.family == KeyFamily::ec
                                                : key.family == KeyFamily::rsa;
  if (fits) return {};
  return bad_parameters(std::string(algorithm.name) + " does not go with a key of type " + std::string(key.name));
}

CryptoResult<OwnedAlgorithm> choose_signature_algorithm(Bytes public_key, const SignatureChoice& choice) {
  const auto info = asn1::decode<asn1::SubjectPublicKeyInfo>(public_key);
  if (!info) return bad_key("public key: " + info.error().text());
  const auto type = key_type(info->algorithm);
  if (!type) return bad_key(type.error().text);
  const auto& key = **type;
  if (!key.can_sign) return bad_key("keys of type " + std::string(key.name) + " cannot sign");
  if (choice.pss && key.family != KeyFamily::rsa) return bad_parameters("RSASSA-PSS needs an RSA key");
  if (key.family != KeyFamily::rsa && key.family != KeyFamily::ec) {
    if (choice.digest) return bad_parameters(std::string(key.name) + " leaves no choice of a digest");
    return owned(asn1::encode(asn1::AlgorithmIdentifier{key.algorithm, std::nullopt}));
  }
  const auto scheme = key.family == KeyFamily::ec ? ecdsa : choice.pss ? rsa_pss : rsa_pkcs1;
  return choose_for_digest(scheme, choice.digest.value_or(digest_for(key)));
}

}  // namespace cmpkit::cmp
