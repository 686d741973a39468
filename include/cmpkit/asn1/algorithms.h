// Parameters of algorithms, and what keys and signatures look like inside their OCTET or BIT STRINGs. Those of CMP's
// MAC protection (PBMParameter, DHBMParameter, KemBMParameter) are in pkimessage.h. Tagging as each RFC has it.
#pragma once

#include "cmpkit/asn1/cms.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::asn1 {

// --- Password-based: RFC 8018 Appendix A ---

struct Pbkdf2Salt {
  enum Type { specified, otherSource };
  std::variant<OctetString, AlgorithmIdentifier> value;
  static constexpr auto asn1 = choice<&Pbkdf2Salt::value>(alt<specified>, alt<otherSource>);
};

/// PBKDF2-params.
struct Pbkdf2Params {
  Pbkdf2Salt salt;
  std::int64_t iterationCount = 0;
  std::optional<std::int64_t> keyLength;                 // octets
  AlgorithmIdentifier prf{id_hmacWithSHA1, null_value};  // DEFAULT
  static constexpr auto asn1 =
      sequence(field<&Pbkdf2Params::salt>, field<&Pbkdf2Params::iterationCount, range<1>>,
               field<&Pbkdf2Params::keyLength, range<1>>,
               field<&Pbkdf2Params::prf, default_der<"30 0C 06 08 2A 86 48 86 F7 0D 02 07 05 00">>);
};

/// PBMAC1-params.
struct Pbmac1Params {
  AlgorithmIdentifier keyDerivationFunc, messageAuthScheme;
  static constexpr auto asn1 =
      sequence(field<&Pbmac1Params::keyDerivationFunc>, field<&Pbmac1Params::messageAuthScheme>);
};

/// PBES2-params.
struct Pbes2Params {
  AlgorithmIdentifier keyDerivationFunc, encryptionScheme;
  static constexpr auto asn1 = sequence(field<&Pbes2Params::keyDerivationFunc>, field<&Pbes2Params::encryptionScheme>);
};

// --- KMAC: RFC 8702 Section 3.4 ---

/// KMACwithSHAKE128-params. The length is in bits.
struct KmacWithShake128Params {
  std::int64_t kMACOutputLength = 256;
  OctetString customizationString;
  static constexpr auto asn1 = sequence(field<&KmacWithShake128Params::kMACOutputLength, default_der<"02 02 01 00">>,
                                        field<&KmacWithShake128Params::customizationString, default_der<"04 00">>);
};

/// KMACwithSHAKE256-params. The length is in bits.
struct KmacWithShake256Params {
  std::int64_t kMACOutputLength = 512;
  OctetString customizationString;
  static constexpr auto asn1 = sequence(field<&KmacWithShake256Params::kMACOutputLength, default_der<"02 02 02 00">>,
                                        field<&KmacWithShake256Params::customizationString, default_der<"04 00">>);
};

// --- RSA: RFC 4055, RFC 8017 ---

/// RFC 4055 Section 2.1: sha1Identifier and mgf1SHA1Identifier, the DEFAULTs of OAEP and PSS.
inline constexpr AlgorithmIdentifier sha1_identifier{id_sha1, null_value};
inline constexpr AlgorithmIdentifier mgf1_sha1_identifier{id_mgf1, any<"30 09 06 05 2B 0E 03 02 1A 05 00">};

/// RSAES-OAEP-params.
struct RsaesOaepParams {
  AlgorithmIdentifier hashFunc = sha1_identifier;
  AlgorithmIdentifier maskGenFunc = mgf1_sha1_identifier;
  AlgorithmIdentifier pSourceFunc{id_pSpecified, any<"04 00">};
  static constexpr auto asn1 =
      sequence(field<&RsaesOaepParams::hashFunc, explicit_tag<0>, default_der<"30 09 06 05 2B 0E 03 02 1A 05 00">>,
               field<&RsaesOaepParams::maskGenFunc, explicit_tag<1>,
                     default_der<"30 16 06 09 2A 86 48 86 F7 0D 01 01 08 30 09 06 05 2B 0E 03 02 1A 05 00">>,
               field<&RsaesOaepParams::pSourceFunc, explicit_tag<2>,
                     default_der<"30 0D 06 09 2A 86 48 86 F7 0D 01 01 09 04 00">>);
};

/// RSASSA-PSS-params.
struct RsassaPssParams {
  AlgorithmIdentifier hashAlgorithm = sha1_identifier;
  AlgorithmIdentifier maskGenAlgorithm = mgf1_sha1_identifier;
  std::int64_t saltLength = 20;  // octets
  std::int64_t trailerField = 1;
  static constexpr auto asn1 =
      sequence(field<&RsassaPssParams::hashAlgorithm, explicit_tag<0>, default_der<"30 09 06 05 2B 0E 03 02 1A 05 00">>,
               field<&RsassaPssParams::maskGenAlgorithm, explicit_tag<1>,
                     default_der<"30 16 06 09 2A 86 48 86 F7 0D 01 01 08 30 09 06 05 2B 0E 03 02 1A 05 00">>,
               field<&RsassaPssParams::saltLength, explicit_tag<2>, default_der<"02 01 14">>,
               field<&RsassaPssParams::trailerField, explicit_tag<3>, default_der<"02 01 01">>);
};

struct RSAPublicKey {
  Integer modulus, publicExponent;
  static constexpr auto asn1 = sequence(field<&RSAPublicKey::modulus>, field<&RSAPublicKey::publicExponent>);
};

