// Names, certificates and CRLs: PKIX1Explicit88 of RFC 5280 Appendix A.1 (EXPLICIT TAGS), and GeneralName of
// PKIX1Implicit88, Appendix A.2 (IMPLICIT TAGS). The values of extensions are in extensions.h.
#pragma once

#include "cmpkit/asn1/codec.h"

namespace cmpkit::asn1 {

/// RFC 5280 Section 4.1.1.2. Absent and NULL parameters are different octets; whether they mean the same is a matter of
/// the algorithm.
struct AlgorithmIdentifier {
  Oid algorithm;
  std::optional<Any> parameters;
  static constexpr auto asn1 =
      sequence(field<&AlgorithmIdentifier::algorithm>, field<&AlgorithmIdentifier::parameters>);
};

// --- Names, RFC 5280 Section 4.1.2.4 ---

/// One attribute of a name; also what CRMF holds its controls and regInfo in (RFC 4211 Section 4).
struct AttributeTypeAndValue {
  Oid type;
  Any value;
  static constexpr auto asn1 = sequence(field<&AttributeTypeAndValue::type>, field<&AttributeTypeAndValue::value>);
};

using RelativeDistinguishedName = SetOf<AttributeTypeAndValue, 1>;
using RDNSequence = SequenceOf<RelativeDistinguishedName>;

/// A Name is kept as its octets, which is how names are compared, copied and hashed; decoding checks all of it.
/// `decode()` gives the RDNSequence. A Name without octets encodes as the NULL-DN, 30 00. See also names.h.
using Name = Encoded<RDNSequence, true>;

/// The Name without any RDN, `30 00` (RFC 9810 Section 5.1.1: NULL-DN).
inline constexpr Name null_dn{any<"30 00">.tlv};

struct DirectoryString {
  enum Type { teletexString, printableString, universalString, utf8String, bmpString };
  std::variant<TeletexString, PrintableString, UniversalString, UTF8String, BMPString> value;
  static constexpr auto asn1 = choice<&DirectoryString::value>(
      alt<teletexString, range<1>>, alt<printableString, range<1>>, alt<universalString, range<1>>,
      alt<utf8String, range<1>>, alt<bmpString, range<1>>);
};

// --- GeneralName, RFC 5280 Section 4.2.1.6 (IMPLICIT TAGS) ---

struct AnotherName {
  Oid type_id;
  Any value;
  static constexpr auto asn1 = sequence(field<&AnotherName::type_id>, field<&AnotherName::value, explicit_tag<0>>);
};

struct EDIPartyName {
  std::optional<DirectoryString> nameAssigner;
  DirectoryString partyName;
  static constexpr auto asn1 = sequence(field<&EDIPartyName::nameAssigner, explicit_tag<0>>,  // a CHOICE: EXPLICIT
                                        field<&EDIPartyName::partyName, explicit_tag<1>>);
};

using ORAddress = SequenceOf<Any>;  // X.411; kept as octets

/// A default GeneralName is the directoryName of the NULL-DN.
struct GeneralName {
  enum Type {
    otherName,
    rfc822Name,
    dNSName,
    x400Address,
    directoryName,
    ediPartyName,
    uniformResourceIdentifier,
    iPAddress,
    registeredID
  };
  std::variant<AnotherName, IA5String, IA5String, ORAddress, Name, EDIPartyName, IA5String, OctetString, Oid> value{
      std::in_place_index<directoryName>};

  [[nodiscard]] Type type() const { return static_cast<Type>(value.index()); }

  /// The directoryName that holds this Name.
  static GeneralName of(Name name) {
    GeneralName out;
    out.value.emplace<directoryName>(name);
    return out;
  }
  /// The Name of a directoryName, or null.
  [[nodiscard]] const Name* directory_name() const { return std::get_if<directoryName>(&value); }

  static constexpr auto asn1 = choice<&GeneralName::value>(
      alt<otherName, implicit_tag<0>>, alt<rfc822Name, implicit_tag<1>>, alt<dNSName, implicit_tag<2>>,
      alt<x400Address, implicit_tag<3>>, alt<directoryName, explicit_tag<4>>,  // a CHOICE: EXPLICIT
      alt<ediPartyName, implicit_tag<5>>, alt<uniformResourceIdentifier, implicit_tag<6>>,
      alt<iPAddress, implicit_tag<7>>, alt<registeredID, implicit_tag<8>>);
};

using GeneralNames = SequenceOf<GeneralName, 1>;

// --- Certificates, RFC 5280 Section 4.1 ---

using KeyIdentifier = OctetString;
using UniqueIdentifier = BitString;
using CertificateSerialNumber = Integer;
enum class Version : std::int64_t { v1, v2, v3 };

/// RFC 5280 Section 4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050 on.
struct Time {
  enum Type { utcTime, generalTime };
  std::variant<UTCTime, GeneralizedTime> value;

