// The client side of genm: what is asked, and which answers are taken (RFC 9483 Section 4.3, RFC 9810 Section 5.3.19).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/inquiry.h"
#include "tests/support/certificate_builder.h"
#include "tests/support/crl_builder.h"
#include "tests/support/scripted_server.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIStatus;
using cmpkit::test::make_crl;

namespace {

struct Asker {
  Outcome told(const InfoItem& question, const PKIBody& body, const Edit& change = {}) {
    InquiryOptions options;
    options.credential = world.vendor_credential();
    options.trust = world.devices.get();
    options.question = question;
    auto client = Inquiry::create(std::move(options), world.environment()).value();
    return client.receive(ScriptedServer(world).answer(*client.start().send, body, change)).done.value();
  }
  /// The answer of the type that the question wants, with this value.
  Outcome told(const InfoItem& question, const Octets& value) {
    return told(question, cmp::test::told(answer_type(question.oid()), value));
  }
  World world;
};

void check_refused(const Outcome& outcome, std::string_view rule) {
  CAPTURE(outcome.text);
  CHECK_FALSE(outcome.success);
  REQUIRE(outcome.refusal);
  CHECK(outcome.refusal->rule->id == rule);
}

Octets list_of(Bytes element) {
  asn1::CRLsValue list;
  list.push_back({element});
  return asn1::encode(list);
}

Octets octets_of(const asn1::CertReqTemplateContent& content) { return asn1::encode(content); }

}  // namespace

TEST_CASE("S-01 a genm asks one question, and takes one answer of its type") {
  Asker ask;
  InquiryOptions options;
  options.credential = ask.world.vendor_credential();
  options.trust = ask.world.devices.get();
  options.question = ask_for(asn1::id_it_certReqTemplate);
  options.profile = "iot";
  auto client = Inquiry::create(std::move(options), ask.world.environment()).value();
  const Output output = client.start();
  const auto message = sent(output);
  const auto& content = *message.body.get<PKIBody::genm>();
  REQUIRE(content.size() == 1);
  CHECK(content[0].infoType == asn1::id_it_certReqTemplate);
  CHECK_FALSE(content[0].infoValue);  // S-03
  REQUIRE(message.header.generalInfo);
  CHECK(message.header.generalInfo->front().infoType == asn1::id_it_certProfile);  // H-83

  const InfoItem question = ask_for(asn1::id_it_caCerts);
  PKIBody none;
  none.set<PKIBody::genp>();
  check_refused(ask.told(question, none), "S-01");
  PKIBody two = told(asn1::id_it_caCerts, {});
  std::get<PKIBody::genp>(two.value).push_back({asn1::id_it_caCerts, {}});
  check_refused(ask.told(question, two), "S-01");
  check_refused(ask.told(question, told(asn1::id_it_currentCRL, {})), "V-51");
  const Outcome unknown =
      ask.told(question, told(asn1::id_it_unsupportedOIDs, asn1::encode(asn1::UnsupportedOIDsValue{{question.oid()}})));
  check_refused(unknown, "S-02");
  CHECK(unknown.text.find("id-it-caCerts") != std::string::npos);
}

TEST_CASE("S-03 an answer without value, or with NULL, has nothing to tell where that is allowed") {
  Asker ask;
  const auto allowed = GENERATE(asn1::id_it_caCerts, asn1::id_it_certReqTemplate, asn1::id_it_caProtEncCert);
  for (const Octets& value : {Octets{}, asn1::encode(asn1::Null{})}) {
    const Outcome outcome = ask.told(ask_for(allowed), value);
    CHECK(outcome.success);
    REQUIRE(outcome.answer);
    CHECK(outcome.answer->value.empty());
  }
  const auto refused = GENERATE(asn1::id_it_signKeyPairTypes, asn1::id_it_preferredSymmAlg, asn1::id_it_currentCRL);
  check_refused(ask.told(ask_for(refused), Octets{}), "S-04");
}

TEST_CASE("S-05 caCerts are certificates") {
  Asker ask;
  const InfoItem question = ask_for(asn1::id_it_caCerts);
  const Outcome outcome = ask.told(question, list_of(ask.world.ca.certificate));
  REQUIRE(outcome.success);
  CHECK(outcome.answer->certificates == std::vector<Octets>{ask.world.ca.certificate});
  check_refused(ask.told(question, asn1::encode(asn1::Integer{std::span<const std::uint8_t>()})), "S-05");
}

