// What the policies of an RA grant, refuse and learn.
#include "cmpkit/cmp/policy.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/certificate.h"
#include "tests/support/certificate_builder.h"
#include "tests/support/failing_store.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::PKIBody;
using Catch::Matchers::ContainsSubstring;
using cmpkit::test::CertificateBuilder;
using cmpkit::test::FailingStore;
using cmpkit::test::Issued;
using cmpkit::test::noon;
using Kind = PolicyOutcome::Kind;
using State = StoredDevice::State;

const Issued& vendor_ca() {
  static const Issued ca = CertificateBuilder("/O=Bolt/CN=Bolt device CA").ca().self_signed();
  return ca;
}
const Issued& operator_ca() {
  static const Issued ca = CertificateBuilder("/O=Operator/CN=CA").ca().self_signed();
  return ca;
}

Octets sha256(Bytes octets) { return botan_crypto().hash(identifier_of(Digest::sha256), {&octets, 1}).value(); }

Octets serial_of(const Issued& issued) { return copy_of(CertificateView::decode(issued.certificate)->serial().octets); }

/// Somebody who signs with this certificate.
Requester signer(const Issued& issued, const Issued& anchor = vendor_ca()) {
  Requester out;
  out.kind = Requester::Kind::certificate;
  out.identity = issued.certificate;
  out.subject = CertificateView::decode(out.identity)->subject();
  out.anchor = anchor.certificate;
  return out;
}

/// A device of `Bolt` by its anchor, whatever its subject says.
struct Fixture {
  Fixture() { options.vendors = {{"Bolt", {vendor_ca().certificate}}}; }

  void add(const std::string& serial, State state = State::manufactured, const std::string& manufacturer = "Bolt") {
    StoredDevice device;
    device.manufacturer = manufacturer;
    device.serial = serial;
    device.state = state;
    put(device);
  }
  void put(const StoredDevice& device) {
    Change change;
    change.devices = {device};
    REQUIRE(store.commit(change) == Commit::done);
  }
  StoredDevice stored(const std::string& serial = "1") { return store.device("Bolt", serial).value().value(); }

  PolicyDecision decide(const Requester& requester, PKIBody::Type type = PKIBody::ir) {
    PolicyQuestion question;
    question.type = type;
    question.requester = &requester;
    question.permission = &permission;
    return inventory_policy(options, store, botan_crypto())->decide(question, noon);
  }
  bool grants(const Requester& requester, PKIBody::Type type = PKIBody::ir) {
    return std::holds_alternative<PolicyGrant>(decide(requester, type));
  }
  /// The text.
  std::string refuses(const Requester& requester, PKIBody::Type type = PKIBody::ir) {
    const PolicyDecision decision = decide(requester, type);
    REQUIRE(std::holds_alternative<Refusal>(decision));
    const auto& refusal = std::get<Refusal>(decision);
    CHECK(refusal.fail_info == FailInfo::notAuthorized);
    return refusal.text;
  }
  /// Tells the policy, and stores what it learns. Returns how many devices those are.
  std::size_t tell(Kind kind, PKIBody::Type type, const Requester& requester, const Issued& issued) {
    const Octets serial = serial_of(issued);
    PolicyOutcome outcome;
    outcome.kind = kind;
    outcome.type = type;
    outcome.requester = &requester;
    if (kind == Kind::revoked)
      outcome.serial = serial;
    else
      outcome.certificate = issued.certificate;
    const auto learned = inventory_policy(options, store, botan_crypto())->learn(outcome, noon);
    for (const StoredDevice& each : learned) put(each);
    return learned.size();
  }

  FailingStore store{memory_store()};
  InventoryPolicyOptions options;
  Permission permission{.name = "devices", .who = Permission::Who::certificate};
  Issued idevid = CertificateBuilder("/O=Somebody/serialNumber=1/CN=pump").issued_by(vendor_ca());
};

TEST_CASE("a device that the inventory has is granted ir, cr and p10cr, another one is told what to do") {
  Fixture fixture;
  for (const auto type : {PKIBody::ir, PKIBody::cr, PKIBody::p10cr})
    CHECK_THAT(fixture.refuses(signer(fixture.idevid), type),
               ContainsSubstring("there is no device \"1\" of \"Bolt\" in the inventory: have it added"));
  fixture.add("1");
  for (const auto type : {PKIBody::ir, PKIBody::cr, PKIBody::p10cr})
    CHECK(fixture.grants(signer(fixture.idevid), type));
  for (const auto type : {PKIBody::rr, PKIBody::genm})  // about no certificate
    CHECK(fixture.grants(signer(CertificateBuilder("/CN=x").issued_by(operator_ca())), type));
}

