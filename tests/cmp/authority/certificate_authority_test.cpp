// What a CA grants, cuts down and refuses.
#include "cmpkit/cmp/certificate_authority.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>

#include "tests/cmp/authority/asked.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::KeyUsage;
using Catch::Matchers::ContainsSubstring;
using std::chrono::days;
using Change = std::function<void(Asked&)>;

/// Keeps the octets of a certificate and the view of it together.
struct Read {
  explicit Read(Granted from) : grant(std::move(from)), view(CertificateView::decode(grant.certificate).value()) {}
  Granted grant;
  CertificateView view;
};

TEST_CASE("a CA issues a certificate as RFC 5280 wants it") {
  const TestCa ca;
  const auto authority = ca.authority();
  Asked asked;
  const Read issued(granted(asked.subject("/C=DE/O=Maker/CN=device 7/serialNumber=7").from(*authority)));
  const CertificateView& certificate = issued.view;
  const CertificateView above = CertificateView::decode(ca.certificate).value();

  CHECK(certificate.asn1().tbsCertificate.version == asn1::Version::v3);
  CHECK(same_octets(certificate.subject().tlv, asked.subject_der()));
  CHECK(same_octets(certificate.issuer().tlv, above.subject().tlv));
  CHECK(same_octets(certificate.public_key(), asked.public_key_der()));
  CHECK(certificate.not_before() == now - std::chrono::minutes{1});
  CHECK(certificate.not_after() == now + days{365});
  CHECK_FALSE(issued.grant.modified);
  CHECK(issued.grant.note.empty());

  const Bytes covered = certificate.signed_part();
  CHECK(botan_crypto().verify(ca.signer->algorithm(), ca.signer->public_key(), Pieces(&covered, 1),
                              certificate.asn1().signature.octets));
  CHECK(same_octets(certificate.authority_key_id(), above.subject_key_id()));
  CHECK(certificate.subject_key_id().size() == 20);
  CHECK(*certificate.key_usage() == bits_of({KeyUsage::digitalSignature}));
  CHECK(certificate.extension(asn1::id_ce_keyUsage)->critical);
  CHECK_FALSE(certificate.is_ca());
  CHECK(certificate.extension(asn1::id_ce_basicConstraints)->critical);
  CHECK(certificate.extended_key_usage().empty());
  CHECK(certificate.asn1().tbsCertificate.extensions->size() == 4);
}

TEST_CASE("serial numbers are positive, of 20 octets, and random after the time") {
  const TestCa ca;
  const auto authority = ca.authority();
  std::set<Octets> serials;
  Asked asked;
  for (int i = 0; i < 50; ++i) {
    const Read issued(granted(asked.from(*authority)));
    const Bytes serial = issued.view.serial().octets;
    CHECK(serial.size() == 20);
    CHECK((serial.front() & 0xC0) == 0x40);
    serials.insert(copy_of(serial.last(14)));
  }
  CHECK(serials.size() == 50);
}

TEST_CASE("every type of key gets a certificate with the keyUsage that fits it") {
  struct Row {
    const char* key;
    KeyUsage::Bit usual;
  };
  const auto row =
      GENERATE(Row{"ec:P-256", KeyUsage::digitalSignature}, Row{"ec:P-384", KeyUsage::digitalSignature},
               Row{"ec:P-521", KeyUsage::digitalSignature}, Row{"ec:brainpoolP256r1", KeyUsage::digitalSignature},
               Row{"rsa:2048", KeyUsage::digitalSignature}, Row{"ed25519", KeyUsage::digitalSignature},
               Row{"ed448", KeyUsage::digitalSignature}, Row{"ml-dsa-44", KeyUsage::digitalSignature},
               Row{"ml-dsa-87", KeyUsage::digitalSignature}, Row{"slh-dsa-sha2-128f", KeyUsage::digitalSignature});
  CAPTURE(row.key);
  static const TestCa ca;
  const auto authority = ca.authority();
  const Read issued(granted(Asked().key(row.key).from(*authority)));
  CHECK(*issued.view.key_usage() == bits_of({row.usual}));
}

