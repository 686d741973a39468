// What certificate profiles demand, add and replace.
#include "cmpkit/cmp/certificate_profile.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/cmp/authority/asked.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::KeyUsage;
using Catch::Matchers::ContainsSubstring;
using std::chrono::days;
using Profile = CertificateProfile;

struct Read {
  explicit Read(Granted from) : grant(std::move(from)), view(CertificateView::decode(grant.certificate).value()) {}
  Granted grant;
  CertificateView view;
};

struct Row {
  const char* name;
  std::function<void(Profile&)> profile;
  std::function<void(Asked&)> request;
  const char* text;  // of the refusal
};

void nothing(Asked&) {}

TEST_CASE("R-09 what a profile demands and does not find is badCertTemplate with the cause") {
  const std::vector<Row> rows = {
      {"required attribute", [](Profile& p) { p.subject_required = {"CN", "serialNumber"}; }, nothing,
       "the profile wants id-at-serialNumber"},
      {"attribute that is not allowed", [](Profile& p) { p.subject_allowed = {"CN"}; },
       [](Asked& a) { a.subject("/O=Evil/CN=device"); }, "allows no id-at-organizationName"},
      {"required name is missing", [](Profile& p) { p.names_required = {"DNS:*.example"}; }, nothing,
       "wants a name DNS:*.example"},
      {"required name is another", [](Profile& p) { p.names_required = {"DNS:*.example"}; },
       [](Asked& a) { a.dns_name("device.test"); }, "wants a name DNS:*.example"},
      {"name of another kind", [](Profile& p) { p.names_allowed = {"DNS:*"}; }, [](Asked& a) { a.uri("urn:x"); },
       "does not allow the name URI:urn:x"},
      {"name outside the patterns", [](Profile& p) { p.names_allowed = {"DNS:*.example"}; },
       [](Asked& a) { a.dns_name("device.example.evil"); }, "does not allow the name DNS:device.example.evil"},
      {"special purposes are never meant by *", [](Profile& p) { p.purposes = {"*"}; },
       [](Asked& a) { a.purposes({asn1::id_kp_cmcRA}); }, "does not give id-kp-cmcRA"},
      {"noRevAvail for a certificate that can be revoked", [](Profile& p) { p.extensions = {"*"}; },
       [](Asked& a) { a.extension(asn1::id_ce_noRevAvail, true, {0x05, 0x00}); }, "id-ce-noRevAvail"},
      {"CA certificate in as-requested", [](Profile& p) { p = as_requested_profile(); }, [](Asked& a) { a.ca(true); },
       "no CA certificates"},
      {"keyCertSign in as-requested", [](Profile& p) { p = as_requested_profile(); },
       [](Asked& a) { a.key_usage({KeyUsage::keyCertSign}); }, "keyCertSign"},
      {"CMP authority in as-requested", [](Profile& p) { p = as_requested_profile(); },
       [](Asked& a) { a.purposes({asn1::id_kp_cmcCA}); }, "does not give id-kp-cmcCA"},
  };
  const TestCa ca;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Profile profile;
    row.profile(profile);
    Asked asked;
    row.request(asked);
    const Refusal refusal = refused(asked.from(*ca.authority(profile)));
    CHECK(refusal.fail_info == FailInfo::badCertTemplate);
    CHECK(refusal.rule->id == "R-09");
    CHECK_THAT(refusal.text, ContainsSubstring(row.text));
  }
}

