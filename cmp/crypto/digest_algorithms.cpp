#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "cmp/crypto/parameters.h"
#include "cmp/crypto/refusal.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

namespace {

// In the order of the enumeration.
constexpr std::array<DigestAlgorithm, 14> table{{
    {Digest::md5, asn1::oid<"1.2.840.113549.2.5">, "MD5", 16, true},
    {Digest::sha1, asn1::id_sha1, "SHA-1", 20, true},
    {Digest::sha224, asn1::id_sha224, "SHA-224", 28, false},
    {Digest::sha256, asn1::id_sha256, "SHA-256", 32, false},
    {Digest::sha384, asn1::id_sha384, "SHA-384", 48, false},
    {Digest::sha512, asn1::id_sha512, "SHA-512", 64, false},
    {Digest::sha512_224, asn1::id_sha512_224, "SHA-512/224", 28, false},
    {Digest::sha512_256, asn1::id_sha512_256, "SHA-512/256", 32, false},
    {Digest::sha3_224, asn1::id_sha3_224, "SHA3-224", 28, false},
    {Digest::sha3_256, asn1::id_sha3_256, "SHA3-256", 32, false},
    {Digest::sha3_384, asn1::id_sha3_384, "SHA3-384", 48, false},
    {Digest::sha3_512, asn1::id_sha3_512, "SHA3-512", 64, false},
    {Digest::shake128, asn1::id_shake128, "SHAKE128", 32, false},
    {Digest::shake256, asn1::id_shake256, "SHAKE256", 64, false},
}};

constexpr std::uint8_t integer_512[] = {0x02, 0x02, 0x02, 0x00};

// RFC 5754 Section 2, RFC 3370 Section 2.1: SHA-1 and SHA-2. RFC 9688 Section 2, RFC 8702 Section 3.1: SHA-3 and SHAKE.
Parameters rule_of(Digest digest) {
  return digest <= Digest::sha512_256 ? Parameters::null_or_absent : Parameters::absent;
}

/// `SHA-256` and `sha256` are one name.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '-' && c != '/' && c != '_') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

const DigestAlgorithm& describe(Digest digest) { return table[static_cast<std::size_t>(digest)]; }

std::optional<Digest> digest_named(std::string_view name) {
  const bool long_form = name.starts_with("SHA2-") || name.starts_with("sha2-");
  const auto wanted = long_form ? "sha" + plain(name.substr(5)) : plain(name);
  const auto row = std::ranges::find_if(table, [&](const auto& r) { return plain(r.name) == wanted; });
  return row == table.end() ? std::nullopt : std::optional(row->digest);
}

asn1::AlgorithmIdentifier identifier_of(Digest digest) { return {describe(digest).oid, std::nullopt}; }

CryptoResult<Digest> digest_algorithm(const asn1::AlgorithmIdentifier& algorithm) {
  if (algorithm.algorithm == asn1::id_shake256_len) {
    if (algorithm.parameters && same_octets(algorithm.parameters->tlv, integer_512)) return Digest::shake256;
    return bad_parameters("id-shake256-len must have the parameters INTEGER 512 (RFC 8419 Section 2.3)");
  }
  const auto row = std::ranges::find_if(table, [&](const auto& r) { return r.oid == algorithm.algorithm; });
  if (row == table.end()) return unknown_algorithm("unknown digest algorithm " + asn1::dotted(algorithm.algorithm));
  const auto rule = rule_of(row->digest);
  if (!obeys(rule, algorithm.parameters))
    return bad_parameters("the digest algorithm " + std::string(row->name) + " " + text_of(rule));
  return row->digest;
}

}  // namespace cmpkit::cmp
