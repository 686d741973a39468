// Encodings of certificates, CRLs and extensions that are easily got wrong, by their numbers in the list of pitfalls.
#include "cmpkit/asn1/extensions.h"
#include "cmpkit/asn1/oids.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

const std::string utc = "17 0D 32 36 30 31 30 31 30 30 30 30 30 30 5A";
const std::string key = "30{30{06 03 2B 65 70} 03 02 00 01}";
const std::string usage = "30{06 03 55 1D 0F 04 00}";

}  // namespace

TEST_CASE("25. and 45. key identifiers: OCTET STRING by itself, IMPLICIT in authorityKeyIdentifier") {
  CHECK(hex(*accept<SubjectKeyIdentifier>("04 02 AB CD")) == "AB CD");
  const auto authority = accept<AuthorityKeyIdentifier>("30{80 02 AB CD A1{A4{" + cn_x + "}} 82 01 05}");
  CHECK(hex(*authority->keyIdentifier) == "AB CD");
  CHECK(authority->authorityCertIssuer->front().type() == GeneralName::directoryName);
  CHECK(hex(authority->authorityCertSerialNumber->octets) == "05");
  accept<AuthorityKeyIdentifier>("30 00");
}

TEST_CASE("42. a distribution point's name: three tags deep") {
  const auto points = accept<CRLDistributionPoints>("30{30{A0{A0{86 01 78}} 81 02 06 40 A2{A4{" + cn_x + "}}}}");
  CHECK(points->front().distributionPoint->value.index() == DistributionPointName::fullName);
  CHECK(points->front().reasons->has(ReasonFlags::keyCompromise));
  CHECK(points->front().cRLIssuer->size() == 1);
  CHECK(refusal<CRLDistributionPoints>("30{30{A0{86 01 78}}}") ==
        "[0].distributionPoint: expected DistributionPointName, found [6] at offset 6");
}

TEST_CASE("43. IssuingDistributionPoint: IMPLICIT BOOLEANs") {
  const auto point =
      accept<IssuingDistributionPoint>("30{A0{A0{86 01 78}} 81 01 FF 82 01 FF 83 02 06 40 84 01 FF 85 01 FF}");
  CHECK(point->onlyContainsUserCerts);
  CHECK(point->onlyContainsCACerts);
  CHECK(point->onlySomeReasons->has(ReasonFlags::keyCompromise));
  CHECK(point->indirectCRL);
  CHECK(point->onlyContainsAttributeCerts);
}

TEST_CASE("44. KeyUsage and ReasonFlags drop trailing zeros") {
  const auto octets = [](std::initializer_list<unsigned> bits) {
    KeyUsage out;
    for (const unsigned bit : bits) out.set(bit);
    return encoded(out);
  };
  CHECK(octets({KeyUsage::digitalSignature}) == "03 02 07 80");
  CHECK(octets({KeyUsage::digitalSignature, KeyUsage::keyAgreement}) == "03 02 03 88");
  CHECK(octets({KeyUsage::keyCertSign, KeyUsage::cRLSign}) == "03 02 01 06");
  CHECK(octets({KeyUsage::keyAgreement, KeyUsage::decipherOnly}) == "03 03 07 08 80");
}

TEST_CASE("ReasonFlags and CRLReason number the same reasons differently") {
  CHECK(ReasonFlags::privilegeWithdrawn == 7);
  CHECK(ReasonFlags::aACompromise == 8);
  CHECK(CRLReason::removeFromCRL == 8);
  CHECK(CRLReason::privilegeWithdrawn == 9);
  CHECK(CRLReason::aACompromise == 10);
}

TEST_CASE("46. a CRL's version is untagged, its extensions EXPLICIT") {
  const std::string issuer = ecdsa_sha256 + cn_x;
  const auto list = accept<TBSCertList>("30{02 01 01 " + issuer + utc + utc + "30{30{02 01 05 " + utc + "30{" + usage +
                                        "}}} A0{30{" + usage + "}}}");
  CHECK(list->version == Version::v2);
  CHECK(list->revokedCertificates->front().crlEntryExtensions);
  CHECK(list->crlExtensions);
  const auto first_version = accept<TBSCertList>("30{" + issuer + utc + "}");
  CHECK_FALSE(first_version->version);
  CHECK_FALSE(first_version->nextUpdate);
  CHECK_FALSE(first_version->revokedCertificates);
  CHECK(hex(first_version->octets) == hex(first_version.octets()));
  accept<CertificateList>("30{30{02 01 01 " + issuer + utc + "} " + ecdsa_sha256 + "03 02 00 01}");
}

TEST_CASE("46. a certificate's version is EXPLICIT and absent for v1, its unique identifiers are IMPLICIT") {
  const std::string middle = "02 01 05 " + ecdsa_sha256 + cn_x + "30{" + utc + utc + "}" + cn_x + key;
  const auto v3 =
      accept<TBSCertificate>("30{A0 03 02 01 02 " + middle + "81 02 00 01 82 02 00 02 A3{30{" + usage + "}}}");
  CHECK(v3->version == Version::v3);
  CHECK(hex(v3->issuerUniqueID->octets) == "01");
  CHECK(hex(v3->subjectUniqueID->octets) == "02");
  CHECK(find_extension(v3->extensions, id_ce_keyUsage) != nullptr);
  CHECK(find_extension(v3->extensions, id_ce_basicConstraints) == nullptr);
  const auto v1 = accept<TBSCertificate>("30{" + middle + "}");
  CHECK(v1->version == Version::v1);
  CHECK(find_extension(v1->extensions, id_ce_keyUsage) == nullptr);
  CHECK(refusal<TBSCertificate>("30{A0 03 02 01 00 " + middle + "}") ==
        "version: expected a DEFAULT value left out, found it encoded at offset 2");
  CHECK(hex(v1->octets) == hex(v1.octets()));
}