TEST_CASE("R-10 fixed and usual parts of the subject") {
  struct Case {
    const char *fixed, *usual, *asked, *granted;
    bool modified;
  };
  const std::vector<Case> cases = {
      {"/O=Operator", "", "/CN=x", "/O=Operator/CN=x", true},
      {"/O=Operator", "", "/O=Operator/CN=x", "/O=Operator/CN=x", false},
      {"/O=Operator", "", "/O=operator/CN=x", "/O=operator/CN=x", false},
      {"/O=Operator", "", "/CN=x/O=Other", "/O=Operator/CN=x", true},
      {"/C=DE/O=Operator", "", "/O=Other+CN=x", "/C=DE/O=Operator/CN=x", true},
      {"", "/O=Operator/OU=Unit", "/CN=x", "/O=Operator/OU=Unit/CN=x", true},
      {"", "/O=Operator/OU=Unit", "/OU=Mine/CN=x", "/O=Operator/OU=Mine/CN=x", true},
      {"", "/O=Operator", "/O=Mine/CN=x", "/O=Mine/CN=x", false},
      {"/O=A", "/O=B", "/CN=x", "/O=A/CN=x", true},
  };
  const TestCa ca;
  for (const Case& each : cases) {
    CAPTURE(each.fixed, each.usual, each.asked);
    Profile profile;
    profile.subject_fixed = each.fixed;
    profile.subject_default = each.usual;
    const Read issued(granted(Asked().subject(each.asked).from(*ca.authority(profile))));
    CHECK(asn1::name_text(issued.view.subject()) == each.granted);
    CHECK(issued.grant.modified == each.modified);
    if (each.modified) CHECK_THAT(issued.grant.note, ContainsSubstring(std::string("the subject is ") + each.granted));
  }
}

TEST_CASE("names may be those of the patterns, allowed or required") {
  const TestCa ca;
  Profile profile;
  profile.names_allowed = {"IP:192.0.*"};
  profile.names_required = {"DNS:*.Example"};
  asn1::GeneralName host, address;
  const Octets octets{192, 0, 2, 1};
  host.value.emplace<asn1::GeneralName::dNSName>(asn1::IA5String{"a.b.example"});
  address.value.emplace<asn1::GeneralName::iPAddress>(octets);
  const Octets both = asn1::encode(asn1::GeneralNames{host, address});
  const Read issued(granted(Asked().extension(asn1::id_ce_subjectAltName, false, both).from(*ca.authority(profile))));
  CHECK_FALSE(issued.grant.modified);
  CHECK(issued.view.subject_alt_names().size() == 2);
}

TEST_CASE("as-requested adds nothing but what is the CA's, and takes everything over") {
  const TestCa ca;
  const auto authority = ca.authority(as_requested_profile());
  const Read plain(granted(Asked().from(*authority)));
  CHECK(plain.view.asn1().tbsCertificate.extensions->size() == 2);  // the two key identifiers
  CHECK_FALSE(plain.grant.modified);

  const Octets policies{0x30, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2A, 0x03};
  const Read full(granted(Asked()
                              .subject("/C=DE/O=Any/CN=thing")
                              .validity(now, now + days{3})
                              .key_usage({KeyUsage::digitalSignature, KeyUsage::keyAgreement})
                              .purposes({asn1::id_kp_codeSigning, asn1::oid<"1.2.3.4">})
                              .ca(false)
                              .extension(asn1::id_ce_certificatePolicies, true, policies)
                              .extension(asn1::oid<"1.2.3.5">, false, {0x05, 0x00})
                              .from(*authority)));
  CHECK_FALSE(full.grant.modified);
  CHECK(full.grant.note.empty());
  CHECK(full.view.not_before() == now);
  CHECK(full.view.not_after() == now + days{3});
  CHECK(*full.view.key_usage() == bits_of({KeyUsage::digitalSignature, KeyUsage::keyAgreement}));
  CHECK(full.view.extended_key_usage().size() == 2);
  CHECK(full.view.extension(asn1::id_ce_certificatePolicies)->critical);
  CHECK(same_octets(full.view.extension(asn1::id_ce_certificatePolicies)->extnValue, policies));
  CHECK(full.view.extension(asn1::oid<"1.2.3.5">) != nullptr);
  CHECK(full.view.extension(asn1::id_ce_basicConstraints) != nullptr);

  const Read updated(granted(Asked().updating(full.grant.certificate).from(*authority)));
  CHECK_FALSE(updated.grant.modified);
  CHECK(updated.view.extension(asn1::oid<"1.2.3.5">) != nullptr);
}

