// The Certificate Management Protocol: PKIXCMP-2023 of RFC 9810 Appendix F (EXPLICIT TAGS; the types it imports keep
// the tagging of their own modules).
#pragma once

#include "cmpkit/asn1/crmf.h"
#include "cmpkit/asn1/extensions.h"

namespace cmpkit::asn1 {

/// Kept as its octets, which are what is hashed, compared and passed on; `decode()` gives the Certificate.
using CMPCertificate = Encoded<Certificate>;
using CertificateListOctets = Encoded<CertificateList>;

using PKIFreeText = SequenceOf<UTF8String, 1>;

// --- Header, RFC 9810 Section 5.1.1 ---

enum class Pvno : std::int64_t { cmp1999 = 1, cmp2000 = 2, cmp2021 = 3 };

struct InfoTypeAndValue {
  Oid infoType;
  std::optional<Any> infoValue;
  static constexpr auto asn1 = sequence(field<&InfoTypeAndValue::infoType>, field<&InfoTypeAndValue::infoValue>);
};

struct PKIHeader {
  Bytes octets;  // as received: the first part of what the protection covers
  Pvno pvno{};
  GeneralName sender, recipient;
  std::optional<GeneralizedTime> messageTime;
  std::optional<AlgorithmIdentifier> protectionAlg;
  std::optional<KeyIdentifier> senderKID, recipKID;
  std::optional<OctetString> transactionID, senderNonce, recipNonce;
  std::optional<PKIFreeText> freeText;
  std::optional<SequenceOf<InfoTypeAndValue, 1>> generalInfo;
  static constexpr auto asn1 =
      sequence(received<&PKIHeader::octets>, field<&PKIHeader::pvno>, field<&PKIHeader::sender>,
               field<&PKIHeader::recipient>, field<&PKIHeader::messageTime, explicit_tag<0>>,
               field<&PKIHeader::protectionAlg, explicit_tag<1>>, field<&PKIHeader::senderKID, explicit_tag<2>>,
               field<&PKIHeader::recipKID, explicit_tag<3>>, field<&PKIHeader::transactionID, explicit_tag<4>>,
               field<&PKIHeader::senderNonce, explicit_tag<5>>, field<&PKIHeader::recipNonce, explicit_tag<6>>,
               field<&PKIHeader::freeText, explicit_tag<7>>, field<&PKIHeader::generalInfo, explicit_tag<8>>);
};

// --- Status, RFC 9810 Section 5.2.3 ---

enum class PKIStatus : std::int64_t {
  accepted,
  grantedWithMods,
  rejection,
  waiting,
  revocationWarning,
  revocationNotification,
  keyUpdateWarning
};

struct PKIFailureInfo : NamedBits {
  enum Bit : unsigned {
    badAlg,
    badMessageCheck,
    badRequest,
    badTime,
    badCertId,
    badDataFormat,
    wrongAuthority,
    incorrectData,
    missingTimeStamp,
    badPOP,
    certRevoked,
    certConfirmed,
    wrongIntegrity,
    badRecipientNonce,
    timeNotAvailable,
    unacceptedPolicy,
    unacceptedExtension,
    addInfoNotAvailable,
    badSenderNonce,
    badCertTemplate,
    signerNotTrusted,
    transactionIdInUse,
    unsupportedVersion,
    notAuthorized,
    systemUnavail,
    systemFailure,
    duplicateCertReq
  };
};

struct PKIStatusInfo {
  PKIStatus status{};
  std::optional<PKIFreeText> statusString;
  std::optional<PKIFailureInfo> failInfo;
  static constexpr auto asn1 =
      sequence(field<&PKIStatusInfo::status>, field<&PKIStatusInfo::statusString>, field<&PKIStatusInfo::failInfo>);
};

// --- Certification, RFC 9810 Sections 5.3.2 to 5.3.4 ---

struct CertOrEncCert {
  enum Type { certificate, encryptedCert };
  std::variant<CMPCertificate, EncryptedKey> value;
  static constexpr auto asn1 =
      choice<&CertOrEncCert::value>(alt<certificate, explicit_tag<0>>, alt<encryptedCert, explicit_tag<1>>);
};

struct CertifiedKeyPair {
  CertOrEncCert certOrEncCert;
  std::optional<EncryptedKey> privateKey;
  std::optional<PKIPublicationInfo> publicationInfo;
  static constexpr auto asn1 =
      sequence(field<&CertifiedKeyPair::certOrEncCert>, field<&CertifiedKeyPair::privateKey, explicit_tag<0>>,
               field<&CertifiedKeyPair::publicationInfo, explicit_tag<1>>);
};

struct CertResponse {
  std::int64_t certReqId = 0;
  PKIStatusInfo status;
  std::optional<CertifiedKeyPair> certifiedKeyPair;
  std::optional<OctetString> rspInfo;
  static constexpr auto asn1 = sequence(field<&CertResponse::certReqId>, field<&CertResponse::status>,
                                        field<&CertResponse::certifiedKeyPair>, field<&CertResponse::rspInfo>);
};

struct CertRepMessage {
  std::optional<SequenceOf<CMPCertificate, 1>> caPubs;
  SequenceOf<CertResponse> response;
  static constexpr auto asn1 =
      sequence(field<&CertRepMessage::caPubs, explicit_tag<1>>, field<&CertRepMessage::response>);
};

struct CertStatus {
  OctetString certHash;
  std::int64_t certReqId = 0;
  std::optional<PKIStatusInfo> statusInfo;
  std::optional<AlgorithmIdentifier> hashAlg;
  static constexpr auto asn1 = sequence(field<&CertStatus::certHash>, field<&CertStatus::certReqId>,
                                        field<&CertStatus::statusInfo>, field<&CertStatus::hashAlg, explicit_tag<0>>);
};

/// Empty: all certificates are rejected (RFC 9810 Section 5.3.18).
using CertConfirmContent = SequenceOf<CertStatus>;
using PKIConfirmContent = Null;

// --- Challenge-response proof of possession, RFC 9810 Section 5.2.8.3 ---

struct Challenge {
  std::optional<AlgorithmIdentifier> owf;
  OctetString witness;
  OctetString challenge;
  std::optional<EnvelopedData> encryptedRand;
  static constexpr auto asn1 =
      sequence(field<&Challenge::owf>, field<&Challenge::witness>, field<&Challenge::challenge>,
               field<&Challenge::encryptedRand, explicit_tag<0>>);  // unlike CRMF's [0]
};

using POPODecKeyChallContent = SequenceOf<Challenge>;
using POPODecKeyRespContent = SequenceOf<Integer>;

struct Rand {
  Integer int_;
  GeneralName sender;
  static constexpr auto asn1 = sequence(field<&Rand::int_>, field<&Rand::sender>);
};

// --- Key recovery, RFC 9810 Section 5.3.8 ---

struct KeyRecRepContent {
  PKIStatusInfo status;
  std::optional<CMPCertificate> newSigCert;
  std::optional<SequenceOf<CMPCertificate, 1>> caCerts;
  std::optional<SequenceOf<CertifiedKeyPair, 1>> keyPairHist;
  static constexpr auto asn1 = sequence(
      field<&KeyRecRepContent::status>, field<&KeyRecRepContent::newSigCert, explicit_tag<0>>,
      field<&KeyRecRepContent::caCerts, explicit_tag<1>>, field<&KeyRecRepContent::keyPairHist, explicit_tag<2>>);
};

// --- Revocation, RFC 9810 Sections 5.3.9 and 5.3.10 ---

struct RevDetails {
  CertTemplate certDetails;
  std::optional<Extensions> crlEntryDetails;
  static constexpr auto asn1 = sequence(field<&RevDetails::certDetails>, field<&RevDetails::crlEntryDetails>);
};

using RevReqContent = SequenceOf<RevDetails>;

struct RevRepContent {
  SequenceOf<PKIStatusInfo, 1> status;
  std::optional<SequenceOf<CertId, 1>> revCerts;
  std::optional<SequenceOf<CertificateListOctets, 1>> crls;
  static constexpr auto asn1 = sequence(field<&RevRepContent::status>, field<&RevRepContent::revCerts, explicit_tag<0>>,
                                        field<&RevRepContent::crls, explicit_tag<1>>);
};

// --- Announcements, RFC 9810 Sections 5.3.13 to 5.3.16 ---

struct CAKeyUpdAnnContent {
  CMPCertificate oldWithNew, newWithOld, newWithNew;
  static constexpr auto asn1 = sequence(field<&CAKeyUpdAnnContent::oldWithNew>, field<&CAKeyUpdAnnContent::newWithOld>,
                                        field<&CAKeyUpdAnnContent::newWithNew>);
};

struct RootCaKeyUpdateContent {
  CMPCertificate newWithNew;
  std::optional<CMPCertificate> newWithOld, oldWithNew;
  static constexpr auto asn1 =
      sequence(field<&RootCaKeyUpdateContent::newWithNew>, field<&RootCaKeyUpdateContent::newWithOld, explicit_tag<0>>,
               field<&RootCaKeyUpdateContent::oldWithNew, explicit_tag<1>>);
};

struct CAKeyUpdContent {
  enum Type { cAKeyUpdAnnV2, cAKeyUpdAnnV3 };
  std::variant<CAKeyUpdAnnContent, RootCaKeyUpdateContent> value;
  static constexpr auto asn1 = choice<&CAKeyUpdContent::value>(alt<cAKeyUpdAnnV2>, alt<cAKeyUpdAnnV3, explicit_tag<0>>);
};

using CertAnnContent = CMPCertificate;

struct RevAnnContent {
  PKIStatus status{};
  CertId certId;
  GeneralizedTime willBeRevokedAt, badSinceDate;
  std::optional<Extensions> crlDetails;
  static constexpr auto asn1 =
      sequence(field<&RevAnnContent::status>, field<&RevAnnContent::certId>, field<&RevAnnContent::willBeRevokedAt>,
               field<&RevAnnContent::badSinceDate>, field<&RevAnnContent::crlDetails>);
};

using CRLAnnContent = SequenceOf<CertificateListOctets>;

struct OOBCertHash {
  std::optional<AlgorithmIdentifier> hashAlg;
  std::optional<CertId> certId;
  BitString hashVal;
  static constexpr auto asn1 = sequence(field<&OOBCertHash::hashAlg, explicit_tag<0>>,
                                        field<&OOBCertHash::certId, explicit_tag<1>>, field<&OOBCertHash::hashVal>);
};

// --- General messages, errors, polling, RFC 9810 Sections 5.3.19 to 5.3.22 ---

using GenMsgContent = SequenceOf<InfoTypeAndValue>;
using GenRepContent = SequenceOf<InfoTypeAndValue>;

struct ErrorMsgContent {
  PKIStatusInfo pKIStatusInfo;
  std::optional<Integer> errorCode;
  std::optional<PKIFreeText> errorDetails;
  static constexpr auto asn1 = sequence(field<&ErrorMsgContent::pKIStatusInfo>, field<&ErrorMsgContent::errorCode>,
                                        field<&ErrorMsgContent::errorDetails>);
};

struct PollRequest {
  std::int64_t certReqId = 0;
  static constexpr auto asn1 = sequence(field<&PollRequest::certReqId>);
};

using PollReqContent = SequenceOf<PollRequest>;

struct PollResponse {
  std::int64_t certReqId = 0;
  std::int64_t checkAfter = 0;  // seconds
  std::optional<PKIFreeText> reason;
  static constexpr auto asn1 =
      sequence(field<&PollResponse::certReqId>, field<&PollResponse::checkAfter>, field<&PollResponse::reason>);
};

using PollRepContent = SequenceOf<PollResponse>;

// --- The message, RFC 9810 Section 5.1 ---

struct PKIMessage;
using PKIMessages = SequenceOf<PKIMessage, 1>;
using NestedMessageContent = PKIMessages;
using PKIProtection = BitString;

struct PKIBody {
  enum Type {
    ir,
    ip,
    cr,
    cp,
    p10cr,
    popdecc,
    popdecr,
    kur,
    kup,
    krr,
    krp,
    rr,
    rp,
    ccr,
    ccp,
    ckuann,
    cann,
    rann,
    crlann,
    pkiconf,
    nested,
    genm,
    genp,
    error,
    certConf,
    pollReq,
    pollRep
  };
  Bytes octets;  // as received, with the body's own tag: the second part of what the protection covers
  std::variant<CertReqMessages, CertRepMessage, CertReqMessages, CertRepMessage, CertificationRequest,
               POPODecKeyChallContent, POPODecKeyRespContent, CertReqMessages, CertRepMessage, CertReqMessages,
               KeyRecRepContent, RevReqContent, RevRepContent, CertReqMessages, CertRepMessage, CAKeyUpdContent,
               CertAnnContent, RevAnnContent, CRLAnnContent, PKIConfirmContent, NestedMessageContent, GenMsgContent,
               GenRepContent, ErrorMsgContent, CertConfirmContent, PollReqContent, PollRepContent>
      value;

