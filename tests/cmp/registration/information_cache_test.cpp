// Answers to general messages that an RA keeps.
#include <catch2/catch_test_macros.hpp>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/certificate_authority.h"
#include "cmpkit/cmp/crl.h"
#include "cmpkit/cmp/information_cache.h"
#include "tests/cmp/support/caller.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;

namespace {

const std::vector<Octets> kept = {copy_of(asn1::id_it_caCerts.octets), copy_of(asn1::id_it_crlStatusList.octets)};

Answer ca_certificates(const World& world) {
  Answer answer;
  answer.type = copy_of(asn1::id_it_caCerts.octets);
  answer.value = asn1::encode(asn1::CaCertsValue{{world.ca.certificate}});
  answer.certificates = {world.ca.certificate};
  return answer;
}

/// What is told to this question; none where it is refused.
std::optional<Information> told(InformationCache& cache, const InfoItem& question, Time now) {
  const asn1::Any value{question.value};
  auto decision = cache.answer({question.oid(), question.value.empty() ? nullptr : &value, {}, nullptr}, now);
  auto* known = std::get_if<std::vector<Information>>(&decision);
  if (known == nullptr || known->size() != 1) return {};
  return known->front();
}

bool has(const InformationCache& cache, const InfoItem& question, Time now) {
  const asn1::Any value{question.value};
  return cache.has(question.oid(), question.value.empty() ? nullptr : &value, now);
}

}  // namespace

TEST_CASE("a cache tells what was put in, until it is stale") {
  World world;
  InformationCache cache(kept);
  const Time now = world.clock.now();
  const InfoItem question = ask_for(asn1::id_it_caCerts);
  CHECK_FALSE(has(cache, question, now));
  CHECK_FALSE(told(cache, question, now));
  const Answer answer = ca_certificates(world);
  cache.put(question, answer, now + std::chrono::hours{1});
  CHECK(has(cache, question, now));
  const auto known = told(cache, question, now);
  REQUIRE(known);
  CHECK(known->value == answer.value);
  CHECK(known->type == asn1::id_it_caCerts);
  CHECK_FALSE(has(cache, question, now + std::chrono::hours{1}));
  CHECK_FALSE(told(cache, question, now + std::chrono::hours{1}));
}

TEST_CASE("an answer of nothing is an answer too, and takes the place of the one before") {
  World world;
  InformationCache cache(kept);
  const Time now = world.clock.now(), later = now + std::chrono::hours{1};
  const InfoItem question = ask_for(asn1::id_it_caCerts);
  cache.put(question, ca_certificates(world), later);
  Answer nothing;
  nothing.type = copy_of(asn1::id_it_caCerts.octets);
  cache.put(question, nothing, later);
  const auto known = told(cache, question, now);
  REQUIRE(known);
  CHECK_FALSE(known->value);
}

TEST_CASE("L-02 a CRL is told to who has none that is as new, whatever it has") {
  World world;
  CrlOptions options;
  options.signer = world.ca.signer;
  options.certificate = world.ca.certificate;
  const auto crls = CrlIssuer::create(options, *world.store, world.environment()).value();
  const StoredCrl crl = crls->current(0, world.clock.now()).value();
  Answer answer;
  answer.type = copy_of(asn1::id_it_crls.octets);
  answer.crls = {crl.der};
  answer.value = asn1::encode(asn1::CRLsValue{{crl.der}});

  InformationCache cache(kept);
  const Time now = world.clock.now(), later = now + std::chrono::hours{1};
  CrlQuestion asked;
  asked.issuer = copy_of(world.authority->issuer().tlv);
  cache.put(ask_for_crl(asked), answer, later);
  REQUIRE(told(cache, ask_for_crl(asked), now));
  CHECK(told(cache, ask_for_crl(asked), now)->value == answer.value);
  CHECK(told(cache, ask_for_crl(asked), now)->type == asn1::id_it_crls);
  asked.this_update = crl.this_update - std::chrono::hours{1};
  CHECK(told(cache, ask_for_crl(asked), now)->value == answer.value);
  asked.this_update = crl.this_update;
  REQUIRE(told(cache, ask_for_crl(asked), now));
  CHECK_FALSE(told(cache, ask_for_crl(asked), now)->value);

  SECTION("where there is none that is newer, the one at hand is good for longer") {
    Answer none;
    none.type = answer.type;
    cache.put(ask_for_crl(asked), none, later + std::chrono::hours{1});
    asked.this_update.reset();
    REQUIRE(told(cache, ask_for_crl(asked), later));
    CHECK(told(cache, ask_for_crl(asked), later)->value == answer.value);
  }
  SECTION("another issuer's is another question") {
    asked.issuer = name("/CN=another");
    CHECK_FALSE(has(cache, ask_for_crl(asked), now));
  }
}

TEST_CASE("a responder answers from a cache, and says that it cannot where there is nothing") {
  World world;
  InformationCache cache(kept);
  auto configuration = world.configuration();
  configuration.information = {&cache};
  world.use(std::move(configuration));
  PKIBody question;
  question.set<PKIBody::genm>().push_back({asn1::id_it_caCerts, {}});
  Caller caller(world, world.vendor_credential());
  check_refused(caller.send(question), PKIBody::error, PKIFailureInfo::systemUnavail, "E-30");
  cache.put(ask_for(asn1::id_it_caCerts), ca_certificates(world), world.clock.now() + std::chrono::hours{1});
  caller.start_over();
  const auto& answer = caller.send(question);
  REQUIRE(answer.body.type() == PKIBody::genp);
  CHECK(answer.body.get<PKIBody::genp>()->front().infoValue);
}