TEST_CASE("every alternative of GeneralName") {
  CHECK(accept<GeneralName>("A0{06 01 2A A0{0C 01 78}}")->type() == GeneralName::otherName);
  CHECK(accept<GeneralName>("81 01 78")->type() == GeneralName::rfc822Name);
  CHECK(accept<GeneralName>("82 01 78")->type() == GeneralName::dNSName);
  CHECK(accept<GeneralName>("A3{30 00}")->type() == GeneralName::x400Address);
  CHECK(accept<GeneralName>("A4{" + cn_x + "}")->type() == GeneralName::directoryName);
  CHECK(accept<GeneralName>("A5{A0{0C 01 78} A1{13 01 78}}")->type() == GeneralName::ediPartyName);
  CHECK(accept<GeneralName>("86 01 78")->type() == GeneralName::uniformResourceIdentifier);
  CHECK(accept<GeneralName>("87 04 C0 00 02 01")->type() == GeneralName::iPAddress);
  CHECK(accept<GeneralName>("88 01 2A")->type() == GeneralName::registeredID);
  CHECK(refusal<GeneralName>("A4{31 00}") == "directoryName: expected SEQUENCE, found SET at offset 2");
  CHECK(refusal<GeneralName>("82 01 FF") ==
        "dNSName: expected IA5String, found a character it does not have at offset 2");
}

TEST_CASE("a Name is checked to the last octet although it is kept as octets") {
  CHECK(refusal<Name>("30{31{30{06 03 55 04 03}}}") == "[0][0].value: expected ANY, found the end at offset 11");
  CHECK(refusal<Name>("30{31{30{06 03 55 04 03 0C 01}}}") ==
        "[0][0].value: expected a DER header, found a length beyond the end of what contains it at offset 11");
  CHECK(accept<Name>(cn_x)->decode()->size() == 1);
}

TEST_CASE("values of the other extensions") {
  accept<PrivateKeyUsagePeriod>("30{80 0F 32 30 32 36 30 31 30 31 30 30 30 30 30 30 5A}");
  CHECK(accept<ExtKeyUsageSyntax>("30{06 08 2B 06 01 05 05 07 03 1C}")->front() == id_kp_cmcRA);
  accept<CertificatePolicies>("30{30{06 04 55 1D 20 00 30{30{06 08 2B 06 01 05 05 07 02 01 16 01 78}}}}");
  const auto notice = accept<UserNotice>("30{30{0C 01 78 30{02 01 01}} 1A 01 78}");
  CHECK(notice->explicitText->value.index() == DisplayText::visibleString);
  accept<PolicyMappings>("30{30{06 01 2A 06 01 2B}}");
  CHECK(accept<PolicyConstraints>("30{81 01 00}")->inhibitPolicyMapping == 0);
  CHECK(*accept<InhibitAnyPolicy>("02 01 02") == 2);
  const auto constraints = accept<NameConstraints>("30{A0{30{82 01 78}} A1{30{82 01 79 80 01 01 81 01 02}}}");
  CHECK(constraints->permittedSubtrees->front().minimum == 0);
  CHECK(constraints->excludedSubtrees->front().maximum == 2);
  accept<AuthorityInfoAccessSyntax>("30{30{06 08 2B 06 01 05 05 07 30 01 86 01 78}}");
  accept<SubjectDirectoryAttributes>("30{30{06 01 2A 31{05 00}}}");
  accept<Features>("30{02 01 05}");
  accept<HashedRootKey>("30{" + sha256 + "04 01 01}");
  accept<RelatedCertificate>("30{" + sha256 + "04 01 01}");
  accept<HardwareModuleName>("30{06 01 2A 04 01 01}");
  accept<PermanentIdentifier>("30{0C 01 78 06 01 2A}");
  CHECK_FALSE(accept<PermanentIdentifier>("30 00")->identifierValue);
  CHECK(hex(accept<CRLNumber>("02 02 00 80")->octets) == "00 80");
}

TEST_CASE("a time takes the form that RFC 5280 wants") {
  using namespace std::chrono;
  CHECK(Time::of(sys_days{2049y / 12 / 31}).value.index() == Time::utcTime);
  CHECK(Time::of(sys_days{2050y / 1 / 1}).value.index() == Time::generalTime);
  CHECK(Time::of(sys_days{1950y / 1 / 1}).value.index() == Time::utcTime);
  CHECK(Time::of(sys_days{1949y / 12 / 31}).value.index() == Time::generalTime);
  CHECK(encoded(Time::of(no_expiry)) == octets_of("18 0F 39 39 39 39 31 32 33 31 32 33 35 39 35 39 5A"));
  CHECK(accept<Time>(utc)->time() == sys_days{2026y / 1 / 1});
}
