// Cryptographic Message Syntax: RFC 5652 Section 12.1, RFC 5083, RFC 5958, RFC 9629 (all IMPLICIT TAGS).
//
// CMS has an EncryptedKey of its own, an OCTET STRING; here the name stands for CRMF's CHOICE (crmf.h).
#pragma once

#include "cmpkit/asn1/pkcs10.h"

namespace cmpkit::asn1 {

using CMSVersion = std::int64_t;
using ContentType = Oid;
using DigestAlgorithmIdentifier = AlgorithmIdentifier;
using SignatureAlgorithmIdentifier = AlgorithmIdentifier;
using KeyEncryptionAlgorithmIdentifier = AlgorithmIdentifier;
using ContentEncryptionAlgorithmIdentifier = AlgorithmIdentifier;
using MessageAuthenticationCodeAlgorithm = AlgorithmIdentifier;
using KeyDerivationAlgorithmIdentifier = AlgorithmIdentifier;
using UserKeyingMaterial = OctetString;

struct ContentInfo {
  ContentType contentType;
  Any content;
  static constexpr auto asn1 =
      sequence(field<&ContentInfo::contentType>, field<&ContentInfo::content, explicit_tag<0>>);
};

// --- Certificates and CRLs, RFC 5652 Section 10.2 ---

struct OtherCertificateFormat {
  Oid otherCertFormat;
  Any otherCert;
  static constexpr auto asn1 =
      sequence(field<&OtherCertificateFormat::otherCertFormat>, field<&OtherCertificateFormat::otherCert>);
};

using ExtendedCertificate = SequenceOf<Any>;     // obsolete; kept as octets
using AttributeCertificateV1 = SequenceOf<Any>;  // obsolete; kept as octets
using AttributeCertificateV2 = SequenceOf<Any>;  // RFC 5755; kept as octets

struct CertificateChoices {
  enum Type { certificate, extendedCertificate, v1AttrCert, v2AttrCert, other };
  std::variant<Encoded<Certificate>, ExtendedCertificate, AttributeCertificateV1, AttributeCertificateV2,
               OtherCertificateFormat>
      value;
  static constexpr auto asn1 = choice<&CertificateChoices::value>(
      alt<certificate>, alt<extendedCertificate, implicit_tag<0>>, alt<v1AttrCert, implicit_tag<1>>,
      alt<v2AttrCert, implicit_tag<2>>, alt<other, implicit_tag<3>>);
};

using CertificateSet = SetOf<CertificateChoices>;

struct OtherRevocationInfoFormat {
  Oid otherRevInfoFormat;
  Any otherRevInfo;
  static constexpr auto asn1 =
      sequence(field<&OtherRevocationInfoFormat::otherRevInfoFormat>, field<&OtherRevocationInfoFormat::otherRevInfo>);
};

struct RevocationInfoChoice {
  enum Type { crl, other };
  std::variant<Encoded<CertificateList>, OtherRevocationInfoFormat> value;
  static constexpr auto asn1 = choice<&RevocationInfoChoice::value>(alt<crl>, alt<other, implicit_tag<1>>);
};

using RevocationInfoChoices = SetOf<RevocationInfoChoice>;

/// Like Attribute, but RFC 5652 Section 5.3 does not ask for a value.
struct CMSAttribute {
  Oid attrType;
  SetOf<Any> attrValues;
  static constexpr auto asn1 = sequence(field<&CMSAttribute::attrType>, field<&CMSAttribute::attrValues>);
};

// --- SignedData, RFC 5652 Section 5 ---

using DigestAlgorithmIdentifiers = SetOf<DigestAlgorithmIdentifier>;
/// Signed and digested as SET OF: with the identifier octet 31 in place of A0 (RFC 5652 Section 5.4).
using SignedAttributes = SetOf<CMSAttribute, 1>;
using UnsignedAttributes = SetOf<CMSAttribute, 1>;

struct EncapsulatedContentInfo {
  ContentType eContentType;
  std::optional<OctetString> eContent;
  static constexpr auto asn1 = sequence(field<&EncapsulatedContentInfo::eContentType>,
                                        field<&EncapsulatedContentInfo::eContent, explicit_tag<0>>);
};

struct SignerIdentifier {
  enum Type { issuerAndSerialNumber, subjectKeyIdentifier };
  std::variant<IssuerAndSerialNumber, KeyIdentifier> value;
  static constexpr auto asn1 =
      choice<&SignerIdentifier::value>(alt<issuerAndSerialNumber>, alt<subjectKeyIdentifier, implicit_tag<0>>);
};

struct SignerInfo {
  CMSVersion version = 0;
  SignerIdentifier sid;
  DigestAlgorithmIdentifier digestAlgorithm;
  std::optional<SignedAttributes> signedAttrs;
  SignatureAlgorithmIdentifier signatureAlgorithm;
  OctetString signature;
  std::optional<UnsignedAttributes> unsignedAttrs;
  static constexpr auto asn1 =
      sequence(field<&SignerInfo::version>, field<&SignerInfo::sid>, field<&SignerInfo::digestAlgorithm>,
               field<&SignerInfo::signedAttrs, implicit_tag<0>>, field<&SignerInfo::signatureAlgorithm>,
               field<&SignerInfo::signature>, field<&SignerInfo::unsignedAttrs, implicit_tag<1>>);
};

using SignerInfos = SetOf<SignerInfo>;

struct SignedData {
  CMSVersion version = 0;
  DigestAlgorithmIdentifiers digestAlgorithms;
  EncapsulatedContentInfo encapContentInfo;
  std::optional<CertificateSet> certificates;
  std::optional<RevocationInfoChoices> crls;
  SignerInfos signerInfos;
  static constexpr auto asn1 =
      sequence(field<&SignedData::version>, field<&SignedData::digestAlgorithms>, field<&SignedData::encapContentInfo>,
               field<&SignedData::certificates, implicit_tag<0>>, field<&SignedData::crls, implicit_tag<1>>,
               field<&SignedData::signerInfos>);
};

using MessageDigest = OctetString;  // RFC 5652 Section 11.2
using SigningTime = Time;           // RFC 5652 Section 11.3

/// RFC 6211 Section 2.
struct CMSAlgorithmProtection {
  DigestAlgorithmIdentifier digestAlgorithm;
  std::optional<SignatureAlgorithmIdentifier> signatureAlgorithm;
  std::optional<MessageAuthenticationCodeAlgorithm> macAlgorithm;
  static constexpr auto asn1 = sequence(field<&CMSAlgorithmProtection::digestAlgorithm>,
                                        field<&CMSAlgorithmProtection::signatureAlgorithm, implicit_tag<1>>,
                                        field<&CMSAlgorithmProtection::macAlgorithm, implicit_tag<2>>);
};

// --- EnvelopedData, RFC 5652 Section 6 ---

struct OriginatorInfo {
  std::optional<CertificateSet> certs;
  std::optional<RevocationInfoChoices> crls;
  static constexpr auto asn1 =
      sequence(field<&OriginatorInfo::certs, implicit_tag<0>>, field<&OriginatorInfo::crls, implicit_tag<1>>);
};

struct EncryptedContentInfo {
  ContentType contentType;
  ContentEncryptionAlgorithmIdentifier contentEncryptionAlgorithm;
  std::optional<OctetString> encryptedContent;
  static constexpr auto asn1 =
      sequence(field<&EncryptedContentInfo::contentType>, field<&EncryptedContentInfo::contentEncryptionAlgorithm>,
               field<&EncryptedContentInfo::encryptedContent, implicit_tag<0>>);
};

using RecipientIdentifier = SignerIdentifier;  // RFC 5652 Section 6.2.1: the same two alternatives

struct KeyTransRecipientInfo {
  CMSVersion version = 0;
  RecipientIdentifier rid;
  KeyEncryptionAlgorithmIdentifier keyEncryptionAlgorithm;
  OctetString encryptedKey;
  static constexpr auto asn1 =
      sequence(field<&KeyTransRecipientInfo::version>, field<&KeyTransRecipientInfo::rid>,
               field<&KeyTransRecipientInfo::keyEncryptionAlgorithm>, field<&KeyTransRecipientInfo::encryptedKey>);
};

struct OriginatorPublicKey {
  AlgorithmIdentifier algorithm;
  BitString publicKey;
  static constexpr auto asn1 = sequence(field<&OriginatorPublicKey::algorithm>, field<&OriginatorPublicKey::publicKey>);
};

struct OriginatorIdentifierOrKey {
  enum Type { issuerAndSerialNumber, subjectKeyIdentifier, originatorKey };
  std::variant<IssuerAndSerialNumber, KeyIdentifier, OriginatorPublicKey> value;
  static constexpr auto asn1 = choice<&OriginatorIdentifierOrKey::value>(
      alt<issuerAndSerialNumber>, alt<subjectKeyIdentifier, implicit_tag<0>>, alt<originatorKey, implicit_tag<1>>);
};

struct OtherKeyAttribute {
  Oid keyAttrId;
  std::optional<Any> keyAttr;
  static constexpr auto asn1 = sequence(field<&OtherKeyAttribute::keyAttrId>, field<&OtherKeyAttribute::keyAttr>);
};

struct RecipientKeyIdentifier {
  KeyIdentifier subjectKeyIdentifier;
  std::optional<GeneralizedTime> date;
  std::optional<OtherKeyAttribute> other;
  static constexpr auto asn1 = sequence(field<&RecipientKeyIdentifier::subjectKeyIdentifier>,
                                        field<&RecipientKeyIdentifier::date>, field<&RecipientKeyIdentifier::other>);
};

struct KeyAgreeRecipientIdentifier {
  enum Type { issuerAndSerialNumber, rKeyId };
  std::variant<IssuerAndSerialNumber, RecipientKeyIdentifier> value;
  static constexpr auto asn1 =
      choice<&KeyAgreeRecipientIdentifier::value>(alt<issuerAndSerialNumber>, alt<rKeyId, implicit_tag<0>>);
};

struct RecipientEncryptedKey {
  KeyAgreeRecipientIdentifier rid;
  OctetString encryptedKey;
  static constexpr auto asn1 =
      sequence(field<&RecipientEncryptedKey::rid>, field<&RecipientEncryptedKey::encryptedKey>);
};

using RecipientEncryptedKeys = SequenceOf<RecipientEncryptedKey>;

struct KeyAgreeRecipientInfo {
  CMSVersion version = 3;
  OriginatorIdentifierOrKey originator;
  std::optional<UserKeyingMaterial> ukm;
  KeyEncryptionAlgorithmIdentifier keyEncryptionAlgorithm;
  RecipientEncryptedKeys recipientEncryptedKeys;
  static constexpr auto asn1 = sequence(
      field<&KeyAgreeRecipientInfo::version>, field<&KeyAgreeRecipientInfo::originator, explicit_tag<0>>,
      field<&KeyAgreeRecipientInfo::ukm, explicit_tag<1>>, field<&KeyAgreeRecipientInfo::keyEncryptionAlgorithm>,
      field<&KeyAgreeRecipientInfo::recipientEncryptedKeys>);
};

struct KEKIdentifier {
  OctetString keyIdentifier;
  std::optional<GeneralizedTime> date;
  std::optional<OtherKeyAttribute> other;
  static constexpr auto asn1 =
      sequence(field<&KEKIdentifier::keyIdentifier>, field<&KEKIdentifier::date>, field<&KEKIdentifier::other>);
};

struct KEKRecipientInfo {
  CMSVersion version = 4;
  KEKIdentifier kekid;
  KeyEncryptionAlgorithmIdentifier keyEncryptionAlgorithm;
  OctetString encryptedKey;
  static constexpr auto asn1 =
      sequence(field<&KEKRecipientInfo::version>, field<&KEKRecipientInfo::kekid>,
               field<&KEKRecipientInfo::keyEncryptionAlgorithm>, field<&KEKRecipientInfo::encryptedKey>);
};

struct PasswordRecipientInfo {
  CMSVersion version = 0;
  std::optional<KeyDerivationAlgorithmIdentifier> keyDerivationAlgorithm;
  KeyEncryptionAlgorithmIdentifier keyEncryptionAlgorithm;
  OctetString encryptedKey;
  static constexpr auto asn1 = sequence(
      field<&PasswordRecipientInfo::version>, field<&PasswordRecipientInfo::keyDerivationAlgorithm, implicit_tag<0>>,
      field<&PasswordRecipientInfo::keyEncryptionAlgorithm>, field<&PasswordRecipientInfo::encryptedKey>);
};

struct OtherRecipientInfo {
  Oid oriType;
  Any oriValue;
  static constexpr auto asn1 = sequence(field<&OtherRecipientInfo::oriType>, field<&OtherRecipientInfo::oriValue>);
};

struct RecipientInfo {
  enum Type { ktri, kari, kekri, pwri, ori };
  std::variant<KeyTransRecipientInfo, KeyAgreeRecipientInfo, KEKRecipientInfo, PasswordRecipientInfo,
               OtherRecipientInfo>
      value;
  static constexpr auto asn1 =
      choice<&RecipientInfo::value>(alt<ktri>, alt<kari, implicit_tag<1>>, alt<kekri, implicit_tag<2>>,
                                    alt<pwri, implicit_tag<3>>, alt<ori, implicit_tag<4>>);
};

using RecipientInfos = SetOf<RecipientInfo, 1>;
using UnprotectedAttributes = SetOf<CMSAttribute, 1>;

struct EnvelopedData {
  CMSVersion version = 0;
  std::optional<OriginatorInfo> originatorInfo;
  RecipientInfos recipientInfos;
  EncryptedContentInfo encryptedContentInfo;
  std::optional<UnprotectedAttributes> unprotectedAttrs;
  static constexpr auto asn1 =
      sequence(field<&EnvelopedData::version>, field<&EnvelopedData::originatorInfo, implicit_tag<0>>,
               field<&EnvelopedData::recipientInfos>, field<&EnvelopedData::encryptedContentInfo>,
               field<&EnvelopedData::unprotectedAttrs, implicit_tag<1>>);
};

// --- AuthEnvelopedData, RFC 5083 Section 2.1 ---

using AuthAttributes = SetOf<CMSAttribute, 1>;
using UnauthAttributes = SetOf<CMSAttribute, 1>;

struct AuthEnvelopedData {
  CMSVersion version = 0;
  std::optional<OriginatorInfo> originatorInfo;
  RecipientInfos recipientInfos;
  EncryptedContentInfo authEncryptedContentInfo;
  std::optional<AuthAttributes> authAttrs;
  OctetString mac;
  std::optional<UnauthAttributes> unauthAttrs;
  static constexpr auto asn1 =
      sequence(field<&AuthEnvelopedData::version>, field<&AuthEnvelopedData::originatorInfo, implicit_tag<0>>,
               field<&AuthEnvelopedData::recipientInfos>, field<&AuthEnvelopedData::authEncryptedContentInfo>,
               field<&AuthEnvelopedData::authAttrs, implicit_tag<1>>, field<&AuthEnvelopedData::mac>,
               field<&AuthEnvelopedData::unauthAttrs, implicit_tag<2>>);
};

// --- KEMRecipientInfo, RFC 9629: the oriValue of id-ori-kem ---

struct KEMRecipientInfo {
  CMSVersion version = 0;
  RecipientIdentifier rid;
  AlgorithmIdentifier kem;
  OctetString kemct;
  KeyDerivationAlgorithmIdentifier kdf;
  std::int64_t kekLength = 0;  // octets
  std::optional<UserKeyingMaterial> ukm;
  KeyEncryptionAlgorithmIdentifier wrap;
  OctetString encryptedKey;
  static constexpr auto asn1 =
      sequence(field<&KEMRecipientInfo::version>, field<&KEMRecipientInfo::rid>, field<&KEMRecipientInfo::kem>,
               field<&KEMRecipientInfo::kemct>, field<&KEMRecipientInfo::kdf>,
               field<&KEMRecipientInfo::kekLength, range<1, 65535>>, field<&KEMRecipientInfo::ukm, explicit_tag<0>>,
               field<&KEMRecipientInfo::wrap>, field<&KEMRecipientInfo::encryptedKey>);
};

struct CMSORIforKEMOtherInfo {
  KeyEncryptionAlgorithmIdentifier wrap;
  std::int64_t kekLength = 0;  // octets
  std::optional<UserKeyingMaterial> ukm;
  static constexpr auto asn1 =
      sequence(field<&CMSORIforKEMOtherInfo::wrap>, field<&CMSORIforKEMOtherInfo::kekLength, range<1, 65535>>,
               field<&CMSORIforKEMOtherInfo::ukm, explicit_tag<0>>);
};

// --- Private keys, RFC 5958 ---

/// PrivateKeyInfo of PKCS #8 where version is v1.
struct OneAsymmetricKey {
  Version version = Version::v1;  // v2 with publicKey
  AlgorithmIdentifier privateKeyAlgorithm;
  OctetString privateKey;
  std::optional<SetOf<Attribute>> attributes;
  std::optional<BitString> publicKey;
  static constexpr auto asn1 =
      sequence(field<&OneAsymmetricKey::version>, field<&OneAsymmetricKey::privateKeyAlgorithm>,
               field<&OneAsymmetricKey::privateKey>, field<&OneAsymmetricKey::attributes, implicit_tag<0>>,
               field<&OneAsymmetricKey::publicKey, implicit_tag<1>>);
};

using AsymmetricKeyPackage = SequenceOf<OneAsymmetricKey, 1>;

struct EncryptedPrivateKeyInfo {
  AlgorithmIdentifier encryptionAlgorithm;
  OctetString encryptedData;
  static constexpr auto asn1 =
      sequence(field<&EncryptedPrivateKeyInfo::encryptionAlgorithm>, field<&EncryptedPrivateKeyInfo::encryptedData>);
};

}  // namespace cmpkit::asn1