/// A CA for devices, and the certificates that it has issued.
struct DeviceCa {
  DeviceCa() {
    auto options = ca.options({iot_device_profile()});
    options.store = store.get();
    authority = CertificateAuthority::create(std::move(options), ca.environment()).value();
  }
  void record(const Granted& grant, std::string_view holder,
              IssuedCertificate::Status status = IssuedCertificate::Status::valid) {
    const auto view = CertificateView::decode(grant.certificate).value();
    IssuedCertificate issued;
    issued.serial = copy_of(view.serial().octets);
    issued.certificate = grant.certificate;
    issued.subject = subject_key(view.subject());
    issued.holder = copy_of(bytes_of(holder));
    issued.status = status;
    REQUIRE(store->commit({{}, {issued}, {}}) == Commit::done);
  }
  TestCa ca;
  std::unique_ptr<Store> store = memory_store();
  std::unique_ptr<CertificateAuthority> authority;
};

Asked device(std::string_view subject = "/CN=meter 7") {
  Asked asked;
  asked.subject(subject).uri("urn:dev:ops:32473-Meter-7");
  return asked;
}

TEST_CASE("iot-device gives what a device needs for TLS, as its key allows") {
  DeviceCa devices;
  const Read ec(granted(device().from(*devices.authority)));
  CHECK(*ec.view.key_usage() == bits_of({KeyUsage::digitalSignature, KeyUsage::keyAgreement}));
  CHECK(ec.view.has_purpose(asn1::id_kp_clientAuth));
  CHECK(ec.view.has_purpose(asn1::id_kp_serverAuth));
  CHECK(ec.view.subject_alt_names().size() == 1);
  CHECK_FALSE(ec.grant.modified);
  const Read rsa(granted(device().key("rsa:3072").from(*devices.authority)));
  CHECK(*rsa.view.key_usage() == bits_of({KeyUsage::digitalSignature, KeyUsage::keyEncipherment}));
}

TEST_CASE("iot-device refuses what is no device of its own") {
  DeviceCa devices;
  struct Refused {
    const char* name;
    std::function<void(Asked&)> change;
    const char* text;
  };
  const std::vector<Refused> rows = {
      {"no identifier", [](Asked& a) { a.subject("/CN=x"); }, "URI:urn:dev:ops:"},
      {"another URN", [](Asked& a) { a.subject("/CN=x").uri("urn:dev:mac:0024befffe804ff1"); }, "URI:urn:dev:ops:"},
      {"no serial number", [](Asked& a) { a.subject("/CN=x").uri("urn:dev:ops:32473-Meter"); }, "URI:urn:dev:ops:"},
      {"no subject", [](Asked& a) { a.subject("/").uri("urn:dev:ops:32473-Meter-7"); }, "id-at-commonName"},
      {"weak key", [](Asked& a) { a.uri("urn:dev:ops:32473-Meter-7").key("rsa:2048"); }, "rsa:2048"},
  };
  for (const Refused& row : rows) {
    CAPTURE(row.name);
    Asked asked;
    row.change(asked);
    const Refusal refusal = refused(asked.from(*devices.authority));
    CHECK(refusal.fail_info == FailInfo::badCertTemplate);
    CHECK_THAT(refusal.text, ContainsSubstring(row.text));
  }
}

TEST_CASE("idevid gives what a device is born with: no end, no purposes, uses as its key allows") {
  const TestCa ca;
  const auto store = memory_store();
  auto options = ca.options({idevid_profile()});
  options.store = store.get();
  const auto authority = CertificateAuthority::create(std::move(options), ca.environment()).value();
  const Read ec(granted(Asked().subject("/O=Factory/serialNumber=4711").from(*authority)));
  CHECK(asn1::encode(ec.view.asn1().tbsCertificate.validity.notAfter) == copy_of(bytes_of("\x18\x0F"
                                                                                          "99991231235959Z")));
  CHECK(*ec.view.key_usage() == bits_of({KeyUsage::digitalSignature, KeyUsage::keyAgreement}));
  CHECK(ec.view.extension(asn1::id_ce_extKeyUsage) == nullptr);
  CHECK_FALSE(ec.grant.modified);
  const Read rsa(granted(Asked().subject("/serialNumber=4712").key("rsa:2048").from(*authority)));
  CHECK(*rsa.view.key_usage() == bits_of({KeyUsage::digitalSignature, KeyUsage::keyEncipherment}));

  CHECK_THAT(refused(Asked().subject("/CN=no number").from(*authority)).text, ContainsSubstring("id-at-serialNumber"));
  Asked for_web;
  for_web.subject("/serialNumber=4713").dns_name("device.example");
  CHECK_THAT(refused(for_web.from(*authority)).text, ContainsSubstring("device.example"));
  Asked with_purpose;
  with_purpose.subject("/serialNumber=4714").purposes({asn1::id_kp_serverAuth});
  CHECK_THAT(refused(with_purpose.from(*authority)).text, ContainsSubstring("serverAuth"));
}