TEST_CASE("a CA signs with every type of key") {
  const auto* key = GENERATE("ec:P-384", "rsa:2048", "ed25519", "ed448", "ml-dsa-65", "slh-dsa-sha2-128f");
  CAPTURE(key);
  const TestCa ca(key);
  const Read issued(granted(Asked().from(*ca.authority())));
  const Bytes covered = issued.view.signed_part();
  CHECK(botan_crypto().verify(issued.view.asn1().signatureAlgorithm, ca.signer->public_key(), Pieces(&covered, 1),
                              issued.view.asn1().signature.octets));
}

TEST_CASE("what a profile forbids is refused with the failInfo and the cause") {
  struct Row {
    const char* name;
    Change change;
    FailInfo fail_info;
    const char* rule;
    const char* text;
  };
  using asn1::GeneralName;
  const auto dns = [](std::string_view text) { return [text](Asked& asked) { asked.dns_name(text); }; };
  static const Octets four_octets(4), five_octets(5);
  const auto address = [](Bytes octets) {
    GeneralName name;
    name.value.emplace<GeneralName::iPAddress>(octets);
    return name;
  };
  const std::vector<Row> rows = {
      {"weak key", [](Asked& a) { a.key("ec:P-384"); }, FailInfo::badCertTemplate, "R-09", "ec:P-384"},
      {"small RSA key", [](Asked& a) { a.key("rsa:2048"); }, FailInfo::badCertTemplate, "R-09", "rsa:2048"},
      {"unreadable key", [](Asked& a) { a.public_key({0x30, 0x00}); }, FailInfo::badCertTemplate, "R-09", ""},
      {"no name at all", [](Asked& a) { a.subject("/"); }, FailInfo::badCertTemplate, "R-02", "subjectAltName"},
      {"the CA's name", [](Asked& a) { a.subject("/O=test/CN=ca"); }, FailInfo::badCertTemplate, "R-09",
       "name of the CA"},
      {"a CA certificate", [](Asked& a) { a.ca(true); }, FailInfo::badCertTemplate, "R-09", "no CA certificates"},
      {"keyCertSign", [](Asked& a) { a.key_usage({KeyUsage::keyCertSign}); }, FailInfo::badCertTemplate, "R-09",
       "keyCertSign"},
      {"cRLSign", [](Asked& a) { a.key_usage({KeyUsage::digitalSignature, KeyUsage::cRLSign}); },
       FailInfo::badCertTemplate, "R-09", "cRLSign"},
      {"a use that the key has not", [](Asked& a) { a.key_usage({KeyUsage::keyEncipherment}); },
       FailInfo::badCertTemplate, "R-09", "keyEncipherment"},
      {"CMP RA", [](Asked& a) { a.purposes({asn1::id_kp_clientAuth, asn1::id_kp_cmcRA}); }, FailInfo::badCertTemplate,
       "R-09", "id-kp-cmcRA"},
      {"CMP CA", [](Asked& a) { a.purposes({asn1::id_kp_cmcCA}); }, FailInfo::badCertTemplate, "R-09", "id-kp-cmcCA"},
      {"key generation authority", [](Asked& a) { a.purposes({asn1::id_kp_cmKGA}); }, FailInfo::badCertTemplate, "R-09",
       "id-kp-cmKGA"},
      {"critical extension", [](Asked& a) { a.extension(asn1::id_ce_nameConstraints, true, {0x30, 0x00}); },
       FailInfo::badCertTemplate, "R-09", "id-ce-nameConstraints"},
      {"the same extension twice", [](Asked& a) { a.dns_name("a.example").dns_name("b.example"); },
       FailInfo::badCertTemplate, "R-09", "twice"},
      {"unreadable extension", [](Asked& a) { a.extension(asn1::id_ce_keyUsage, false, {0x05, 0x00}); },
       FailInfo::badCertTemplate, "R-09", "id-ce-keyUsage is unreadable"},
      {"empty host name", dns(""), FailInfo::badCertTemplate, "R-09", "dNSName"},
      {"host name with a blank", dns("a b"), FailInfo::badCertTemplate, "R-09", "dNSName"},
      {"host name with a hidden end", dns(std::string_view("good\0.evil", 10)), FailInfo::badCertTemplate, "R-09",
       "dNSName"},
      {"host name with an empty label", dns("a..b"), FailInfo::badCertTemplate, "R-09", "dNSName"},
      {"host name with a late star", dns("a.*.b"), FailInfo::badCertTemplate, "R-09", "dNSName"},
      {"address of five octets", [&](Asked& a) { a.alternative_name(address(five_octets)); }, FailInfo::badCertTemplate,
       "R-09", "iPAddress"},
      {"empty directoryName", [](Asked& a) { a.alternative_name(GeneralName::of(asn1::null_dn)); },
       FailInfo::badCertTemplate, "R-09", "directoryName"},
      {"end in the past", [](Asked& a) { a.validity({}, now - days{1}); }, FailInfo::badCertTemplate, "R-09",
       "notAfter"},
      {"end before the beginning", [](Asked& a) { a.validity(now + days{9}, now + days{8}); },
       FailInfo::badCertTemplate, "R-09", "notBefore"},
      {"beginning after the longest validity", [](Asked& a) { a.validity(now + days{400}, {}); },
       FailInfo::badCertTemplate, "R-09", "notBefore"},
      {"unknown profile", [](Asked& a) { a.profile("other"); }, FailInfo::badRequest, "R-09", "profile"},
  };
  static const TestCa ca;
  CertificateProfile profile;
  profile.keys = {"ec:P-256", "rsa:3072"};
  const auto authority = ca.authority(profile);
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Asked asked;
    row.change(asked);
    const Refusal refusal = refused(asked.from(*authority));
    CHECK(refusal.fail_info == row.fail_info);
    CHECK(refusal.rule->id == row.rule);
    CHECK_THAT(refusal.text, ContainsSubstring(row.text));
  }
}

