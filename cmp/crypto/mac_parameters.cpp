#include "cmp/crypto/mac_parameters.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "cmp/crypto/parameters.h"
#include "cmp/crypto/refusal.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/asn1/storage.h"

namespace cmpkit::cmp {

namespace {

/// A shorter tag, or a shorter derived key, could be guessed by whoever does not know the secret.
constexpr std::int64_t min_tag_bits = 128;
constexpr std::int64_t max_tag_bits = 4096;
constexpr std::int64_t min_key_size = 16;
constexpr std::size_t max_nonce = 64;
constexpr std::size_t max_customization = 64;

constexpr MacAlgorithm hmac(asn1::Oid id, std::string_view name, Digest digest, std::size_t size) {
  return {.oid = id, .name = name, .scheme = MacScheme::hmac, .digest = digest, .key_size = size, .tag_size = size};
}
constexpr MacAlgorithm kmac(asn1::Oid id, std::string_view name, Digest digest, std::size_t size) {
  return {.oid = id, .name = name, .scheme = MacScheme::kmac, .digest = digest, .key_size = size, .tag_size = size};
}
constexpr MacAlgorithm gmac(asn1::Oid id, std::string_view name, std::size_t key_size) {
  return {.oid = id, .name = name, .scheme = MacScheme::gmac, .key_size = key_size};
}

constexpr std::array table{
    hmac(asn1::id_hmacWithSHA256, "HMAC-SHA256", Digest::sha256, 32),
    hmac(asn1::id_hmacWithSHA384, "HMAC-SHA384", Digest::sha384, 48),
    hmac(asn1::id_hmacWithSHA512, "HMAC-SHA512", Digest::sha512, 64),
    hmac(asn1::id_hmacWithSHA224, "HMAC-SHA224", Digest::sha224, 28),
    hmac(asn1::id_hmacWithSHA512_256, "HMAC-SHA512/256", Digest::sha512_256, 32),
    hmac(asn1::id_hmacWithSHA3_224, "HMAC-SHA3-224", Digest::sha3_224, 28),
    hmac(asn1::id_hmacWithSHA3_256, "HMAC-SHA3-256", Digest::sha3_256, 32),
    hmac(asn1::id_hmacWithSHA3_384, "HMAC-SHA3-384", Digest::sha3_384, 48),
    hmac(asn1::id_hmacWithSHA3_512, "HMAC-SHA3-512", Digest::sha3_512, 64),
    hmac(asn1::hMAC_SHA1, "HMAC-SHA1", Digest::sha1, 20),
    hmac(asn1::id_hmacWithSHA1, "HMAC-SHA1", Digest::sha1, 20),
    kmac(asn1::id_KMACWithSHAKE128, "KMAC128", Digest::shake128, 32),
    kmac(asn1::id_KMACWithSHAKE256, "KMAC256", Digest::shake256, 64),
    gmac(asn1::id_aes128_GMAC, "AES-128-GMAC", 16),
    gmac(asn1::id_aes192_GMAC, "AES-192-GMAC", 24),
    gmac(asn1::id_aes256_GMAC, "AES-256-GMAC", 32),
};

/// HMAC-SHA1 stays for the PasswordBasedMac of RFC 4210 peers, whose default it is; forging it takes no collision.
enum class Sha1 : std::uint8_t { refused, allowed };

// RFC 8018 B.1.1, RFC 9045: HMAC with SHA-1 and SHA-2 has NULL parameters; RFC 9688: with SHA-3 none.
CryptoResult<void> check_hmac(const MacAlgorithm& mac, const std::optional<asn1::Any>& parameters, Sha1 sha1) {
  if (mac.digest == Digest::sha1 && sha1 == Sha1::refused)
    return unknown_algorithm("HMAC-SHA1 is accepted in PasswordBasedMac only");
  const auto rule = mac.digest <= Digest::sha512_256 ? Parameters::null_or_absent : Parameters::absent;
  if (obeys(rule, parameters)) return {};
  return bad_parameters(std::string(mac.name) + " " + text_of(rule));
}

template <class T>  // RFC 8702 Section 3.4
CryptoResult<void> read_kmac(MacAlgorithm& mac, const asn1::Any& parameters) {
  const auto kmac = asn1::decode<T>(parameters.tlv);
  if (!kmac) return bad_parameters(std::string(mac.name) + ": " + kmac.error().text());
  const auto bits = kmac->kMACOutputLength;
  if (bits < min_tag_bits || bits > max_tag_bits || bits % 8 != 0)
    return bad_parameters(std::string(mac.name) + ": the output must have 128 to 4096 bits, in whole octets");
  if (kmac->customizationString.size() > max_customization)
    return too_much_work(std::string(mac.name) + ": the customization string is too long");
  mac.tag_size = static_cast<std::size_t>(bits / 8);
  mac.customization = kmac->customizationString;
  return {};
}

CryptoResult<void> check_kmac(MacAlgorithm& mac, const std::optional<asn1::Any>& parameters) {
  if (!parameters) return {};
  return mac.digest == Digest::shake128 ? read_kmac<asn1::KmacWithShake128Params>(mac, *parameters)
                                        : read_kmac<asn1::KmacWithShake256Params>(mac, *parameters);
}

CryptoResult<void> check_gmac(MacAlgorithm& mac, const std::optional<asn1::Any>& parameters) {  // RFC 9044 Section 2
  if (!parameters) return bad_parameters(std::string(mac.name) + " must have parameters");
  const auto gmac = asn1::decode<asn1::GMACParameters>(parameters->tlv);
  if (!gmac) return bad_parameters(std::string(mac.name) + ": " + gmac.error().text());
  if (gmac->nonce.empty() || gmac->nonce.size() > max_nonce)
    return bad_parameters(std::string(mac.name) + ": the nonce must have 1 to 64 octets");
  mac.nonce = gmac->nonce;
  mac.tag_size = static_cast<std::size_t>(gmac->length);
  return {};
}

CryptoResult<MacAlgorithm> read_mac(const asn1::AlgorithmIdentifier& algorithm, Sha1 sha1) {
  const auto row = std::ranges::find_if(table, [&](const auto& r) { return r.oid == algorithm.algorithm; });
  if (row == table.end()) return unknown_algorithm("unknown MAC algorithm " + asn1::name_of(algorithm.algorithm));
  MacAlgorithm mac = *row;
  const auto checked = mac.scheme == MacScheme::hmac   ? check_hmac(mac, algorithm.parameters, sha1)
                       : mac.scheme == MacScheme::kmac ? check_kmac(mac, algorithm.parameters)
                                                       : check_gmac(mac, algorithm.parameters);
  if (!checked) return tl::unexpected(checked.error());
  return mac;
}

/// B-13, B-22.
CryptoResult<void> within(const MacLimits& limits, std::string_view name, std::int64_t iterations, Bytes salt) {
  const std::string who(name);
  if (iterations < limits.min_iterations)
    return bad_parameters(who + ": iterationCount " + std::to_string(iterations) + " is below the minimum of " +
                          std::to_string(limits.min_iterations));
  if (iterations > limits.max_iterations)
    return too_much_work(who + ": iterationCount " + std::to_string(iterations) + " is above the limit of " +
                         std::to_string(limits.max_iterations));
  if (salt.size() < limits.min_salt) return bad_parameters(who + ": the salt is shorter than the minimum");
  if (salt.size() > limits.max_salt) return too_much_work(who + ": the salt is longer than the limit");
  return {};
}

/// RFC 9810 Section 5.1.3.1, RFC 9045.
CryptoResult<MacParameters> read_pbm(const asn1::Any& parameters, const MacLimits& limits) {
  const auto pbm = asn1::decode<asn1::PBMParameter>(parameters.tlv);
  if (!pbm) return bad_parameters("PasswordBasedMac: " + pbm.error().text());
  if (auto ok = within(limits, "PasswordBasedMac", pbm->iterationCount, pbm->salt); !ok)
    return tl::unexpected(ok.error());
  const auto owf = digest_algorithm(pbm->owf);
  if (!owf) return tl::unexpected(owf.error());
  if (describe(*owf).weak)
    return unknown_algorithm("PasswordBasedMac: the one-way function " + std::string(describe(*owf).name) +
                             " is refused");
  auto mac = read_mac(pbm->mac, Sha1::allowed);
  if (!mac) return tl::unexpected(mac.error());
  return PbmAlgorithm{pbm->salt, *owf, static_cast<std::size_t>(pbm->iterationCount), *mac};
}

CryptoResult<std::size_t> key_size(const std::optional<std::int64_t>& asked, const MacAlgorithm& mac,
                                   const MacLimits& limits) {
  if (!asked) return mac.key_size;  // B-21: nothing else names a length
  if (*asked < min_key_size) return bad_parameters("PBMAC1: a derived key of fewer than 16 octets could be guessed");
  if (*asked > static_cast<std::int64_t>(limits.max_key))
    return too_much_work("PBMAC1: the key is longer than the limit");
  const auto size = static_cast<std::size_t>(*asked);
  if (mac.scheme == MacScheme::gmac && size != mac.key_size)
    return bad_parameters("PBMAC1: keyLength is not the key size of " + std::string(mac.name));
  return size;
}

/// RFC 8018 Sections 7.1 and A.2.
CryptoResult<MacParameters> read_pbmac1(const asn1::Any& parameters, const MacLimits& limits) {
  const auto pbmac1 = asn1::decode<asn1::Pbmac1Params>(parameters.tlv);
  if (!pbmac1) return bad_parameters("PBMAC1: " + pbmac1.error().text());
  const auto pbkdf2 = read_pbkdf2(pbmac1->keyDerivationFunc, "PBMAC1", limits);
  if (!pbkdf2) return tl::unexpected(pbkdf2.error());
  const auto mac = read_mac(pbmac1->messageAuthScheme, Sha1::refused);
  if (!mac) return tl::unexpected(mac.error());
  const auto size = key_size(pbkdf2->key_size, *mac, limits);
  if (!size) return tl::unexpected(size.error());
  return Pbmac1Algorithm{pbkdf2->salt, pbkdf2->iterations, *size, pbkdf2->prf, *mac};
}

asn1::AlgorithmIdentifier hmac_identifier(Digest digest) {
  const auto row =
      std::ranges::find_if(table, [&](const auto& r) { return r.scheme == MacScheme::hmac && r.digest == digest; });
  if (row == table.end() || describe(digest).weak)
    throw std::invalid_argument("no HMAC for messages of ours over this digest");
  if (digest <= Digest::sha512_256) return {row->oid, null_parameters()};
  return {row->oid, std::nullopt};
}

OwnedAlgorithm owned(asn1::Oid id, Bytes parameters) {
  auto der = asn1::encode(asn1::AlgorithmIdentifier{id, asn1::Any{parameters}});
  return std::move(OwnedAlgorithm::decode(std::move(der)).value());
}

std::array<std::uint8_t, 16> fresh_salt(Random& random) {
  std::array<std::uint8_t, 16> salt;
  random.fill(salt);
  return salt;
}

}  // namespace

CryptoResult<Pbkdf2Algorithm> read_pbkdf2(const asn1::AlgorithmIdentifier& algorithm, const std::string& who,
                                          const MacLimits& limits) {
  if (!(algorithm.algorithm == asn1::id_PBKDF2))
    return unknown_algorithm(who + ": unknown key derivation " + asn1::name_of(algorithm.algorithm));
  if (!algorithm.parameters) return bad_parameters(who + ": PBKDF2 must have parameters");
  const auto pbkdf2 = asn1::decode<asn1::Pbkdf2Params>(algorithm.parameters->tlv);
  if (!pbkdf2) return bad_parameters(who + ": PBKDF2: " + pbkdf2.error().text());
  const auto* salt = std::get_if<asn1::Pbkdf2Salt::specified>(&pbkdf2->salt.value);
  if (salt == nullptr) return bad_parameters(who + ": the salt must be specified");
  if (auto ok = within(limits, who, pbkdf2->iterationCount, *salt); !ok) return tl::unexpected(ok.error());
  const auto prf = read_mac(pbkdf2->prf, Sha1::refused);  // B-21
  if (!prf) return crypto_error(prf.error().kind, who + ": the PRF of PBKDF2: " + prf.error().text);
  if (prf->scheme != MacScheme::hmac) return unknown_algorithm(who + ": the PRF of PBKDF2 must be HMAC");  // B-20
  return Pbkdf2Algorithm{*salt, static_cast<std::size_t>(pbkdf2->iterationCount), pbkdf2->keyLength, prf->digest};
}

CryptoResult<MacParameters> read_mac_parameters(const asn1::AlgorithmIdentifier& algorithm, const MacLimits& limits) {
  const bool pbm = algorithm.algorithm == asn1::id_PasswordBasedMac;
  if (pbm || algorithm.algorithm == asn1::id_PBMAC1) {
    if (!algorithm.parameters) return bad_parameters(asn1::name_of(algorithm.algorithm) + " must have parameters");
    return pbm ? read_pbm(*algorithm.parameters, limits) : read_pbmac1(*algorithm.parameters, limits);
  }
  const auto mac = read_mac(algorithm, Sha1::refused);
  if (!mac) return tl::unexpected(mac.error());
  return *mac;
}

OwnedAlgorithm make_pbm_parameters(Random& random, std::int64_t iterations, Digest owf, Digest mac) {
  const auto salt = fresh_salt(random);
  const auto parameters = asn1::encode(asn1::PBMParameter{salt, identifier_of(owf), iterations, hmac_identifier(mac)});
  return owned(asn1::id_PasswordBasedMac, parameters);
}

Octets make_pbkdf2(Random& random, std::int64_t iterations, std::size_t key_size, Digest prf) {
  const auto salt = fresh_salt(random);
  asn1::Pbkdf2Params pbkdf2;
  pbkdf2.salt.value.emplace<asn1::Pbkdf2Salt::specified>(salt);
  pbkdf2.iterationCount = iterations;
  pbkdf2.keyLength = static_cast<std::int64_t>(key_size);
  pbkdf2.prf = hmac_identifier(prf);
  const auto parameters = asn1::encode(pbkdf2);
  return asn1::encode(asn1::AlgorithmIdentifier{asn1::id_PBKDF2, asn1::Any{parameters}});
}

OwnedAlgorithm make_pbmac1_parameters(Random& random, std::int64_t iterations, Digest prf, Digest mac) {
  const auto derivation = make_pbkdf2(random, iterations, describe(mac).size, prf);
  const auto parameters = asn1::encode(
      asn1::Pbmac1Params{asn1::decode<asn1::AlgorithmIdentifier>(derivation).value(), hmac_identifier(mac)});
  return owned(asn1::id_PBMAC1, parameters);
}

namespace {

Octets fresh_octets(std::size_t size, Random& random) {
  Octets out(size);
  random.fill(out);
  return out;
}

/// `algorithm` with the parameters' value changed by `change`, which may keep octets in the storage.
template <class T, class Change>
CryptoResult<Octets> with_parameters(const asn1::AlgorithmIdentifier& algorithm, Change change) {
  auto value = asn1::decode<T>(algorithm.parameters ? algorithm.parameters->tlv : Bytes{});
  if (!value) return bad_parameters(asn1::name_of(algorithm.algorithm) + ": " + value.error().text());
  asn1::Storage storage;
  if (auto changed = change(*value, storage); !changed) return tl::unexpected(changed.error());
  const Octets parameters = asn1::encode(*value);
  return asn1::encode(asn1::AlgorithmIdentifier{algorithm.algorithm, asn1::Any{parameters}});
}

/// A MAC by itself: only AES-GMAC has something to be made fresh.
CryptoResult<void> refresh_mac(asn1::AlgorithmIdentifier& mac, asn1::Storage& storage, Random& random) {
  const auto row = std::ranges::find_if(table, [&](const auto& r) { return r.oid == mac.algorithm; });
  if (row == table.end() || row->scheme != MacScheme::gmac) return {};
  auto changed = with_parameters<asn1::GMACParameters>(mac, [&](auto& gmac, asn1::Storage& kept) -> CryptoResult<void> {
    gmac.nonce = kept.keep(fresh_octets(gmac.nonce.size(), random));
    return {};
  });
  if (!changed) return tl::unexpected(changed.error());
  auto decoded = asn1::decode<asn1::AlgorithmIdentifier>(storage.keep(std::move(*changed)));
  mac = *decoded;
  return {};
}

Octets fresh_salt_like(Bytes salt, Random& random) {
  return fresh_octets(std::max(salt.size(), std::size_t{16}), random);
}

CryptoResult<Octets> fresh_pbm(const asn1::AlgorithmIdentifier& algorithm, Random& random) {
  return with_parameters<asn1::PBMParameter>(algorithm, [&](auto& pbm, asn1::Storage& storage) {
    pbm.salt = storage.keep(fresh_salt_like(pbm.salt, random));
    return refresh_mac(pbm.mac, storage, random);
  });
}

CryptoResult<Octets> fresh_pbmac1(const asn1::AlgorithmIdentifier& algorithm, Random& random) {
  return with_parameters<asn1::Pbmac1Params>(
      algorithm, [&](auto& pbmac1, asn1::Storage& storage) -> CryptoResult<void> {
        auto derivation = with_parameters<asn1::Pbkdf2Params>(
            pbmac1.keyDerivationFunc, [&](auto& pbkdf2, asn1::Storage& kept) -> CryptoResult<void> {
              auto* salt = std::get_if<asn1::Pbkdf2Salt::specified>(&pbkdf2.salt.value);
              if (salt == nullptr) return bad_parameters("PBMAC1: the salt must be specified");
              *salt = kept.keep(fresh_salt_like(*salt, random));
              return {};
            });
        if (!derivation) return tl::unexpected(derivation.error());
        pbmac1.keyDerivationFunc = *asn1::decode<asn1::AlgorithmIdentifier>(storage.keep(std::move(*derivation)));
        return refresh_mac(pbmac1.messageAuthScheme, storage, random);
      });
}

CryptoResult<Octets> fresh_mac(const asn1::AlgorithmIdentifier& algorithm, Random& random) {
  asn1::Storage storage;
  asn1::AlgorithmIdentifier fresh = algorithm;
  if (auto ok = refresh_mac(fresh, storage, random); !ok) return tl::unexpected(ok.error());
  return asn1::encode(fresh);
}

}  // namespace

CryptoResult<OwnedAlgorithm> with_fresh_salt(const asn1::AlgorithmIdentifier& algorithm, Random& random) {
  auto der = algorithm.algorithm == asn1::id_PasswordBasedMac ? fresh_pbm(algorithm, random)
             : algorithm.algorithm == asn1::id_PBMAC1         ? fresh_pbmac1(algorithm, random)
                                                              : fresh_mac(algorithm, random);
  if (!der) return tl::unexpected(der.error());
  auto owned = OwnedAlgorithm::decode(std::move(*der));
  if (!owned) return bad_parameters(owned.error().text());
  return std::move(*owned);
}

}  // namespace cmpkit::cmp
