// Certificate Request Message Format: RFC 4211 Appendix B (IMPLICIT TAGS; a CHOICE under a tag is EXPLICIT all the
// same).
#pragma once

#include "cmpkit/asn1/cms.h"

namespace cmpkit::asn1 {

// --- CertTemplate, RFC 4211 Section 5 ---

/// At least one of the two is there.
struct OptionalValidity {
  std::optional<Time> notBefore, notAfter;
  static constexpr auto asn1 = sequence(field<&OptionalValidity::notBefore, explicit_tag<0>>,  // a CHOICE: EXPLICIT
                                        field<&OptionalValidity::notAfter, explicit_tag<1>>);
};

struct CertTemplate {
  std::optional<Version> version;
  std::optional<Integer> serialNumber;
  std::optional<AlgorithmIdentifier> signingAlg;
  std::optional<Name> issuer;
  std::optional<OptionalValidity> validity;
  std::optional<Name> subject;
  std::optional<SubjectPublicKeyInfo> publicKey;
  std::optional<UniqueIdentifier> issuerUID, subjectUID;
  std::optional<Extensions> extensions;
  static constexpr auto asn1 =
      sequence(field<&CertTemplate::version, implicit_tag<0>>, field<&CertTemplate::serialNumber, implicit_tag<1>>,
               field<&CertTemplate::signingAlg, implicit_tag<2>>,
               field<&CertTemplate::issuer, explicit_tag<3>>,  // a CHOICE: EXPLICIT
               field<&CertTemplate::validity, implicit_tag<4>>, field<&CertTemplate::subject, explicit_tag<5>>,
               field<&CertTemplate::publicKey, implicit_tag<6>>, field<&CertTemplate::issuerUID, implicit_tag<7>>,
               field<&CertTemplate::subjectUID, implicit_tag<8>>, field<&CertTemplate::extensions, implicit_tag<9>>);
};

using Controls = SequenceOf<AttributeTypeAndValue, 1>;

struct CertRequest {
  Bytes octets;  // as received: what the proof of possession covers
  std::int64_t certReqId = 0;
  CertTemplate certTemplate;
  std::optional<Controls> controls;
  static constexpr auto asn1 = sequence(received<&CertRequest::octets>, field<&CertRequest::certReqId>,
                                        field<&CertRequest::certTemplate>, field<&CertRequest::controls>);
};

// --- Proof of possession, RFC 4211 Section 4 ---

struct PKMACValue {
  AlgorithmIdentifier algId;
  BitString value;
  static constexpr auto asn1 = sequence(field<&PKMACValue::algId>, field<&PKMACValue::value>);
};

struct AuthInfo {
  enum Type { sender, publicKeyMAC };
  std::variant<GeneralName, PKMACValue> value;
  static constexpr auto asn1 = choice<&AuthInfo::value>(alt<sender, explicit_tag<0>>,  // a CHOICE: EXPLICIT
                                                        alt<publicKeyMAC>);
};

/// Signed with the universal SEQUENCE tag, which is how it encodes by itself.
struct POPOSigningKeyInput {
  AuthInfo authInfo;
  SubjectPublicKeyInfo publicKey;
  static constexpr auto asn1 = sequence(field<&POPOSigningKeyInput::authInfo>, field<&POPOSigningKeyInput::publicKey>);
};

struct POPOSigningKey {
  std::optional<POPOSigningKeyInput> poposkInput;
  AlgorithmIdentifier algorithmIdentifier;
  BitString signature;
  static constexpr auto asn1 = sequence(field<&POPOSigningKey::poposkInput, implicit_tag<0>>,
                                        field<&POPOSigningKey::algorithmIdentifier>, field<&POPOSigningKey::signature>);
};

enum class SubsequentMessage : std::int64_t { encrCert, challengeResp };

struct POPOPrivKey {
  enum Type { thisMessage, subsequentMessage, dhMAC, agreeMAC, encryptedKey };
  std::variant<BitString, SubsequentMessage, BitString, PKMACValue, EnvelopedData> value;
  static constexpr auto asn1 = choice<&POPOPrivKey::value>(
      alt<thisMessage, implicit_tag<0>>, alt<subsequentMessage, implicit_tag<1>>, alt<dhMAC, implicit_tag<2>>,
      alt<agreeMAC, implicit_tag<3>>, alt<encryptedKey, implicit_tag<4>>);
};

struct ProofOfPossession {
  enum Type { raVerified, signature, keyEncipherment, keyAgreement };
  std::variant<Null, POPOSigningKey, POPOPrivKey, POPOPrivKey> value;
  [[nodiscard]] Type type() const { return static_cast<Type>(value.index()); }
  static constexpr auto asn1 =
      choice<&ProofOfPossession::value>(alt<raVerified, implicit_tag<0>>, alt<signature, implicit_tag<1>>,
                                        alt<keyEncipherment, explicit_tag<2>>,  // a CHOICE: EXPLICIT
                                        alt<keyAgreement, explicit_tag<3>>);
};

struct CertReqMsg {
  CertRequest certReq;
  std::optional<ProofOfPossession> popo;
  std::optional<SequenceOf<AttributeTypeAndValue, 1>> regInfo;
  static constexpr auto asn1 =
      sequence(field<&CertReqMsg::certReq>, field<&CertReqMsg::popo>, field<&CertReqMsg::regInfo>);
};

using CertReqMessages = SequenceOf<CertReqMsg, 1>;

// --- Encrypted keys, RFC 4211 Section 2.1 ---

/// Deprecated in favour of EnvelopedData.
struct EncryptedValue {
  std::optional<AlgorithmIdentifier> intendedAlg, symmAlg;
  std::optional<BitString> encSymmKey;
  std::optional<AlgorithmIdentifier> keyAlg;
  std::optional<OctetString> valueHint;
  BitString encValue;
  static constexpr auto asn1 =
      sequence(field<&EncryptedValue::intendedAlg, implicit_tag<0>>, field<&EncryptedValue::symmAlg, implicit_tag<1>>,
               field<&EncryptedValue::encSymmKey, implicit_tag<2>>, field<&EncryptedValue::keyAlg, implicit_tag<3>>,
               field<&EncryptedValue::valueHint, implicit_tag<4>>, field<&EncryptedValue::encValue>);
};

struct EncryptedKey {
  enum Type { encryptedValue, envelopedData };
  std::variant<EncryptedValue, EnvelopedData> value;
  static constexpr auto asn1 = choice<&EncryptedKey::value>(alt<encryptedValue>, alt<envelopedData, implicit_tag<0>>);
};

// --- Values of controls (Section 6) and regInfo (Section 7) ---

using RegToken = UTF8String;
using Authenticator = UTF8String;
using ProtocolEncrKey = SubjectPublicKeyInfo;
using UTF8Pairs = UTF8String;
using CertReq = CertRequest;

enum class PublicationAction : std::int64_t { dontPublish, pleasePublish };
enum class PublicationMethod : std::int64_t { dontCare, x500, web, ldap };

struct SinglePubInfo {
  PublicationMethod pubMethod{};
  std::optional<GeneralName> pubLocation;
  static constexpr auto asn1 = sequence(field<&SinglePubInfo::pubMethod>, field<&SinglePubInfo::pubLocation>);
};

struct PKIPublicationInfo {
  PublicationAction action{};
  std::optional<SequenceOf<SinglePubInfo, 1>> pubInfos;
  static constexpr auto asn1 = sequence(field<&PKIPublicationInfo::action>, field<&PKIPublicationInfo::pubInfos>);
};

struct PKIArchiveOptions {
  enum Type { encryptedPrivKey, keyGenParameters, archiveRemGenPrivKey };
  std::variant<EncryptedKey, OctetString, bool> value;
  static constexpr auto asn1 = choice<&PKIArchiveOptions::value>(alt<encryptedPrivKey, explicit_tag<0>>,  // a CHOICE
                                                                 alt<keyGenParameters, implicit_tag<1>>,
                                                                 alt<archiveRemGenPrivKey, implicit_tag<2>>);
};

struct CertId {
  GeneralName issuer;
  Integer serialNumber;
  static constexpr auto asn1 = sequence(field<&CertId::issuer>, field<&CertId::serialNumber>);
};

using OldCertId = CertId;

struct PrivateKeyInfo {
  std::int64_t version = 0;
  AlgorithmIdentifier privateKeyAlgorithm;
  OctetString privateKey;
  std::optional<SetOf<Attribute>> attributes;
  static constexpr auto asn1 =
      sequence(field<&PrivateKeyInfo::version>, field<&PrivateKeyInfo::privateKeyAlgorithm>,
               field<&PrivateKeyInfo::privateKey>, field<&PrivateKeyInfo::attributes, implicit_tag<0>>);
};

struct KeyIdentity {
  enum Type { string, generalName };
  std::variant<UTF8String, GeneralName> value;
  static constexpr auto asn1 = choice<&KeyIdentity::value>(alt<string>, alt<generalName>);
};

struct EncKeyWithID {
  PrivateKeyInfo privateKey;
  std::optional<KeyIdentity> identifier;
  static constexpr auto asn1 = sequence(field<&EncKeyWithID::privateKey>, field<&EncKeyWithID::identifier>);
};

}  // namespace cmpkit::asn1