TEST_CASE("the key of the CA gets no second certificate") {
  const TestCa ca;
  const Refusal refusal = refused(Asked().public_key(copy_of(ca.signer->public_key())).from(*ca.authority()));
  CHECK(refusal.fail_info == FailInfo::badCertTemplate);
}

TEST_CASE("an unknown type of key is badAlg") {
  const TestCa ca;
  Octets key = copy_of(ca.root_signer->public_key());
  key[11] ^= 1U;  // the last arc but one of id-ecPublicKey
  CHECK(refused(Asked().public_key(key).from(*ca.authority())).fail_info == FailInfo::badAlg);
}

TEST_CASE("a key that cannot sign is certified for what it can") {
  Octets key{0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x6E, 0x03, 0x21, 0x00};  // X25519, RFC 8410 Section 4
  key.resize(key.size() + 32, 9);
  const TestCa ca;
  CHECK(refused(Asked().public_key(key).from(*ca.authority())).fail_info == FailInfo::badCertTemplate);
  CertificateProfile profile;
  profile.keys = {"x25519"};
  const Read issued(granted(Asked().public_key(key).from(*ca.authority(profile))));
  CHECK(*issued.view.key_usage() == bits_of({KeyUsage::keyAgreement}));
}

TEST_CASE("a wish that is cut down is granted with a note that says so") {
  struct Row {
    const char* name;
    Change change;
    const char* note;  // null: granted as asked for
  };
  const std::vector<Row> rows = {
      {"nothing special", [](Asked&) {}, nullptr},
      {"shorter", [](Asked& a) { a.validity(now + days{1}, now + days{2}); }, nullptr},
      {"too long", [](Asked& a) { a.validity({}, now + days{366}); },
       "notAfter is 2027-11-22 12:00:00 UTC, not 2027-11-23 12:00:00 UTC"},
      {"too early", [](Asked& a) { a.validity(now - days{1}, {}); },
       "notBefore is 2026-11-22 11:59:00 UTC, not 2026-11-21 12:00:00 UTC"},
      {"an extension nobody knows", [](Asked& a) { a.extension(asn1::oid<"1.2.3.4">, false, {0x05, 0x00}); },
       "1.2.3.4 is left out"},
      {"a use too many", [](Asked& a) { a.key_usage({KeyUsage::digitalSignature, KeyUsage::keyEncipherment}); },
       "keyUsage is without keyEncipherment"},
      {"a key identifier of one's own",
       [](Asked& a) { a.extension(asn1::id_ce_subjectKeyIdentifier, false, {0x04, 0x01, 0x07}); },
       "subjectKeyIdentifier"},
      {"two differences",
       [](Asked& a) { a.validity({}, now + days{366}).extension(asn1::oid<"1.2.3.4">, false, {0x05, 0x00}); },
       "UTC; 1.2.3.4 is left out"},
      {"key agreement", [](Asked& a) { a.key_usage({KeyUsage::digitalSignature, KeyUsage::keyAgreement}); }, nullptr},
      {"purposes", [](Asked& a) { a.purposes({asn1::id_kp_serverAuth, asn1::id_kp_clientAuth}); }, nullptr},
      {"names", [](Asked& a) { a.dns_name("*.device-7.example"); }, nullptr},
      {"no CA", [](Asked& a) { a.ca(false); }, nullptr},
  };
  static const TestCa ca;
  const auto authority = ca.authority();
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Asked asked;
    row.change(asked);
    const Granted grant = granted(asked.from(*authority));
    CHECK(grant.modified == (row.note != nullptr));
    CHECK_THAT(grant.note, ContainsSubstring(row.note == nullptr ? "" : row.note));
    CHECK(grant.note.empty() == (row.note == nullptr));
  }
}