struct RSAPrivateKey {
  std::int64_t version = 0;
  Integer modulus, publicExponent, privateExponent, prime1, prime2, exponent1, exponent2, coefficient;
  std::optional<SequenceOf<Any>> otherPrimeInfos;
  static constexpr auto asn1 =
      sequence(field<&RSAPrivateKey::version>, field<&RSAPrivateKey::modulus>, field<&RSAPrivateKey::publicExponent>,
               field<&RSAPrivateKey::privateExponent>, field<&RSAPrivateKey::prime1>, field<&RSAPrivateKey::prime2>,
               field<&RSAPrivateKey::exponent1>, field<&RSAPrivateKey::exponent2>, field<&RSAPrivateKey::coefficient>,
               field<&RSAPrivateKey::otherPrimeInfos>);
};

// --- Elliptic curves: RFC 5480, RFC 5915, RFC 3279 ---

struct ECParameters {
  enum Type { namedCurve };
  std::variant<Oid> value;
  static constexpr auto asn1 = choice<&ECParameters::value>(alt<namedCurve>);
};

struct ECPrivateKey {
  std::int64_t version = 1;
  OctetString privateKey;  // as long as the curve's order, leading zeros kept
  std::optional<ECParameters> parameters;
  std::optional<BitString> publicKey;
  static constexpr auto asn1 =
      sequence(field<&ECPrivateKey::version>, field<&ECPrivateKey::privateKey>,
               field<&ECPrivateKey::parameters, explicit_tag<0>>, field<&ECPrivateKey::publicKey, explicit_tag<1>>);
};

/// ECDSA-Sig-Value: what the BIT STRING of an ECDSA signature holds.
struct EcdsaSigValue {
  Integer r, s;
  static constexpr auto asn1 = sequence(field<&EcdsaSigValue::r>, field<&EcdsaSigValue::s>);
};

using CurvePrivateKey = OctetString;  // RFC 8410 Section 7

// --- Content encryption and key agreement ---

/// RFC 9044.
struct GMACParameters {
  OctetString nonce;
  std::int64_t length = 12;
  static constexpr auto asn1 =
      sequence(field<&GMACParameters::nonce>, field<&GMACParameters::length, range<12, 16>, default_der<"02 01 0C">>);
};

using AesIv = OctetString;  // AES-IV, RFC 3565: 16 octets

/// RFC 5084 Section 3.2.
struct GCMParameters {
  OctetString aes_nonce;
  std::int64_t aes_ICVlen = 12;
  static constexpr auto asn1 = sequence(field<&GCMParameters::aes_nonce>,
                                        field<&GCMParameters::aes_ICVlen, range<12, 16>, default_der<"02 01 0C">>);
};

/// RFC 5084 Section 3.1. The tag length is even.
struct CCMParameters {
  OctetString aes_nonce;
  std::int64_t aes_ICVlen = 12;
  static constexpr auto asn1 = sequence(field<&CCMParameters::aes_nonce, range<7, 13>>,
                                        field<&CCMParameters::aes_ICVlen, range<4, 16>, default_der<"02 01 0C">>);
};

using Customization = OctetString;    // RFC 9688
using ShakeOutputLen = std::int64_t;  // RFC 8419: 512

/// ECC-CMS-SharedInfo, RFC 5753 Section 7.2.
struct EccCmsSharedInfo {
  AlgorithmIdentifier keyInfo;  // the key wrap algorithm
  std::optional<OctetString> entityUInfo;
  OctetString suppPubInfo;  // the KEK's length in bits, four octets
  static constexpr auto asn1 =
      sequence(field<&EccCmsSharedInfo::keyInfo>, field<&EccCmsSharedInfo::entityUInfo, explicit_tag<0>>,
               field<&EccCmsSharedInfo::suppPubInfo, explicit_tag<2>>);
};

/// RFC 5753 Appendix A.
struct MQVuserKeyingMaterial {
  OriginatorPublicKey ephemeralPublicKey;
  std::optional<UserKeyingMaterial> addedukm;
  static constexpr auto asn1 = sequence(field<&MQVuserKeyingMaterial::ephemeralPublicKey>,
                                        field<&MQVuserKeyingMaterial::addedukm, explicit_tag<0>>);
};

/// KeySpecificInfo of RFC 2631 Section 2.1.2.
struct KeySpecificInfo {
  Oid algorithm;
  OctetString counter;
  static constexpr auto asn1 =
      sequence(field<&KeySpecificInfo::algorithm>, field<&KeySpecificInfo::counter, range<4, 4>>);
};

/// RFC 2631 Section 2.1.2.
struct OtherInfo {
  KeySpecificInfo keyInfo;
  std::optional<OctetString> partyAInfo;
  OctetString suppPubInfo;
  static constexpr auto asn1 = sequence(field<&OtherInfo::keyInfo>, field<&OtherInfo::partyAInfo, explicit_tag<0>>,
                                        field<&OtherInfo::suppPubInfo, explicit_tag<2>>);
};

/// RFC 6955 Section 4.
struct DhSigStatic {
  std::optional<IssuerAndSerialNumber> issuerAndSerial;
  OctetString hashValue;
  static constexpr auto asn1 = sequence(field<&DhSigStatic::issuerAndSerial>, field<&DhSigStatic::hashValue>);
};

// --- ML-DSA and ML-KEM private keys: RFC 9881, RFC 9935 ---

struct MLBothKeys {
  OctetString seed, expandedKey;
  static constexpr auto asn1 = sequence(field<&MLBothKeys::seed>, field<&MLBothKeys::expandedKey>);
};

/// ML-DSA-nn-PrivateKey and ML-KEM-nn-PrivateKey.
struct MLPrivateKey {
  enum Type { seed, expandedKey, both };
  std::variant<OctetString, OctetString, MLBothKeys> value;
  static constexpr auto asn1 = choice<&MLPrivateKey::value>(alt<seed, implicit_tag<0>>, alt<expandedKey>, alt<both>);
};

}  // namespace cmpkit::asn1