TEST_CASE("a device is granted in every state but one") {
  Fixture fixture;
  for (const State state : {State::manufactured, State::onboarded, State::in_operation, State::decommissioned}) {
    const std::string serial = std::to_string(static_cast<int>(state));
    fixture.add(serial, state);
    const Requester device = signer(CertificateBuilder("/serialNumber=" + serial).issued_by(vendor_ca()));
    if (state == State::decommissioned)
      CHECK_THAT(fixture.refuses(device), ContainsSubstring("\"Bolt\" is decommissioned"));
    else
      CHECK(fixture.grants(device));
  }
}

TEST_CASE("the manufacturer is the vendor of the anchor, or else the organization in the IDevID") {
  Fixture fixture;
  fixture.add("1", State::manufactured, "Somebody");
  CHECK_THAT(fixture.refuses(signer(fixture.idevid)), ContainsSubstring("of \"Bolt\""));
  CHECK(fixture.grants(signer(fixture.idevid, operator_ca())));
  const Issued nobody = CertificateBuilder("/serialNumber=1").issued_by(vendor_ca());
  CHECK_THAT(fixture.refuses(signer(nobody, operator_ca())), ContainsSubstring("nothing names the manufacturer"));
}

TEST_CASE("a certificate that a device has not accepted does not take the place of the one in operation") {
  Fixture fixture;
  fixture.add("1");
  const Issued first = CertificateBuilder("/CN=pump-1").issued_by(operator_ca());
  const Issued second = CertificateBuilder("/CN=pump-1").issued_by(operator_ca());
  fixture.tell(Kind::issued, PKIBody::ir, signer(fixture.idevid), first);
  fixture.tell(Kind::confirmed, PKIBody::ir, signer(fixture.idevid), first);
  CHECK(fixture.tell(Kind::issued, PKIBody::ir, signer(fixture.idevid), second) == 0);
  CHECK(fixture.stored().certificate == serial_of(first));
}

TEST_CASE("who calls itself a vendor without its anchor is not that vendor's device") {
  Fixture fixture;
  fixture.add("1");
  const Issued pretender = CertificateBuilder("/O=Bolt/serialNumber=1/CN=pump").issued_by(operator_ca());
  CHECK_THAT(fixture.refuses(signer(pretender, operator_ca())),
             ContainsSubstring("that of a vendor with other anchors"));
}

TEST_CASE("what is no IDevID is let in by nothing") {
  Fixture fixture;
  fixture.add("1");
  CHECK_THAT(fixture.refuses(signer(CertificateBuilder("/O=Bolt/CN=1").issued_by(vendor_ca()))),
             ContainsSubstring("has no serialNumber"));
  Requester secret;
  secret.kind = Requester::Kind::secret;
  secret.identity = copy_of(bytes_of("1"));
  CHECK_THAT(fixture.refuses(secret), ContainsSubstring("sign with that"));
}

TEST_CASE("a device has the key and the certificate that are expected of it") {
  Fixture fixture;
  StoredDevice device;
  device.manufacturer = "Bolt";
  device.serial = "1";
  device.key_digest = sha256(CertificateView::decode(fixture.idevid.certificate)->public_key());
  fixture.put(device);
  CHECK(fixture.grants(signer(fixture.idevid)));
  const Issued other = CertificateBuilder("/serialNumber=1").issued_by(vendor_ca());
  CHECK_THAT(fixture.refuses(signer(other)), ContainsSubstring("the key of this IDevID is not the one"));

  device = fixture.stored();
  device.certificate_digest = sha256(fixture.idevid.certificate);
  fixture.put(device);
  CHECK(fixture.grants(signer(fixture.idevid)));
  const Issued again = CertificateBuilder("/serialNumber=1").key(fixture.idevid.signer).issued_by(vendor_ca());
  CHECK_THAT(fixture.refuses(signer(again)), ContainsSubstring("the certificate of this IDevID is not the one"));
}

TEST_CASE("the inventory is for requests by its permissions only") {
  Fixture fixture;
  fixture.options.permissions = {"vendors", "devices"};
  CHECK_FALSE(fixture.grants(signer(fixture.idevid)));
  fixture.options.permissions = {"vendors"};
  CHECK(fixture.grants(signer(fixture.idevid)));
}