TEST_CASE("a certificate does not outlive its CA") {
  TestCa ca;
  CertificateProfile profile;
  profile.validity = days{20 * 365};
  const auto authority = ca.authority(profile);
  const Time end = CertificateView::decode(ca.certificate)->not_after();
  const Read usual(granted(Asked().from(*authority)));
  CHECK(usual.view.not_after() == end);
  CHECK_FALSE(usual.grant.modified);
  const Read asked(granted(Asked().validity({}, end + days{1}).from(*authority)));
  CHECK(asked.view.not_after() == end);
  CHECK(asked.grant.modified);
}

TEST_CASE("a certificate without expiration outlives its CA, unless an end is asked for") {
  TestCa ca;
  CertificateProfile profile;
  profile.no_expiration = true;
  const auto authority = ca.authority(profile);
  const Read usual(granted(Asked().from(*authority)));
  CHECK(usual.view.not_after() == std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - std::chrono::seconds{1});
  CHECK_FALSE(usual.grant.modified);
  const Read asked(granted(Asked().validity({}, now + days{9}).from(*authority)));
  CHECK(asked.view.not_after() == now + days{9});
}

TEST_CASE("subjectAltName is taken octet for octet, and critical where it stands for the subject") {
  const TestCa ca;
  const auto authority = ca.authority();
  const Octets names = asn1::encode(asn1::GeneralNames{asn1::GeneralName::of({asn1::parse_name("/CN=x").value()})});

  const Read beside(granted(Asked().extension(asn1::id_ce_subjectAltName, false, names).from(*authority)));
  CHECK(same_octets(beside.view.extension(asn1::id_ce_subjectAltName)->extnValue, names));
  CHECK_FALSE(beside.view.extension(asn1::id_ce_subjectAltName)->critical);

  const Read alone(granted(Asked().subject("/").extension(asn1::id_ce_subjectAltName, false, names).from(*authority)));
  CHECK(same_octets(alone.view.extension(asn1::id_ce_subjectAltName)->extnValue, names));
  CHECK(alone.view.extension(asn1::id_ce_subjectAltName)->critical);
  CHECK(same_octets(alone.view.subject().tlv, asn1::null_dn.tlv));
}