TEST_CASE("S-07 S-08 S-09 key types, key parameters and languages are those asked for") {
  Asker ask;
  asn1::SignKeyPairTypesValue types;
  types.push_back({asn1::id_Ed25519, {}});
  const Octets types_der = asn1::encode(types);
  const auto type = GENERATE(asn1::id_it_signKeyPairTypes, asn1::id_it_encKeyPairTypes);
  CHECK(ask.told(ask_for(type), types_der).answer->algorithms.size() == 1);
  check_refused(ask.told(ask_for(type), asn1::encode(types[0])), "S-07");

  const Octets parameters = asn1::encode(types[0]);
  CHECK(ask.told(ask_for_key_parameters(asn1::id_Ed25519), parameters).success);
  CHECK(ask.told(ask_for_key_parameters(asn1::id_Ed25519), Octets{}).success);  // not supported
  check_refused(ask.told(ask_for_key_parameters(asn1::id_ecPublicKey), parameters), "S-08");
  CHECK(ask.told(ask_for(asn1::id_it_preferredSymmAlg), parameters).success);

  const std::string tags[] = {"de", "en"};
  CHECK(ask.told(ask_for_language(tags), asn1::encode(asn1::SuppLangTagsValue{{"en"}})).answer->language == "en");
  check_refused(ask.told(ask_for_language(tags), asn1::encode(asn1::SuppLangTagsValue{{"fr"}})), "S-09");
  check_refused(ask.told(ask_for_language(tags), asn1::encode(asn1::SuppLangTagsValue{{"de"}, {"en"}})), "S-09");
}

TEST_CASE("caProtEncCert leads to an anchor") {
  Asker ask;
  const InfoItem question = ask_for(asn1::id_it_caProtEncCert);
  const Outcome good = ask.told(question, ask.world.cmp_signer.certificate);
  REQUIRE(good.success);  // the CA above it is in extraCerts
  CHECK(good.answer->certificates.size() == 1);
  check_refused(ask.told(question, cmpkit::test::CertificateBuilder("/CN=other").self_signed().certificate), "V-35");
}

TEST_CASE("T-01 T-02 a template has no key, and wishes for keys in keySpec") {
  Asker ask;
  const InfoItem question = ask_for(asn1::id_it_certReqTemplate);
  const asn1::Name empty = asn1::null_dn;
  asn1::CertReqTemplateContent content;
  content.certTemplate.subject = empty;  // T-03: to be filled in
  asn1::Extensions extensions;
  extensions.push_back({asn1::id_ce_subjectAltName, false, Bytes{}});
  content.certTemplate.extensions = extensions;
  CHECK(ask.told(question, octets_of(content)).success);

  const std::uint8_t one[] = {1};
  auto wrong = content;
  wrong.certTemplate.serialNumber = asn1::Integer{one};
  check_refused(ask.told(question, octets_of(wrong)), "T-01");
  wrong = content;
  wrong.certTemplate.publicKey = asn1::decode<asn1::SubjectPublicKeyInfo>(ask.world.ca.signer->public_key()).value();
  check_refused(ask.told(question, octets_of(wrong)), "T-01");

  const Octets length = asn1::encode(std::int64_t{3072}), zero = asn1::encode(std::int64_t{0});
  const Octets curve = asn1::encode(asn1::AlgorithmIdentifier{asn1::id_Ed25519, {}});
  const Octets rsa = asn1::encode(asn1::AlgorithmIdentifier{asn1::rsaEncryption, asn1::null_value});
  const auto with = [&](std::vector<asn1::AttributeTypeAndValue> wishes) {
    content.keySpec.emplace().assign(wishes.begin(), wishes.end());
    return ask.told(question, octets_of(content));
  };
  CHECK(with({{asn1::id_regCtrl_algId, {curve}}, {asn1::id_regCtrl_rsaKeyLen, {length}}}).success);
  check_refused(with({{asn1::id_regCtrl_algId, {rsa}}}), "T-02");
  check_refused(with({{asn1::id_regCtrl_rsaKeyLen, {zero}}}), "T-02");
  check_refused(with({{asn1::id_regCtrl_regToken, {length}}}), "T-02");
  check_refused(with({{asn1::id_regCtrl_rsaKeyLen, {length}}, {asn1::id_regCtrl_rsaKeyLen, {length}}}), "T-02");
}