TEST_CASE("while the inventory cannot be read, who asks is told to come back") {
  Fixture fixture;
  fixture.add("1");
  fixture.store.before_read = [] { return StoreError{"the disk is gone"}; };
  for (const auto type : {PKIBody::ir, PKIBody::kur}) {
    const PolicyDecision decision = fixture.decide(signer(fixture.idevid), type);
    REQUIRE(std::holds_alternative<Refusal>(decision));
    const auto& refusal = std::get<Refusal>(decision);
    CHECK(refusal.fail_info == FailInfo::systemUnavail);
    CHECK(refusal.text.find("disk") == std::string::npos);
    CHECK(refusal.cause == "the disk is gone");
  }
}

TEST_CASE("the inventory learns what becomes of a device, and asks no renewal for an IDevID") {
  Fixture fixture;
  fixture.add("1");
  const Requester device = signer(fixture.idevid);
  const Issued first = CertificateBuilder("/CN=pump-1").issued_by(operator_ca());
  CHECK(fixture.tell(Kind::issued, PKIBody::ir, device, first) == 1);
  CHECK(fixture.stored().state == State::onboarded);
  CHECK(fixture.stored().certificate == serial_of(first));
  CHECK(fixture.stored().since == noon);
  CHECK(fixture.tell(Kind::issued, PKIBody::ir, device, first) == 0);  // told again
  CHECK(fixture.tell(Kind::confirmed, PKIBody::ir, device, first) == 1);
  CHECK(fixture.stored().state == State::in_operation);

  const Requester renewing = signer(first, operator_ca());
  CHECK(fixture.grants(renewing, PKIBody::kur));
  const Issued second = CertificateBuilder("/CN=pump-1").issued_by(operator_ca());
  CHECK(fixture.tell(Kind::issued, PKIBody::kur, renewing, second) == 0);  // the old one is in use until then
  CHECK(fixture.tell(Kind::confirmed, PKIBody::kur, renewing, second) == 1);
  CHECK(fixture.stored().certificate == serial_of(second));
  CHECK(fixture.stored().state == State::in_operation);

  CHECK(fixture.tell(Kind::revoked, PKIBody::rr, signer(second, operator_ca()), second) == 1);
  CHECK(fixture.stored().state == State::manufactured);  // and known
  CHECK(fixture.grants(device));
}

TEST_CASE("what concerns no device of the inventory teaches nothing") {
  Fixture fixture;
  fixture.add("1");
  const Issued certificate = CertificateBuilder("/CN=x").issued_by(operator_ca());
  CHECK(fixture.tell(Kind::issued, PKIBody::ir, signer(certificate, operator_ca()), certificate) == 0);
  CHECK(fixture.tell(Kind::confirmed, PKIBody::kur, signer(certificate, operator_ca()), certificate) == 0);
  CHECK(fixture.tell(Kind::revoked, PKIBody::rr, signer(certificate, operator_ca()), certificate) == 0);
  CHECK(fixture.tell(Kind::rejected, PKIBody::ir, signer(fixture.idevid), certificate) == 0);
  CHECK(fixture.tell(Kind::refused, PKIBody::ir, signer(fixture.idevid), certificate) == 0);
}

TEST_CASE("a decommissioned device renews nothing, and stays decommissioned whatever becomes of its certificates") {
  Fixture fixture;
  if (GENERATE(false, true)) fixture.options.permissions = {"vendors"};
  fixture.add("1");
  const Issued own = CertificateBuilder("/CN=pump-1").issued_by(operator_ca());
  fixture.tell(Kind::confirmed, PKIBody::ir, signer(fixture.idevid), own);
  StoredDevice device = fixture.stored();
  device.state = State::decommissioned;
  fixture.put(device);
  CHECK_THAT(fixture.refuses(signer(own, operator_ca()), PKIBody::kur), ContainsSubstring("is decommissioned"));
  const Issued other = CertificateBuilder("/O=Bolt/serialNumber=1/CN=pump-1").issued_by(vendor_ca());
  CHECK_THAT(fixture.refuses(signer(other), PKIBody::kur), ContainsSubstring("is decommissioned"));
  fixture.tell(Kind::confirmed, PKIBody::kur, signer(own, operator_ca()), own);
  fixture.tell(Kind::revoked, PKIBody::rr, signer(own, operator_ca()), own);
  CHECK(fixture.stored().state == State::decommissioned);
}

// --- all_of

/// Says what it is told to say.
struct Scripted final : Policy {
  explicit Scripted(PolicyDecision decision) : answer(std::move(decision)) {}
  PolicyDecision decide(const PolicyQuestion&, Time) override {
    ++asked;
    return answer;
  }
  std::vector<StoredDevice> learn(const PolicyOutcome&, Time) override { return devices; }
  PolicyDecision answer;
  std::vector<StoredDevice> devices;
  int asked = 0;
};

