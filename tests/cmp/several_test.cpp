// Several requests in one message, as RFC 9810 allows and RFC 9483 does not; and answers in kind.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmp/message/encode_message.h"
#include "cmp/possession/signature_possession.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "tests/cmp/support/caller.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIStatus;
using Status = IssuedCertificate::Status;

namespace {

/// An ir with requests of these certReqIds, the last of them without proof of possession.
class Three {
 public:
  explicit Three(const World& world, std::initializer_list<std::int64_t> ids) {
    auto& messages = body.set<PKIBody::ir>();
    for (const auto id : ids) {
      const auto& made = requests_.emplace_back(std::make_unique<EnrollmentBody>(world, PKIBody::ir));
      asn1::CertRequest request = made->body.get<PKIBody::ir>()->front().certReq;
      request.certReqId = id;
      request.octets = {};
      const Octets proved = prove_possession(request, *made->key).value();
      messages.push_back(asn1::decode<asn1::CertReqMsg>(storage_.keep_copy(proved)).value());
    }
    auto& last = messages.back().popo;
    last.emplace().value.emplace<asn1::ProofOfPossession::raVerified>();
  }
  PKIBody body;

 private:
  std::vector<std::unique_ptr<EnrollmentBody>> requests_;
  asn1::Storage storage_;
};

void allow_several(World& world) {
  auto configuration = world.configuration();
  configuration.several_per_message = true;
  world.use(std::move(configuration));
}

}  // namespace

TEST_CASE("R-01 one request a message is allowed, unless configured otherwise") {
  World world;
  const Three three(world, {0, 1, 2});
  Caller caller(world, world.secret_credential());
  const auto& answer = caller.send(three.body);
  REQUIRE(answer.body.type() == PKIBody::ip);
  for (const auto& response : answer.body.cert_responses()->response)
    CHECK(response.status.status == PKIStatus::rejection);
}

TEST_CASE("several requests get a response each, and a confirmation for all that were granted") {
  World world;
  allow_several(world);
  const Three three(world, {5, 0, 7});
  Caller caller(world, world.secret_credential());
  const auto& responses = caller.send(three.body).body.cert_responses()->response;
  REQUIRE(responses.size() == 3);
  CHECK(responses[0].certReqId == 5);
  CHECK(responses[1].certReqId == 0);
  CHECK(responses[2].certReqId == 7);
  CHECK(responses[2].status.status == PKIStatus::rejection);
  const auto certificate = [&](std::size_t i) {
    return copy_of(std::get<asn1::CMPCertificate>(responses[i].certifiedKeyPair.value().certOrEncCert.value).tlv);
  };
  const Octets first = certificate(0), second = certificate(1);
  asn1::Storage storage;
  PKIBody confirmation = confirming(caller.answer(), storage);
  auto statuses = *confirmation.get<PKIBody::certConf>();
  REQUIRE(statuses.size() == 2);
  const bool both = GENERATE(true, false);
  if (!both) statuses.pop_back();  // C-09: one that is not named is rejected
  confirmation.set<PKIBody::certConf>() = statuses;
  CHECK(caller.send(confirmation).body.type() == PKIBody::pkiconf);
  CHECK(stored(world, first).status == Status::valid);
  CHECK(stored(world, second).status == (both ? Status::valid : Status::rejected));
}

TEST_CASE("R-01 two requests of one certReqId are one too many") {
  World world;
  allow_several(world);
  const Three three(world, {1, 1, 2});
  Caller caller(world, world.secret_credential());
  const auto& responses = caller.send(three.body).body.cert_responses()->response;
  CHECK(responses[0].status.status == PKIStatus::accepted);
  CHECK(responses[1].status.status == PKIStatus::rejection);
}

TEST_CASE("M-01 every answer has the MAC algorithm of its request, with a fresh salt") {
  World world;
  const auto method = GENERATE(MacMethod{MacMethod::Kind::pbm, 500}, MacMethod{MacMethod::Kind::pbmac1, 700});
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential(method));
  Octets asked;
  caller.send(request.body);
  const auto sent = asn1::encode(caller.answer().header.protectionAlg.value());
  asn1::Storage storage;
  caller.send(confirming(caller.answer(), storage));
  const auto& algorithm = caller.answer().header.protectionAlg.value();
  CHECK(asn1::encode(algorithm) != sent);
  CHECK(algorithm.algorithm ==
        (method.kind == MacMethod::Kind::pbm ? asn1::Oid(asn1::id_PasswordBasedMac) : asn1::Oid(asn1::id_PBMAC1)));
  if (method.kind == MacMethod::Kind::pbm)
    CHECK(asn1::decode<asn1::PBMParameter>(algorithm.parameters->tlv)->iterationCount == method.iterations);
}

TEST_CASE("RFC 9045 Section 4.4 an answer under AES-GMAC has a nonce of its own") {
  const Octets nonce(12, 0x42);
  const Octets parameters = asn1::encode(asn1::GMACParameters{nonce, 16});
  const asn1::AlgorithmIdentifier gmac{asn1::id_aes128_GMAC, asn1::Any{parameters}};
  const auto fresh = with_fresh_salt(gmac, system_random());
  REQUIRE(fresh);
  const auto read = asn1::decode<asn1::GMACParameters>((**fresh).parameters->tlv);
  REQUIRE(read);
  CHECK(read->nonce.size() == 12);
  CHECK(copy_of(read->nonce) != nonce);
  CHECK(read->length == 16);
}

TEST_CASE("a secret that is gone before the answer is made leaves a signed error, not nothing") {
  struct Forgetful final : SharedSecrets {
    Known<Octets> find(Bytes) const override {
      return used++ == 0 ? std::optional(octets("secret-123456")) : std::nullopt;
    }
    mutable int used = 0;
  };
  World world;
  Forgetful secrets;
  auto configuration = world.configuration();
  configuration.secrets = &secrets;
  world.use(std::move(configuration));
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential());
  check_refused(caller.send(request.body), PKIBody::error, PKIFailureInfo::systemUnavail, "E-30");
}
