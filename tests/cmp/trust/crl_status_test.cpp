// Who is revoked by the CRLs at hand (V-36, RFC 5280 Section 6.3).
#include "cmpkit/cmp/crl_status.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <thread>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "tests/cmp/trust/trust_world.h"
#include "tests/support/crl_builder.h"

namespace cmpkit::test {
namespace {

using asn1::CRLReason;
using Catch::Matchers::ContainsSubstring;
using cmp::CertificateStatus;
using State = cmp::CertificateStatus::State;
using std::chrono::hours;

/// root -> CA -> device, and a CRL of the root that is good for the CA.
struct Revocations {
  Issued root = CertificateBuilder("/CN=Root").ca().self_signed();
  Issued ca = CertificateBuilder("/CN=CA").ca().issued_by(root);
  Issued device = CertificateBuilder("/CN=device").issued_by(ca);
  cmp::TrustStore trust = trusting({&root});
  cmp::CrlStatus status{cmp::botan_crypto()};
  Octets root_name = asn1::parse_name("/CN=Root").value(), ca_name = asn1::parse_name("/CN=CA").value();

  [[nodiscard]] CrlContent content(std::vector<CrlEntry> entries = {}) const {
    return {ca_name, noon - hours{1}, noon + hours{1}, std::move(entries), {}};
  }
  [[nodiscard]] Octets root_crl(std::vector<CrlEntry> entries = {}) const {
    CrlContent out = content(std::move(entries));
    out.issuer = root_name;
    return make_crl(out, *root.signer);
  }
  void use(const CrlContent& content) { CHECK(status.replace("ca", {make_crl(content, *ca.signer)})); }
  void use_root(std::vector<CrlEntry> entries = {}) { CHECK(status.replace("root", {root_crl(std::move(entries))})); }
  [[nodiscard]] CertificateStatus::Found of(const Issued& certificate, cmp::Time now = noon) const {
    const auto path = validate(trust, certificate, pool_of({&ca})).value();
    return status.of(cmp::CertificateView::decode(certificate.certificate).value(), path.issuers(), now);
  }
  [[nodiscard]] State state(cmp::Time now = noon) const { return of(device, now).state; }
};

TEST_CASE("V-36 good is what the CRLs of all issuers on the path do not list") {
  Revocations world;
  CHECK(world.state() == State::unknown);
  CHECK_THAT(world.of(world.device).text, ContainsSubstring("/CN=device"));
  world.use(world.content({crl_entry(world.ca.certificate)}));  // a serial number of another issuer
  CHECK(world.state() == State::unknown);
  CHECK_THAT(world.of(world.device).text, ContainsSubstring("/CN=CA"));
  world.use_root();
  CHECK(world.state() == State::good);
  CHECK(world.of(world.device).text.empty());
}

TEST_CASE("V-36 an anchor is not looked for in any CRL") {
  Revocations world;
  world.use_root({crl_entry(world.root.certificate)});
  CHECK(world.of(world.root).state == State::good);
}

TEST_CASE("V-36 what is listed is revoked, or on hold, by its reason") {
  struct Row {
    std::optional<CRLReason::Value> reason;
    State state;
  };
  for (const Row row : {Row{{}, State::revoked}, Row{CRLReason::keyCompromise, State::revoked},
                        Row{CRLReason::certificateHold, State::held}, Row{CRLReason::removeFromCRL, State::good}}) {
    Revocations world;
    world.use_root();
    world.use(world.content({crl_entry(world.device.certificate, row.reason)}));
    CHECK(world.state() == row.state);
  }
}

TEST_CASE("V-36 of two entries for one certificate the worse counts") {
  Revocations world;
  world.use_root();
  const auto entry = [&](CRLReason::Value reason) { return crl_entry(world.device.certificate, reason); };
  world.use(world.content({entry(CRLReason::removeFromCRL), entry(CRLReason::superseded)}));
  CHECK(world.state() == State::revoked);
  world.use(world.content({entry(CRLReason::certificateHold), entry(CRLReason::removeFromCRL)}));
  CHECK(world.state() == State::held);
}

TEST_CASE("V-36 an issuer that is revoked or on hold has revoked what it issued") {
  for (const auto reason : {CRLReason::cACompromise, CRLReason::certificateHold}) {
    Revocations world;
    world.use(world.content());
    world.use_root({crl_entry(world.ca.certificate, reason)});
    CHECK(world.state() == State::revoked);
    CHECK_THAT(world.of(world.device).text, ContainsSubstring("/CN=CA"));
  }
}

TEST_CASE("V-36 a CRL that is not current makes nothing good, but what it lists stays revoked") {
  Revocations world;
  world.use_root();
  CrlContent content = world.content();
  world.use(content);
  CHECK(world.state(noon + hours{1}) == State::good);
  CHECK(world.state(noon + hours{1} + std::chrono::seconds{1}) == State::unknown);
  CHECK(world.state(noon - hours{1} - std::chrono::seconds{1}) == State::unknown);
  content.next_update.reset();
  world.use(content);
  CHECK(world.state() == State::unknown);
  content.entries = {crl_entry(world.device.certificate)};
  world.use(content);
  CHECK(world.state() == State::revoked);
  CHECK(world.state(noon + hours{1000}) == State::revoked);
}

TEST_CASE("V-36 only a CRL that the issuer has signed counts") {
  Revocations world;
  world.use_root();
  const CrlContent content = world.content({crl_entry(world.device.certificate)});
  const auto other_key = new_signer();
  CHECK(world.status.replace("ca", {make_crl(content, *other_key)}));
  CHECK(world.state() == State::unknown);

  CrlContent by_other = content;  // of the CA's key, in another name
  by_other.issuer = world.root_name;
  CHECK(world.status.replace("ca", {make_crl(by_other, *world.ca.signer)}));
  CHECK(world.state() == State::unknown);

  Octets changed = make_crl(content, *world.ca.signer);
  changed.back() ^= 1U;
  CHECK(world.status.replace("ca", {changed}));
  CHECK(world.state() == State::unknown);
}

TEST_CASE("V-36 a CA whose keyUsage has no cRLSign gives no CRLs") {
  Revocations world;
  world.ca = CertificateBuilder("/CN=CA").ca().key_usage({asn1::KeyUsage::keyCertSign}).issued_by(world.root);
  world.device = CertificateBuilder("/CN=device").issued_by(world.ca);
  world.use_root();
  world.use(world.content({crl_entry(world.device.certificate)}));
  CHECK(world.state() == State::unknown);
}

TEST_CASE("V-36 the newest CRL counts, of whatever source, and one that nobody signed is passed over") {
  Revocations world;
  world.use_root();
  CrlContent old = world.content({crl_entry(world.device.certificate, CRLReason::certificateHold)});
  CrlContent forged = world.content();
  forged.this_update = noon;
  world.status.replace("a", {make_crl(old, *world.ca.signer)});
  world.status.replace("b", {make_crl(forged, *world.root.signer)});
  CHECK(world.state() == State::held);
  world.status.replace("b", {make_crl(forged, *world.ca.signer)});
  CHECK(world.state() == State::good);
  world.status.replace("b", {});  // in the place of what it gave before
  CHECK(world.state() == State::held);
}

Octets point_named(const std::string& url) {
  asn1::DistributionPointName out;
  asn1::GeneralName name;
  name.value.emplace<asn1::GeneralName::uniformResourceIdentifier>(asn1::IA5String{url});
  out.value.emplace<asn1::DistributionPointName::fullName>({name});
  return asn1::encode(out);
}

asn1::DistributionPointName decoded_point(Bytes der) { return asn1::decode<asn1::DistributionPointName>(der).value(); }

TEST_CASE("V-36 a CRL that cannot be used is refused, and its source keeps what it had") {
  Revocations world;
  world.use_root();
  world.use(world.content());
  CrlContent content = world.content({crl_entry(world.device.certificate)});
  const Octets number = asn1::encode(std::int64_t{1});
  asn1::IssuingDistributionPoint point;
  Octets scope;
  std::string expected;
  const auto in_part = [&](const char* text) {
    scope = asn1::encode(point);
    content.extensions = {{asn1::id_ce_issuingDistributionPoint, true, scope}};
    expected = text;
  };
  SECTION("delta") {
    content.extensions = {{asn1::id_ce_deltaCRLIndicator, true, number}};
    expected = "delta";
  }
  SECTION("indirect") {
    point.indirectCRL = true;
    in_part("indirect");
  }
  SECTION("some reasons") {
    point.onlySomeReasons.emplace().set(asn1::ReasonFlags::keyCompromise);
    in_part("some reasons");
  }
  SECTION("attribute certificates") {
    point.onlyContainsAttributeCerts = true;
    in_part("attribute");
  }
  SECTION("a critical extension") {
    content.extensions = {{asn1::id_ce_freshestCRL, true, number}};
    expected = "critical extension";
  }
  SECTION("a critical extension of an entry") {
    content.entries.front().extensions = {{asn1::id_ce_certificateIssuer, true, number}};
    expected = "critical extension";
  }
  SECTION("the end is missing") { expected = "cannot be read"; }
  Octets crl = make_crl(content, *world.ca.signer);
  if (expected == "cannot be read") crl.resize(crl.size() - 1);
  const auto wrong = world.status.replace("ca", {make_crl(world.content(), *world.ca.signer), crl});
  REQUIRE_FALSE(wrong);
  CHECK_THAT(wrong.error(), ContainsSubstring(expected));
  CHECK(world.state() == State::good);
}

TEST_CASE("V-36 a partitioned CRL tells of the certificates of its distribution point only") {
  Revocations world;
  world.use_root();
  const Octets zero = point_named("http://ca/0.crl"), one = point_named("http://ca/1.crl");
  const auto device_of = [&](Bytes point) {
    const asn1::CRLDistributionPoints points{{decoded_point(point), {}, {}}};
    return CertificateBuilder("/CN=device")
        .extension(asn1::id_ce_cRLDistributionPoints, false, asn1::encode(points))
        .issued_by(world.ca);
  };
  const Issued here = device_of(zero), elsewhere = device_of(one);
  asn1::IssuingDistributionPoint point;
  point.distributionPoint = decoded_point(zero);
  const Octets scope = asn1::encode(point);
  CrlContent content = world.content({crl_entry(here.certificate), crl_entry(elsewhere.certificate)});
  content.extensions = {{asn1::id_ce_issuingDistributionPoint, true, scope}};
  world.use(content);
  CHECK(world.of(here).state == State::revoked);
  CHECK(world.of(elsewhere).state == State::unknown);
  CHECK(world.of(world.device).state == State::unknown);  // it names no distribution point
}

TEST_CASE("V-36 a CRL of users' or of CAs' certificates only tells of no others") {
  Revocations world;
  world.use_root();
  const auto use = [&](bool users) {
    asn1::IssuingDistributionPoint point;
    (users ? point.onlyContainsUserCerts : point.onlyContainsCACerts) = true;
    const Octets scope = asn1::encode(point);
    CrlContent content = world.content();
    content.extensions = {{asn1::id_ce_issuingDistributionPoint, true, scope}};
    world.use(content);
  };
  use(false);
  CHECK(world.state() == State::unknown);
  use(true);
  CHECK(world.state() == State::good);
}

TEST_CASE("V-36 a CRL of a hundred thousand entries is searched, not read through") {
  Revocations world;
  world.use_root();
  CrlContent content = world.content();
  for (unsigned i = 0; i < 100'000; ++i)
    content.entries.push_back(
        {{0x01, static_cast<std::uint8_t>(i >> 16U), static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)},
         CRLReason::superseded,
         {}});
  content.entries.insert(content.entries.begin() + 50'000, crl_entry(world.device.certificate));
  world.use(content);
  CHECK(world.state() == State::revoked);
  const Issued other = CertificateBuilder("/CN=other").issued_by(world.ca);
  CHECK(world.of(other).state == State::good);
  const auto path = validate(world.trust, other, pool_of({&world.ca})).value();
  const auto view = cmp::CertificateView::decode(other.certificate).value();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) CHECK(world.status.of(view, path.issuers(), noon).state == State::good);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{10});  // 100 million comparisons take longer
}

TEST_CASE("CRLs are replaced while others ask") {
  Revocations world;
  world.use_root();
  const Octets lists[] = {make_crl(world.content(), *world.ca.signer),
                          make_crl(world.content({crl_entry(world.device.certificate)}), *world.ca.signer)};
  world.status.replace("ca", {lists[0]});
  const auto path = validate(world.trust, world.device, pool_of({&world.ca})).value();
  const auto view = cmp::CertificateView::decode(world.device.certificate).value();
  std::vector<State> seen;
  std::jthread asking([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) seen.push_back(world.status.of(view, path.issuers(), noon).state);
  });
  for (unsigned i = 0; i < 100; ++i) world.status.replace("ca", {lists[i % 2]});
  asking.request_stop();
  asking.join();
  for (const State state : seen) CHECK((state == State::good || state == State::revoked));
  CHECK(world.state() == State::revoked);
}

}  // namespace
}  // namespace cmpkit::test