  /// The form that RFC 5280 wants for this time.
  static Time of(std::chrono::sys_seconds time);
  [[nodiscard]] std::chrono::sys_seconds time() const;

  static constexpr auto asn1 = choice<&Time::value>(alt<utcTime>, alt<generalTime>);
};

/// 99991231235959Z, the notAfter of a certificate without a well-defined expiry (RFC 5280 Section 4.1.2.5).
inline constexpr std::chrono::sys_seconds no_expiry{std::chrono::seconds{253402300799}};

struct Validity {
  Time notBefore, notAfter;
  static constexpr auto asn1 = sequence(field<&Validity::notBefore>, field<&Validity::notAfter>);
};

struct SubjectPublicKeyInfo {
  AlgorithmIdentifier algorithm;
  BitString subjectPublicKey;
  static constexpr auto asn1 =
      sequence(field<&SubjectPublicKeyInfo::algorithm>, field<&SubjectPublicKeyInfo::subjectPublicKey>);
};

struct Extension {
  Oid extnID;
  bool critical = false;
  OctetString extnValue;  // the DER encoding of the type that extnID names
  static constexpr auto asn1 = sequence(field<&Extension::extnID>, field<&Extension::critical, default_der<"01 01 00">>,
                                        field<&Extension::extnValue, encapsulates>);
};

using Extensions = SequenceOf<Extension, 1>;

/// The extension with this OID, or null.
const Extension* find_extension(const Extensions& extensions, Oid id);
const Extension* find_extension(const std::optional<Extensions>& extensions, Oid id);

struct TBSCertificate {
  Bytes octets;  // what the certificate's signature covers
  Version version = Version::v1;
  CertificateSerialNumber serialNumber;
  AlgorithmIdentifier signature;
  Name issuer;
  Validity validity;
  Name subject;
  SubjectPublicKeyInfo subjectPublicKeyInfo;
  std::optional<UniqueIdentifier> issuerUniqueID, subjectUniqueID;
  std::optional<Extensions> extensions;
  static constexpr auto asn1 = sequence(
      received<&TBSCertificate::octets>, field<&TBSCertificate::version, explicit_tag<0>, default_der<"02 01 00">>,
      field<&TBSCertificate::serialNumber>, field<&TBSCertificate::signature>, field<&TBSCertificate::issuer>,
      field<&TBSCertificate::validity>, field<&TBSCertificate::subject>, field<&TBSCertificate::subjectPublicKeyInfo>,
      field<&TBSCertificate::issuerUniqueID, implicit_tag<1>>, field<&TBSCertificate::subjectUniqueID, implicit_tag<2>>,
      field<&TBSCertificate::extensions, explicit_tag<3>>);
};

struct Certificate {
  TBSCertificate tbsCertificate;
  AlgorithmIdentifier signatureAlgorithm;
  BitString signature;
  static constexpr auto asn1 = sequence(field<&Certificate::tbsCertificate>, field<&Certificate::signatureAlgorithm>,
                                        field<&Certificate::signature>);
};

// --- CRLs, RFC 5280 Section 5.1 ---

struct RevokedCertificate {
  CertificateSerialNumber userCertificate;
  Time revocationDate;
  std::optional<Extensions> crlEntryExtensions;
  static constexpr auto asn1 =
      sequence(field<&RevokedCertificate::userCertificate>, field<&RevokedCertificate::revocationDate>,
               field<&RevokedCertificate::crlEntryExtensions>);
};

struct TBSCertList {
  Bytes octets;                    // what the CRL's signature covers
  std::optional<Version> version;  // untagged; v2 where present
  AlgorithmIdentifier signature;
  Name issuer;
  Time thisUpdate;
  std::optional<Time> nextUpdate;
  std::optional<SequenceOf<RevokedCertificate>> revokedCertificates;
  std::optional<Extensions> crlExtensions;
  static constexpr auto asn1 =
      sequence(received<&TBSCertList::octets>, field<&TBSCertList::version>, field<&TBSCertList::signature>,
               field<&TBSCertList::issuer>, field<&TBSCertList::thisUpdate>, field<&TBSCertList::nextUpdate>,
               field<&TBSCertList::revokedCertificates>, field<&TBSCertList::crlExtensions, explicit_tag<0>>);
};

struct CertificateList {
  TBSCertList tbsCertList;
  AlgorithmIdentifier signatureAlgorithm;
  BitString signature;
  static constexpr auto asn1 =
      sequence(field<&CertificateList::tbsCertList>, field<&CertificateList::signatureAlgorithm>,
               field<&CertificateList::signature>);
};

// --- Attributes and serial numbers that several modules share ---

/// RFC 5280 Appendix A.1, RFC 2986 Section 4.1, RFC 5958 Section 2.
struct Attribute {
  Oid type;
  SetOf<Any, 1> values;
  static constexpr auto asn1 = sequence(field<&Attribute::type>, field<&Attribute::values>);
};

}  // namespace cmpkit::asn1