TEST_CASE("a profile names purposes, uses and extensions of its own") {
  const TestCa ca;
  CertificateProfile profile;
  profile.purposes = {"id-kp-codeSigning", "1.2.3.4.5"};
  profile.default_purposes = {"id-kp-codeSigning"};
  profile.key_usage = {"keyAgreement"};
  profile.extensions = {"1.2.3.4"};
  const auto authority = ca.authority(profile);

  const Read usual(granted(Asked().from(*authority)));
  CHECK(usual.view.has_purpose(asn1::id_kp_codeSigning));
  CHECK(*usual.view.key_usage() == bits_of({KeyUsage::keyAgreement}));

  const Read asked(granted(
      Asked().purposes({asn1::oid<"1.2.3.4.5">}).extension(asn1::oid<"1.2.3.4">, true, {0x05, 0x00}).from(*authority)));
  CHECK(asked.view.extended_key_usage().size() == 1);
  CHECK(asked.view.has_purpose(asn1::oid<"1.2.3.4.5">));
  REQUIRE(asked.view.extension(asn1::oid<"1.2.3.4">) != nullptr);
  CHECK(asked.view.extension(asn1::oid<"1.2.3.4">)->critical);
  CHECK_FALSE(asked.grant.modified);

  refused(Asked().purposes({asn1::id_kp_clientAuth}).from(*authority));
  refused(Asked().key("ed25519").from(*authority));  // it has no use that this profile gives
}

TEST_CASE("K-02 a key update keeps names, uses and purposes that it does not ask for") {
  const TestCa ca;
  const auto authority = ca.authority();
  const Granted old = granted(Asked()
                                  .dns_name("device.example")
                                  .key_usage({KeyUsage::digitalSignature, KeyUsage::keyAgreement})
                                  .purposes({asn1::id_kp_serverAuth})
                                  .from(*authority));
  const Read kept(granted(Asked().updating(old.certificate).from(*authority)));
  CHECK_FALSE(kept.grant.modified);
  CHECK(kept.view.subject_alt_names().size() == 1);
  CHECK(*kept.view.key_usage() == bits_of({KeyUsage::digitalSignature, KeyUsage::keyAgreement}));
  CHECK(kept.view.has_purpose(asn1::id_kp_serverAuth));

  const Read changed(granted(Asked().updating(old.certificate).purposes({asn1::id_kp_clientAuth}).from(*authority)));
  CHECK_FALSE(changed.view.has_purpose(asn1::id_kp_serverAuth));
  CHECK(changed.view.has_purpose(asn1::id_kp_clientAuth));
}

TEST_CASE("R-13 trust anchors are handed out in an ip only, and the chain holds no root") {
  const TestCa ca;
  auto options = ca.options({CertificateProfile{}});
  options.ca_pubs = {ca.root};
  const auto authority = CertificateAuthority::create(std::move(options), ca.environment()).value();
  CHECK(granted(Asked().type(asn1::PKIBody::ir).from(*authority)).ca_pubs == std::vector<Octets>{ca.root});
  CHECK(granted(Asked().type(asn1::PKIBody::cr).from(*authority)).ca_pubs.empty());
  CHECK(granted(Asked().type(asn1::PKIBody::p10cr).from(*authority)).ca_pubs.empty());
  CHECK(granted(Asked().from(*authority)).chain == std::vector<Octets>{ca.certificate});
}

TEST_CASE("the first profile is for requests that name none, others are asked for by name") {
  const TestCa ca;
  CertificateProfile first, second;
  first.name = "usual";
  second.name = "short";
  second.validity = days{1};
  const auto authority = CertificateAuthority::create(ca.options({first, second}), ca.environment()).value();
  CHECK(Read(granted(Asked().from(*authority))).view.not_after() == now + days{365});
  CHECK(Read(granted(Asked().profile("usual").from(*authority))).view.not_after() == now + days{365});
  CHECK(Read(granted(Asked().profile("short").from(*authority))).view.not_after() == now + days{1});
}

}  // namespace
}  // namespace cmpkit::cmp::test