TEST_CASE("a hardwareModuleName stands in an IDevID as it was asked for") {
  const TestCa ca;
  const auto store = memory_store();
  auto options = ca.options({idevid_profile()});
  options.store = store.get();
  const auto authority = CertificateAuthority::create(std::move(options), ca.environment()).value();
  // SEQUENCE { [0] { OID id-on-hardwareModuleName, [0] { SEQUENCE { OID 1.2.3.4, OCTET STRING 01 02 } } } }
  const Octets names{0x30, 0x19, 0xA0, 0x17, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x04,
                     0xA0, 0x0B, 0x30, 0x09, 0x06, 0x03, 0x2A, 0x03, 0x04, 0x04, 0x02, 0x01, 0x02};
  Asked asked;
  asked.subject("/serialNumber=4711").extension(asn1::id_ce_subjectAltName, false, names);
  const Read read(granted(asked.from(*authority)));
  CHECK(same_octets(read.view.extension(asn1::id_ce_subjectAltName)->extnValue, names));
  CHECK_FALSE(read.grant.modified);
}

TEST_CASE("subject_unique: a name that is in use is refused to others, whatever its case") {
  DeviceCa devices;
  const Requester one{Requester::Kind::secret, copy_of(bytes_of("one")), {}};
  const Requester two{Requester::Kind::secret, copy_of(bytes_of("two")), {}};
  const Granted first = granted(device().asked_by(one, "s-one").from(*devices.authority));
  devices.record(first, "s-one");

  const Refusal refusal = refused(device("/CN=METER  7").asked_by(two, "s-two").from(*devices.authority));
  CHECK(refusal.fail_info == FailInfo::badCertTemplate);
  CHECK_THAT(refusal.text, ContainsSubstring("another holder has a certificate for /CN=METER  7"));
  granted(device("/CN=meter 8").asked_by(two, "s-two").from(*devices.authority));
  granted(device().asked_by(one, "s-one").from(*devices.authority));       // the same holder
  granted(device().updating(first.certificate).from(*devices.authority));  // its update
  const Requester own{Requester::Kind::certificate, first.certificate, {}};
  granted(device().asked_by(own, "c-other").from(*devices.authority));  // signed with it
}

TEST_CASE("subject_unique: a certificate that is out of force blocks nobody") {
  using Status = IssuedCertificate::Status;
  for (const Status status : {Status::rejected, Status::revoked}) {
    DeviceCa devices;
    devices.record(granted(device().from(*devices.authority)), "s-one", status);
    granted(device().from(*devices.authority));
  }
  for (const Status status : {Status::unconfirmed, Status::held, Status::updated}) {
    DeviceCa devices;
    devices.record(granted(device().from(*devices.authority)), "s-one", status);
    refused(device().from(*devices.authority));
  }
  DeviceCa devices;  // expired
  devices.record(granted(device().validity({}, now + days{1}).from(*devices.authority)), "s-one");
  Asked later = device();
  refused(later.from(*devices.authority));
  granted(later.at(now + days{2}).from(*devices.authority));
}