TEST_CASE("L-01 a CRL is asked for by its distribution point, else by its issuer, and from when") {
  World world;
  const auto plain = crl_question_about(world.cmp_signer.certificate).value();
  CHECK(plain.distribution_point.empty());
  CHECK(plain.issuer == name("/O=Operator/CN=Issuing CA"));

  asn1::CRLDistributionPoints points(1);
  auto& full = points[0].distributionPoint.emplace().value.emplace<asn1::DistributionPointName::fullName>(1);
  full[0].value.emplace<asn1::GeneralName::uniformResourceIdentifier>(asn1::IA5String{"http://ca/crl"});
  const auto pointed = cmpkit::test::CertificateBuilder("/CN=x")
                           .extension(asn1::id_ce_cRLDistributionPoints, false, asn1::encode(points))
                           .self_signed();
  const auto by_point = crl_question_about(pointed.certificate).value();
  CHECK(by_point.distribution_point == asn1::encode(*points[0].distributionPoint));
  const auto item = ask_for_crl(by_point);
  CHECK(asn1::decode<asn1::CRLStatusListValue>(item.value)->front().source.value.index() == asn1::CRLSource::dpn);

  const Octets crl = make_crl({name("/CN=CA"), world.clock.now()}, *world.ca.signer);
  const auto after = crl_question_after(crl).value();
  CHECK(after.this_update == world.clock.now());
  const InfoItem asked = ask_for_crl(after);
  const auto list = asn1::decode<asn1::CRLStatusListValue>(asked.value).value();
  CHECK(list.front().source.value.index() == asn1::CRLSource::issuer);
  CHECK(list.front().thisUpdate->time() == world.clock.now());
}

TEST_CASE("L-02 a CRL is by the issuer asked for, newer than ours, and signed by that issuer") {
  Asker ask;
  World& world = ask.world;
  const Octets issuer = name("/O=Operator/CN=Issuing CA");
  const Time now = world.clock.now();
  const InfoItem question = ask_for_crl({{}, issuer, now - std::chrono::hours{1}});
  const auto told = [&](const Octets& crl) { return ask.told(question, list_of(crl)); };

  const Octets good = make_crl({issuer, now}, *world.ca.signer);
  const Outcome outcome = told(good);
  REQUIRE(outcome.success);
  CHECK(outcome.answer->crls == std::vector<Octets>{good});
  CHECK(outcome.answer->crls_verified);
  CHECK(ask.told(question, Octets{}).success);  // nothing newer
  CHECK(ask.told(ask_for(asn1::id_it_currentCRL), good).answer->crls_verified);

  check_refused(told(make_crl({issuer, now - std::chrono::hours{1}}, *world.ca.signer)), "L-02");
  check_refused(told(make_crl({issuer, now}, *world.vendor.signer)), "L-02");
  check_refused(told(make_crl({name("/CN=other"), now}, *world.ca.signer)), "L-02");
  asn1::CRLsValue two;
  two.push_back({good});
  two.push_back({good});
  check_refused(ask.told(question, asn1::encode(two)), "L-02");

  const InfoItem of_unknown = ask_for_crl({{}, name("/CN=other"), {}});
  const Outcome unknown = ask.told(of_unknown, list_of(make_crl({name("/CN=other"), now}, *world.vendor.signer)));
  REQUIRE(unknown.success);
  CHECK_FALSE(unknown.answer->crls_verified);
}

TEST_CASE("an own type is asked for and its answer handed on as it is") {
  Asker ask;
  const Octets value = asn1::encode(std::int64_t{42});
  const Outcome outcome = ask.told({copy_of(asn1::id_data.octets), value}, value);
  REQUIRE(outcome.success);
  CHECK(outcome.answer->value == value);
}

TEST_CASE("S-04 an error ends an inquiry, and says why") {
  Asker ask;
  const Outcome outcome =
      ask.told(ask_for(asn1::id_it_caCerts), error_body(PKIStatus::rejection, PKIFailureInfo::addInfoNotAvailable));
  CHECK_FALSE(outcome.success);
  CHECK(outcome.authenticated);
  CHECK(outcome.fail_info == PKIFailureInfo::addInfoNotAvailable);
  CHECK_FALSE(outcome.answer);
}

TEST_CASE("questions that lack what they need are refused when they are made") {
  World world;
  InquiryOptions options;
  options.credential = world.vendor_credential();
  options.trust = world.devices.get();
  for (const InfoItem& question : {InfoItem{}, ask_for(asn1::id_it_rootCaCert), ask_for(asn1::id_it_crlStatusList)}) {
    options.question = question;
    CHECK_FALSE(Inquiry::create(options, world.environment()));
  }
  options.question = ask_for(asn1::id_it_caCerts);
  options.profile = "p";
  CHECK_FALSE(Inquiry::create(options, world.environment()));  // H-83
}
