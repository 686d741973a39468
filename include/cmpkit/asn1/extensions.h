// The values of certificate, CRL and CRL entry extensions and of otherName: PKIX1Implicit88 of RFC 5280 Appendix A.2
// (IMPLICIT TAGS) and the RFCs named below. Which OID names which type: registry.h.
#pragma once

#include "cmpkit/asn1/x509.h"

namespace cmpkit::asn1 {

// --- Certificate extensions, RFC 5280 Section 4.2 ---

using SubjectKeyIdentifier = KeyIdentifier;

struct AuthorityKeyIdentifier {
  std::optional<KeyIdentifier> keyIdentifier;
  std::optional<GeneralNames> authorityCertIssuer;  // with authorityCertSerialNumber, or neither
  std::optional<CertificateSerialNumber> authorityCertSerialNumber;
  static constexpr auto asn1 = sequence(field<&AuthorityKeyIdentifier::keyIdentifier, implicit_tag<0>>,
                                        field<&AuthorityKeyIdentifier::authorityCertIssuer, implicit_tag<1>>,
                                        field<&AuthorityKeyIdentifier::authorityCertSerialNumber, implicit_tag<2>>);
};

/// RFC 5280 Section 4.2.1.3.
struct KeyUsage : NamedBits {
  enum Bit : unsigned {
    digitalSignature,
    nonRepudiation,
    keyEncipherment,
    dataEncipherment,
    keyAgreement,
    keyCertSign,
    cRLSign,
    encipherOnly,
    decipherOnly
  };
};

struct PrivateKeyUsagePeriod {
  std::optional<GeneralizedTime> notBefore, notAfter;
  static constexpr auto asn1 = sequence(field<&PrivateKeyUsagePeriod::notBefore, implicit_tag<0>>,
                                        field<&PrivateKeyUsagePeriod::notAfter, implicit_tag<1>>);
};

using ExtKeyUsageSyntax = SequenceOf<Oid, 1>;

struct BasicConstraints {
  bool cA = false;
  std::optional<std::int64_t> pathLenConstraint;
  static constexpr auto asn1 = sequence(field<&BasicConstraints::cA, default_der<"01 01 00">>,
                                        field<&BasicConstraints::pathLenConstraint, range<0>>);
};

using SubjectAltName = GeneralNames;
using IssuerAltName = GeneralNames;
using SubjectDirectoryAttributes = SequenceOf<Attribute, 1>;

struct PolicyQualifierInfo {
  Oid policyQualifierId;
  Any qualifier;
  static constexpr auto asn1 =
      sequence(field<&PolicyQualifierInfo::policyQualifierId>, field<&PolicyQualifierInfo::qualifier>);
};

struct PolicyInformation {
  Oid policyIdentifier;
  std::optional<SequenceOf<PolicyQualifierInfo, 1>> policyQualifiers;
  static constexpr auto asn1 =
      sequence(field<&PolicyInformation::policyIdentifier>, field<&PolicyInformation::policyQualifiers>);
};

using CertificatePolicies = SequenceOf<PolicyInformation, 1>;
using CPSuri = IA5String;

struct DisplayText {
  enum Type { ia5String, visibleString, bmpString, utf8String };
  std::variant<IA5String, VisibleString, BMPString, UTF8String> value;
  // SIZE (1..200) counts characters. RFC 5280 Section 4.2.1.4: longer texts occur and are to be taken.
  static constexpr auto asn1 = choice<&DisplayText::value>(alt<ia5String, range<1>>, alt<visibleString, range<1>>,
                                                           alt<bmpString, range<1>>, alt<utf8String, range<1>>);
};

struct NoticeReference {
  DisplayText organization;
  SequenceOf<Integer> noticeNumbers;
  static constexpr auto asn1 = sequence(field<&NoticeReference::organization>, field<&NoticeReference::noticeNumbers>);
};

struct UserNotice {
  std::optional<NoticeReference> noticeRef;
  std::optional<DisplayText> explicitText;
  static constexpr auto asn1 = sequence(field<&UserNotice::noticeRef>, field<&UserNotice::explicitText>);
};

struct PolicyMapping {
  Oid issuerDomainPolicy, subjectDomainPolicy;
  static constexpr auto asn1 =
      sequence(field<&PolicyMapping::issuerDomainPolicy>, field<&PolicyMapping::subjectDomainPolicy>);
};

using PolicyMappings = SequenceOf<PolicyMapping, 1>;
using SkipCerts = std::int64_t;

struct PolicyConstraints {
  std::optional<SkipCerts> requireExplicitPolicy, inhibitPolicyMapping;
  static constexpr auto asn1 = sequence(field<&PolicyConstraints::requireExplicitPolicy, implicit_tag<0>, range<0>>,
                                        field<&PolicyConstraints::inhibitPolicyMapping, implicit_tag<1>, range<0>>);
};

using InhibitAnyPolicy = SkipCerts;
using BaseDistance = std::int64_t;

struct GeneralSubtree {
  GeneralName base;
  BaseDistance minimum = 0;
  std::optional<BaseDistance> maximum;
  static constexpr auto asn1 = sequence(
      field<&GeneralSubtree::base>, field<&GeneralSubtree::minimum, implicit_tag<0>, default_der<"02 01 00">, range<0>>,
      field<&GeneralSubtree::maximum, implicit_tag<1>, range<0>>);
};

using GeneralSubtrees = SequenceOf<GeneralSubtree, 1>;

struct NameConstraints {
  std::optional<GeneralSubtrees> permittedSubtrees, excludedSubtrees;
  static constexpr auto asn1 = sequence(field<&NameConstraints::permittedSubtrees, implicit_tag<0>>,
                                        field<&NameConstraints::excludedSubtrees, implicit_tag<1>>);
};

struct DistributionPointName {
  enum Type { fullName, nameRelativeToCRLIssuer };
  std::variant<GeneralNames, RelativeDistinguishedName> value;
  static constexpr auto asn1 = choice<&DistributionPointName::value>(alt<fullName, implicit_tag<0>>,
                                                                     alt<nameRelativeToCRLIssuer, implicit_tag<1>>);
};

/// Why a certificate is revoked, as a set. Numbered otherwise than CRLReason.
struct ReasonFlags : NamedBits {
  enum Bit : unsigned {
    unused,
    keyCompromise,
    cACompromise,
    affiliationChanged,
    superseded,
    cessationOfOperation,
    certificateHold,
    privilegeWithdrawn,
    aACompromise
  };
};

struct DistributionPoint {
  std::optional<DistributionPointName> distributionPoint;
  std::optional<ReasonFlags> reasons;
  std::optional<GeneralNames> cRLIssuer;
  static constexpr auto asn1 = sequence(
      field<&DistributionPoint::distributionPoint, explicit_tag<0>>,  // a CHOICE: EXPLICIT
      field<&DistributionPoint::reasons, implicit_tag<1>>, field<&DistributionPoint::cRLIssuer, implicit_tag<2>>);
};

using CRLDistributionPoints = SequenceOf<DistributionPoint, 1>;
using FreshestCRL = CRLDistributionPoints;

struct AccessDescription {
  Oid accessMethod;
  GeneralName accessLocation;
  static constexpr auto asn1 =
      sequence(field<&AccessDescription::accessMethod>, field<&AccessDescription::accessLocation>);
};

using AuthorityInfoAccessSyntax = SequenceOf<AccessDescription, 1>;
using SubjectInfoAccessSyntax = SequenceOf<AccessDescription, 1>;

using NoRevAvail = Null;               // RFC 9608
using MUDURLSyntax = IA5String;        // RFC 8520
using MUDsignerSyntax = Name;          // RFC 8520
using Features = SequenceOf<Integer>;  // RFC 7633

/// RFC 8649.
struct HashedRootKey {
  AlgorithmIdentifier hashAlg;
  OctetString hashValue;
  static constexpr auto asn1 = sequence(field<&HashedRootKey::hashAlg>, field<&HashedRootKey::hashValue>);
};

/// RFC 9763.
struct RelatedCertificate {
  AlgorithmIdentifier hashAlgorithm;
  OctetString hashValue;
  static constexpr auto asn1 =
      sequence(field<&RelatedCertificate::hashAlgorithm>, field<&RelatedCertificate::hashValue>);
};

// --- CRL and CRL entry extensions, RFC 5280 Sections 5.2 and 5.3 ---

using CRLNumber = Integer;  // at most 20 octets
using BaseCRLNumber = CRLNumber;

struct IssuingDistributionPoint {
  std::optional<DistributionPointName> distributionPoint;
  bool onlyContainsUserCerts = false;  // at most one of the three onlyContains... is TRUE
  bool onlyContainsCACerts = false;
  std::optional<ReasonFlags> onlySomeReasons;
  bool indirectCRL = false;
  bool onlyContainsAttributeCerts = false;
  static constexpr auto asn1 =
      sequence(field<&IssuingDistributionPoint::distributionPoint, explicit_tag<0>>,  // a CHOICE: EXPLICIT
               field<&IssuingDistributionPoint::onlyContainsUserCerts, implicit_tag<1>, default_der<"01 01 00">>,
               field<&IssuingDistributionPoint::onlyContainsCACerts, implicit_tag<2>, default_der<"01 01 00">>,
               field<&IssuingDistributionPoint::onlySomeReasons, implicit_tag<3>>,
               field<&IssuingDistributionPoint::indirectCRL, implicit_tag<4>, default_der<"01 01 00">>,
               field<&IssuingDistributionPoint::onlyContainsAttributeCerts, implicit_tag<5>, default_der<"01 01 00">>);
};

/// ENUMERATED. Numbered otherwise than ReasonFlags; 7 is not used.
struct CRLReason : Enumerated {
  enum Value : std::int64_t {
    unspecified,
    keyCompromise,
    cACompromise,
    affiliationChanged,
    superseded,
    cessationOfOperation,
    certificateHold,
    removeFromCRL = 8,
    privilegeWithdrawn,
    aACompromise
  };
};

using InvalidityDate = GeneralizedTime;
using CertificateIssuer = GeneralNames;

// --- otherName values ---

/// RFC 4108 Section 5.
struct HardwareModuleName {
  Oid hwType;
  OctetString hwSerialNum;
  static constexpr auto asn1 = sequence(field<&HardwareModuleName::hwType>, field<&HardwareModuleName::hwSerialNum>);
};

/// RFC 4043 Section 2.
struct PermanentIdentifier {
  std::optional<UTF8String> identifierValue;
  std::optional<Oid> assigner;
  static constexpr auto asn1 =
      sequence(field<&PermanentIdentifier::identifierValue>, field<&PermanentIdentifier::assigner>);
};

using SmtpUTF8Mailbox = UTF8String;  // RFC 9598

}  // namespace cmpkit::asn1
