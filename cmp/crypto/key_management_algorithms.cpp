#include "cmp/crypto/key_management_algorithms.h"

#include <algorithm>
#include <array>

#include "cmp/crypto/parameters.h"
#include "cmp/crypto/refusal.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

namespace {

using enum KeyDerivation::Function;

constexpr std::array schemes{
    AgreementScheme{asn1::dhSinglePass_stdDH_sha256kdf_scheme, {x963, Digest::sha256}},
    AgreementScheme{asn1::dhSinglePass_stdDH_sha384kdf_scheme, {x963, Digest::sha384}},
    AgreementScheme{asn1::dhSinglePass_stdDH_sha512kdf_scheme, {x963, Digest::sha512}},
    AgreementScheme{asn1::dhSinglePass_stdDH_sha1kdf_scheme, {x963, Digest::sha1}},
    AgreementScheme{asn1::dhSinglePass_stdDH_sha224kdf_scheme, {x963, Digest::sha224}},
    AgreementScheme{asn1::dhSinglePass_cofactorDH_sha224kdf_scheme, {x963, Digest::sha224}},
    AgreementScheme{asn1::dhSinglePass_cofactorDH_sha256kdf_scheme, {x963, Digest::sha256}},
    AgreementScheme{asn1::dhSinglePass_cofactorDH_sha384kdf_scheme, {x963, Digest::sha384}},
    AgreementScheme{asn1::dhSinglePass_cofactorDH_sha512kdf_scheme, {x963, Digest::sha512}},
    AgreementScheme{asn1::dhSinglePass_stdDH_hkdf_sha256_scheme, {hkdf, Digest::sha256}},
    AgreementScheme{asn1::dhSinglePass_stdDH_hkdf_sha384_scheme, {hkdf, Digest::sha384}},
    AgreementScheme{asn1::dhSinglePass_stdDH_hkdf_sha512_scheme, {hkdf, Digest::sha512}},
};

struct Sized {
  asn1::Oid oid;
  std::size_t size;
};
constexpr std::array wraps{Sized{asn1::id_aes128_wrap, 16}, Sized{asn1::id_aes192_wrap, 24},
                           Sized{asn1::id_aes256_wrap, 32}};
constexpr std::array ciphers{Sized{asn1::id_aes128_CBC, 16}, Sized{asn1::id_aes192_CBC, 24},
                             Sized{asn1::id_aes256_CBC, 32}};

template <class Rows>
auto find(const Rows& rows, asn1::Oid id) {
  const auto row = std::ranges::find_if(rows, [&](const auto& r) { return r.oid == id; });
  return row == rows.end() ? nullptr : &*row;
}

CryptoResult<KeyTransport> read_oaep(const asn1::Any& parameters) {
  const auto oaep = asn1::decode<asn1::RsaesOaepParams>(parameters.tlv);
  if (!oaep) return bad_parameters("RSAES-OAEP: " + oaep.error().text());
  const auto digest = digest_algorithm(oaep->hashFunc);
  if (!digest) return tl::unexpected(digest.error());
  const auto mask = oaep->maskGenFunc.parameters
                        ? asn1::decode<asn1::AlgorithmIdentifier>(oaep->maskGenFunc.parameters->tlv)
                        : asn1::Result<asn1::AlgorithmIdentifier>(tl::unexpected(asn1::Error{}));
  if (!(oaep->maskGenFunc.algorithm == asn1::id_mgf1) || !mask)
    return bad_parameters("RSAES-OAEP: the mask generation must be MGF1 with a digest");
  if (const auto mask_digest = digest_algorithm(*mask); !mask_digest || *mask_digest != *digest)
    return bad_parameters("RSAES-OAEP: MGF1 must use the digest of the label");
  if (describe(*digest).weak)  // SEC-15
    return unknown_algorithm("RSAES-OAEP over " + std::string(describe(*digest).name) + " is refused");
  const auto& label = oaep->pSourceFunc;
  if (!(label.algorithm == asn1::id_pSpecified) || !label.parameters || label.parameters->tlv.size() != 2)
    return bad_parameters("RSAES-OAEP: the label must be empty");
  return KeyTransport{KeyTransport::Scheme::oaep, *digest};
}

}  // namespace

CryptoResult<KeyTransport> key_transport_algorithm(const asn1::AlgorithmIdentifier& algorithm) {
  if (algorithm.algorithm == asn1::id_RSAES_OAEP) {
    if (!algorithm.parameters) return bad_parameters("RSAES-OAEP must have parameters");  // RFC 4055 Section 4.1
    return read_oaep(*algorithm.parameters);
  }
  if (!(algorithm.algorithm == asn1::rsaEncryption))
    return unknown_algorithm("unknown key transport " + asn1::name_of(algorithm.algorithm));
  if (!obeys(Parameters::null_or_absent, algorithm.parameters))
    return bad_parameters(std::string("rsaEncryption ") + text_of(Parameters::null_or_absent));
  return KeyTransport{KeyTransport::Scheme::pkcs1, {}};
}

Octets identifier_of(const KeyTransport& transport) {
  if (transport.scheme == KeyTransport::Scheme::pkcs1)
    return asn1::encode(asn1::AlgorithmIdentifier{asn1::rsaEncryption, null_parameters()});
  const auto hash = identifier_of(transport.digest);
  const auto hash_der = asn1::encode(hash);
  asn1::RsaesOaepParams oaep;
  oaep.hashFunc = hash;
  oaep.maskGenFunc = {asn1::id_mgf1, asn1::Any{hash_der}};
  const auto oaep_der = asn1::encode(oaep);
  return asn1::encode(asn1::AlgorithmIdentifier{asn1::id_RSAES_OAEP, asn1::Any{oaep_der}});
}

CryptoResult<KeyDerivation> key_agreement_algorithm(const asn1::AlgorithmIdentifier& algorithm) {
  const auto* row = find(schemes, algorithm.algorithm);
  if (row == nullptr) return unknown_algorithm("unknown key agreement " + asn1::name_of(algorithm.algorithm));
  return row->derivation;
}

AgreementScheme agreement_scheme_for(const KeyType& key) {
  return key.bits > 384 ? schemes[2] : key.bits > 256 ? schemes[1] : schemes[0];
}

CryptoResult<std::size_t> key_wrap_algorithm(const asn1::AlgorithmIdentifier& algorithm) {
  const auto* row = find(wraps, algorithm.algorithm);
  if (row == nullptr) return unknown_algorithm("unknown key wrap " + asn1::name_of(algorithm.algorithm));
  if (!obeys(Parameters::null_or_absent, algorithm.parameters))  // RFC 3565 Section 2.3.2: absent
    return bad_parameters("AES key wrap must have no parameters");
  return row->size;
}

CryptoResult<ContentEncryption> content_encryption_algorithm(const asn1::AlgorithmIdentifier& algorithm) {
  const auto* row = find(ciphers, algorithm.algorithm);
  if (row == nullptr) return unknown_algorithm("unknown content encryption " + asn1::name_of(algorithm.algorithm));
  if (!algorithm.parameters) return bad_parameters("AES-CBC must have an initialisation vector");
  const auto iv = asn1::decode<asn1::AesIv>(algorithm.parameters->tlv);
  if (!iv || iv->size() != 16) return bad_parameters("the initialisation vector of AES-CBC has 16 octets");  // RFC 3565
  return ContentEncryption{row->size, *iv};
}

}  // namespace cmpkit::cmp
