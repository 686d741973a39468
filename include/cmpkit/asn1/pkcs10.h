// Certification requests: RFC 2986 (IMPLICIT TAGS), and the attributes and templates that go with them.
#pragma once

#include "cmpkit/asn1/x509.h"

namespace cmpkit::asn1 {

struct CertificationRequestInfo {
  Bytes octets;  // as received: what the signature covers
  Version version = Version::v1;
  Name subject;
  SubjectPublicKeyInfo subjectPKInfo;
  SetOf<Attribute> attributes;  // there even if empty: A0 00
  static constexpr auto asn1 =
      sequence(received<&CertificationRequestInfo::octets>, field<&CertificationRequestInfo::version>,
               field<&CertificationRequestInfo::subject>, field<&CertificationRequestInfo::subjectPKInfo>,
               field<&CertificationRequestInfo::attributes, implicit_tag<0>>);
};

struct CertificationRequest {
  CertificationRequestInfo certificationRequestInfo;
  AlgorithmIdentifier signatureAlgorithm;
  BitString signature;
  static constexpr auto asn1 =
      sequence(field<&CertificationRequest::certificationRequestInfo>, field<&CertificationRequest::signatureAlgorithm>,
               field<&CertificationRequest::signature>);
};

// --- Attribute values ---

using ExtensionRequest = Extensions;        // RFC 2985 Section 5.4.2
using ChallengePassword = DirectoryString;  // RFC 2985 Section 5.4.1
using UnstructuredAddress = DirectoryString;
using FriendlyName = BMPString;
using LocalKeyId = OctetString;

/// RFC 2985 Section 5.4.2: IA5String or a DirectoryString.
struct UnstructuredName {
  enum Type { ia5String, directoryString };
  std::variant<IA5String, DirectoryString> value;
  static constexpr auto asn1 = choice<&UnstructuredName::value>(alt<ia5String>, alt<directoryString>);
};

/// RFC 5652 Section 10.2.4.
struct IssuerAndSerialNumber {
  Name issuer;
  CertificateSerialNumber serialNumber;
  static constexpr auto asn1 =
      sequence(field<&IssuerAndSerialNumber::issuer>, field<&IssuerAndSerialNumber::serialNumber>);
};

/// RFC 9883.
struct PrivateKeyPossessionStatement {
  IssuerAndSerialNumber signer;
  std::optional<Encoded<Certificate>> cert;
  static constexpr auto asn1 =
      sequence(field<&PrivateKeyPossessionStatement::signer>, field<&PrivateKeyPossessionStatement::cert>);
};

/// RFC 9763, the value of relatedCertRequest. requestTime counts seconds since 1970.
struct RequesterCertificate {
  IssuerAndSerialNumber certID;
  std::int64_t requestTime = 0;
  IA5String locationInfo;
  BitString signature;
  static constexpr auto asn1 =
      sequence(field<&RequesterCertificate::certID>, field<&RequesterCertificate::requestTime>,
               field<&RequesterCertificate::locationInfo>, field<&RequesterCertificate::signature>);
};

// --- CSR attributes, RFC 7030 Section 4.5.2, and the templates in them, RFC 9908 ---

struct AttrOrOID {
  enum Type { oid, attribute };
  std::variant<Oid, Attribute> value;
  static constexpr auto asn1 = choice<&AttrOrOID::value>(alt<oid>, alt<attribute>);
};

using CsrAttrs = SequenceOf<AttrOrOID>;

struct SingleAttributeTemplate {
  Oid type;
  std::optional<Any> value;
  static constexpr auto asn1 = sequence(field<&SingleAttributeTemplate::type>, field<&SingleAttributeTemplate::value>);
};

using RelativeDistinguishedNameTemplate = SetOf<SingleAttributeTemplate, 1>;
using NameTemplate = SequenceOf<RelativeDistinguishedNameTemplate>;

struct SubjectPublicKeyInfoTemplate {
  AlgorithmIdentifier algorithm;
  std::optional<BitString> subjectPublicKey;
  static constexpr auto asn1 =
      sequence(field<&SubjectPublicKeyInfoTemplate::algorithm>, field<&SubjectPublicKeyInfoTemplate::subjectPublicKey>);
};

struct CertificationRequestInfoTemplate {
  Version version = Version::v1;
  std::optional<NameTemplate> subject;
  std::optional<SubjectPublicKeyInfoTemplate> subjectPKInfo;
  SetOf<Attribute, 1> attributes;
  static constexpr auto asn1 =
      sequence(field<&CertificationRequestInfoTemplate::version>, field<&CertificationRequestInfoTemplate::subject>,
               field<&CertificationRequestInfoTemplate::subjectPKInfo, implicit_tag<0>>,
               field<&CertificationRequestInfoTemplate::attributes, implicit_tag<1>>);
};

struct ExtensionTemplate {
  Oid extnID;
  bool critical = false;
  std::optional<OctetString> extnValue;
  static constexpr auto asn1 =
      sequence(field<&ExtensionTemplate::extnID>, field<&ExtensionTemplate::critical, default_der<"01 01 00">>,
               field<&ExtensionTemplate::extnValue, encapsulates>);
};

using ExtensionReqTemplate = SequenceOf<ExtensionTemplate, 1>;

}  // namespace cmpkit::asn1