  [[nodiscard]] Type type() const { return static_cast<Type>(value.index()); }
  /// The content where the body is of this type, or null: `body.get<PKIBody::ir>()`.
  template <Type T>
  [[nodiscard]] const auto* get() const {
    return std::get_if<T>(&value);
  }
  /// Makes the body one of this type, with default content.
  template <Type T>
  auto& set() {
    return value.template emplace<T>();
  }

  /// The content of ir, cr, kur, krr and ccr, or null.
  [[nodiscard]] const CertReqMessages* cert_requests() const;
  /// The content of ip, cp, kup and ccp, or null.
  [[nodiscard]] const CertRepMessage* cert_responses() const;

  static constexpr auto asn1 = choice<&PKIBody::value>(
      received<&PKIBody::octets>, alt<ir, explicit_tag<0>>, alt<ip, explicit_tag<1>>, alt<cr, explicit_tag<2>>,
      alt<cp, explicit_tag<3>>, alt<p10cr, explicit_tag<4>>, alt<popdecc, explicit_tag<5>>,
      alt<popdecr, explicit_tag<6>>, alt<kur, explicit_tag<7>>, alt<kup, explicit_tag<8>>, alt<krr, explicit_tag<9>>,
      alt<krp, explicit_tag<10>>, alt<rr, explicit_tag<11>>, alt<rp, explicit_tag<12>>, alt<ccr, explicit_tag<13>>,
      alt<ccp, explicit_tag<14>>, alt<ckuann, explicit_tag<15>>, alt<cann, explicit_tag<16>>,
      alt<rann, explicit_tag<17>>, alt<crlann, explicit_tag<18>>, alt<pkiconf, explicit_tag<19>>,
      alt<nested, explicit_tag<20>>, alt<genm, explicit_tag<21>>, alt<genp, explicit_tag<22>>,
      alt<error, explicit_tag<23>>, alt<certConf, explicit_tag<24>>, alt<pollReq, explicit_tag<25>>,
      alt<pollRep, explicit_tag<26>>);
};

struct PKIMessage {
  PKIHeader header;
  PKIBody body;
  std::optional<PKIProtection> protection;
  std::optional<SequenceOf<CMPCertificate, 1>> extraCerts;