TEST_CASE("a profile of CA certificates") {
  TestCa ca;
  Profile profile;
  profile.ca_path_length = 0;
  profile.key_usage = {"keyCertSign", "cRLSign", "digitalSignature"};
  profile.default_key_usage = {"keyCertSign", "cRLSign"};
  const auto none = CertificateAuthority::create(ca.options({profile}), ca.environment());
  REQUIRE_FALSE(none);  // the issuing CA has pathLenConstraint 0
  CHECK_THAT(none.error(), ContainsSubstring("allows only 0 CAs below it"));

  CertificateAuthorityOptions options;
  options.signer = ca.root_signer;
  options.chain = {ca.root};
  options.profiles = {profile};
  const auto authority = CertificateAuthority::create(std::move(options), ca.environment()).value();
  const Read usual(granted(Asked().subject("/CN=Sub CA").from(*authority)));
  CHECK(usual.view.is_ca());
  CHECK(usual.view.path_length() == 0);
  CHECK(*usual.view.key_usage() == bits_of({KeyUsage::keyCertSign, KeyUsage::cRLSign}));
  CHECK_FALSE(usual.grant.modified);
  const Read asked(granted(Asked().subject("/CN=Sub CA").ca(true).from(*authority)));
  CHECK_FALSE(asked.grant.modified);
  const Read end_entity(granted(Asked().subject("/CN=Sub CA").ca(false).from(*authority)));
  CHECK(end_entity.view.is_ca());
  CHECK_THAT(end_entity.grant.note, ContainsSubstring("basicConstraints is that of the profile"));
}

TEST_CASE("added extensions replace what is asked for") {
  const TestCa ca;
  Profile profile;
  profile.added_extensions = {"1.2.3.4=DER:0500", "id-ce-certificatePolicies=critical,DER:3006300406022A03"};
  profile.extensions = {"*"};
  const Read issued(granted(Asked().extension(asn1::oid<"1.2.3.4">, true, {0x0C, 0x00}).from(*ca.authority(profile))));
  CHECK(same_octets(issued.view.extension(asn1::oid<"1.2.3.4">)->extnValue, Octets{0x05, 0x00}));
  CHECK_FALSE(issued.view.extension(asn1::oid<"1.2.3.4">)->critical);
  CHECK(issued.view.extension(asn1::id_ce_certificatePolicies)->critical);
  CHECK_THAT(issued.grant.note, ContainsSubstring("1.2.3.4 is that of the CA"));
  CHECK_FALSE(Read(granted(Asked().updating(issued.grant.certificate).from(*ca.authority(profile)))).grant.modified);
}

TEST_CASE("certificates tell where CRL and CA certificate are found, short-lived ones that they are not revoked") {
  const TestCa ca;
  Profile usual, brief;
  usual.name = "usual";
  brief.name = "brief";
  brief.short_lived = true;
  auto options = ca.options({usual, brief});
  options.crls = {"http://pki.example/crl/{partition}.crl", 4};
  options.certificate_url = "http://pki.example/ca.cer";
  const auto authority = CertificateAuthority::create(std::move(options), ca.environment()).value();

  const Read issued(granted(Asked().from(*authority)));
  const auto points = extension_value<asn1::CRLDistributionPoints>(issued.view, asn1::id_ce_cRLDistributionPoints);
  const auto& names = std::get<asn1::GeneralNames>(points.front().distributionPoint->value);
  const std::string url =
      "http://pki.example/crl/" + std::to_string(serial_partition(issued.view.serial().octets, 4)) + ".crl";
  CHECK(std::get<asn1::GeneralName::uniformResourceIdentifier>(names.front().value).text == url);
  const auto access = extension_value<asn1::AuthorityInfoAccessSyntax>(issued.view, asn1::id_pe_authorityInfoAccess);
  CHECK(access.front().accessMethod == asn1::id_ad_caIssuers);
  CHECK(issued.view.extension(asn1::id_ce_noRevAvail) == nullptr);

  const Read short_lived(granted(Asked().profile("brief").from(*authority)));  // RFC 9608 Section 3
  REQUIRE(short_lived.view.extension(asn1::id_ce_noRevAvail) != nullptr);
  CHECK_FALSE(short_lived.view.extension(asn1::id_ce_noRevAvail)->critical);
  CHECK(same_octets(short_lived.view.extension(asn1::id_ce_noRevAvail)->extnValue, Octets{0x05, 0x00}));
  CHECK(short_lived.view.extension(asn1::id_ce_cRLDistributionPoints) == nullptr);
  CHECK(short_lived.view.extension(asn1::id_pe_authorityInfoAccess) != nullptr);
}

}  // namespace
}  // namespace cmpkit::cmp::test