TEST_CASE("of several policies the first that does not grant decides, and of changes the last word counts") {
  Scripted first(PolicyGrant{Octets{1}, Octets{2}, "first"}), second(PolicyGrant{Octets{3}, {}, {}});
  Scripted third(Waiting{std::chrono::seconds{9}, "wait"}), fourth(refused(rules::V_37, "", "no"));
  const auto both = all_of({&first, &second});
  const auto decision = both->decide({}, noon);
  REQUIRE(std::holds_alternative<PolicyGrant>(decision));
  CHECK(std::get<PolicyGrant>(decision).subject == Octets{3});
  CHECK(std::get<PolicyGrant>(decision).extensions == Octets{2});
  CHECK(std::get<PolicyGrant>(decision).profile == "first");

  CHECK(std::holds_alternative<Waiting>(all_of({&first, &third, &fourth})->decide({}, noon)));
  CHECK(fourth.asked == 0);
  CHECK(std::holds_alternative<Refusal>(all_of({&fourth, &third})->decide({}, noon)));
  CHECK(std::holds_alternative<PolicyGrant>(all_of({})->decide({}, noon)));

  first.devices.resize(1);
  second.devices.resize(2);
  CHECK(both->learn({}, noon).size() == 3);
}

// --- approval_policy

struct Operator final : Approvals {
  ApprovalAnswer ask(const ApprovalQuestion& question, Time) override {
    ids.push_back(question.id);
    shown = question.subject + " " + question.profile + " " + question.key;
    return answer;
  }
  ApprovalAnswer answer = Waiting{std::chrono::seconds{7}, "an operator has to approve this"};
  std::vector<std::string> ids;
  std::string shown;
};

struct Request {
  explicit Request(PKIBody::Type type = PKIBody::ir) {
    request.type = type;
    request.subject = {subject};
    request.public_key = key;
    request.profile = "gateway";
    request.requester = &requester;
    request.transaction_id = bytes_of("T1");
    question.type = type;
    question.requester = &requester;
    question.permission = &permission;
    question.certificate = &request;
  }
  Issued idevid = CertificateBuilder("/serialNumber=1").issued_by(vendor_ca());
  Octets subject = asn1::parse_name("/CN=device 7").value();
  Octets key = copy_of(CertificateView::decode(idevid.certificate)->public_key());
  Requester requester = signer(idevid);
  Permission permission{.name = "devices", .who = Permission::Who::certificate};
  CertificateRequest request;
  PolicyQuestion question;
};

TEST_CASE("a request waits until an operator approves it, is then granted, or refused with the reason") {
  Operator person;
  const auto policy = approval_policy({}, person, botan_crypto());
  Request request;
  const auto waiting = policy->decide(request.question, noon);
  REQUIRE(std::holds_alternative<Waiting>(waiting));
  CHECK(std::get<Waiting>(waiting).check_after == std::chrono::seconds{7});
  CHECK(person.shown == "/CN=device 7 gateway ec:P-256");
  person.answer = Approved{};
  CHECK(std::holds_alternative<PolicyGrant>(policy->decide(request.question, noon)));
  REQUIRE(person.ids.size() == 2);
  CHECK(person.ids[0] == person.ids[1]);
  person.answer = Rejected{"stolen"};
  const auto refused = policy->decide(request.question, noon);
  REQUIRE(std::holds_alternative<Refusal>(refused));
  CHECK_THAT(std::get<Refusal>(refused).text, ContainsSubstring("not approved: stolen"));
}

TEST_CASE("nobody has to approve renewals, revocations and questions, nor requests by other permissions") {
  Operator person;
  for (const auto type : {PKIBody::kur, PKIBody::rr, PKIBody::genm}) {
    Request request(type);
    if (type != PKIBody::kur) request.question.certificate = nullptr;
    const auto policy = approval_policy({}, person, botan_crypto());
    CHECK(std::holds_alternative<PolicyGrant>(policy->decide(request.question, noon)));
  }
  const auto others = approval_policy({"strangers"}, person, botan_crypto());
  CHECK(std::holds_alternative<PolicyGrant>(others->decide(Request().question, noon)));
  CHECK(person.ids.empty());
  const auto ours = approval_policy({"devices"}, person, botan_crypto());
  CHECK(std::holds_alternative<Waiting>(ours->decide(Request().question, noon)));
}

TEST_CASE("an operator sees that a key is made by the CA") {
  Operator person;
  Request request;
  request.request.public_key = {};
  (void)approval_policy({}, person, botan_crypto())->decide(request.question, noon);
  CHECK(person.shown == "/CN=device 7 gateway made by the CA");
}

}  // namespace
}  // namespace cmpkit::cmp::test