  /// What the protection of a received message covers: the DER encoding of ProtectedPart (RFC 9810 Section 5.1.3) is
  /// these three views one after the other. The first is written into `header_octets`, which must outlive it.
  [[nodiscard]] std::array<Bytes, 3> protected_part(std::array<std::uint8_t, 6>& header_octets) const;

  static constexpr auto asn1 =
      sequence(field<&PKIMessage::header>, field<&PKIMessage::body>, field<&PKIMessage::protection, explicit_tag<0>>,
               field<&PKIMessage::extraCerts, explicit_tag<1>>);
};

/// The name of a body type as the RFC spells it.
std::string_view name_of(PKIBody::Type type);

// --- Values of InfoTypeAndValue, RFC 9810 Section 5.3.19 (which OID names which: registry.h) ---

struct CertReqTemplateContent {
  CertTemplate certTemplate;
  std::optional<Controls> keySpec;
  static constexpr auto asn1 =
      sequence(field<&CertReqTemplateContent::certTemplate>, field<&CertReqTemplateContent::keySpec>);
};

struct CRLSource {
  enum Type { dpn, issuer };
  std::variant<DistributionPointName, GeneralNames> value;
  static constexpr auto asn1 = choice<&CRLSource::value>(alt<dpn, explicit_tag<0>>, alt<issuer, explicit_tag<1>>);
};

struct CRLStatus {
  CRLSource source;
  std::optional<Time> thisUpdate;
  static constexpr auto asn1 = sequence(field<&CRLStatus::source>, field<&CRLStatus::thisUpdate>);
};

struct KemCiphertextInfo {
  AlgorithmIdentifier kem;
  OctetString ct;
  static constexpr auto asn1 = sequence(field<&KemCiphertextInfo::kem>, field<&KemCiphertextInfo::ct>);
};

using CAProtEncCertValue = CMPCertificate;
using SignKeyPairTypesValue = SequenceOf<AlgorithmIdentifier, 1>;
using EncKeyPairTypesValue = SequenceOf<AlgorithmIdentifier, 1>;
using PreferredSymmAlgValue = AlgorithmIdentifier;
using CAKeyUpdateInfoValue = CAKeyUpdAnnContent;
using CurrentCRLValue = CertificateListOctets;
using UnsupportedOIDsValue = SequenceOf<Oid, 1>;
using KeyPairParamReqValue = Oid;
using KeyPairParamRepValue = AlgorithmIdentifier;
using RevPassphraseValue = EncryptedKey;
using ImplicitConfirmValue = Null;
using ConfirmWaitTimeValue = GeneralizedTime;
using OrigPKIMessageValue = PKIMessages;
using SuppLangTagsValue = SequenceOf<UTF8String>;
using CaCertsValue = SequenceOf<CMPCertificate, 1>;
using RootCaKeyUpdateValue = RootCaKeyUpdateContent;
using CertReqTemplateValue = CertReqTemplateContent;
using RootCaCertValue = CMPCertificate;
using CertProfileValue = SequenceOf<UTF8String, 1>;
using CRLStatusListValue = SequenceOf<CRLStatus, 1>;
using CRLsValue = SequenceOf<CertificateListOctets, 1>;
using KemCiphertextInfoValue = KemCiphertextInfo;

// --- Parameters of MAC protection, RFC 9810 Section 5.1.3 ---

struct PBMParameter {
  OctetString salt;
  AlgorithmIdentifier owf;
  std::int64_t iterationCount = 0;
  AlgorithmIdentifier mac;
  static constexpr auto asn1 = sequence(field<&PBMParameter::salt>, field<&PBMParameter::owf>,
                                        field<&PBMParameter::iterationCount>, field<&PBMParameter::mac>);
};

struct DHBMParameter {
  AlgorithmIdentifier owf, mac;
  static constexpr auto asn1 = sequence(field<&DHBMParameter::owf>, field<&DHBMParameter::mac>);
};

struct KemBMParameter {
  AlgorithmIdentifier kdf;
  std::optional<OctetString> kemContext;
  std::int64_t len = 0;  // octets of the derived key
  AlgorithmIdentifier mac;
  static constexpr auto asn1 =
      sequence(field<&KemBMParameter::kdf>, field<&KemBMParameter::kemContext, explicit_tag<0>>,
               field<&KemBMParameter::len, range<1>>, field<&KemBMParameter::mac>);
};

struct KemOtherInfo {
  PKIFreeText staticString;
  OctetString transactionID;
  std::optional<OctetString> kemContext;
  static constexpr auto asn1 = sequence(field<&KemOtherInfo::staticString>, field<&KemOtherInfo::transactionID>,
                                        field<&KemOtherInfo::kemContext, explicit_tag<0>>);
};

}  // namespace cmpkit::asn1
