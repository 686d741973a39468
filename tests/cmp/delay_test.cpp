// Delayed delivery of every kind of answer, and the rules of polling (RFC 9483 Sections 4.4 and 5.1.5).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

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

/// Delays answers of one type until they were polled for so often.
class Slow final : public DelayPolicy {
 public:
  Slow(PKIBody::Type type, unsigned polls) : type_(type), polls_(polls) {}
  std::optional<std::chrono::seconds> delay(PKIBody::Type request, unsigned polls) override {
    return request == type_ && polls < polls_ ? std::optional(std::chrono::seconds{17}) : std::nullopt;
  }

 private:
  PKIBody::Type type_;
  unsigned polls_;
};

void make_slow(World& world, DelayPolicy& policy) {
  auto configuration = world.configuration();
  configuration.delay = &policy;
  world.use(std::move(configuration));
}

PKIBody poll(std::int64_t cert_req_id) {
  PKIBody body;
  body.set<PKIBody::pollReq>().push_back({cert_req_id});
  return body;
}

void check_waiting(const asn1::PKIMessage& answer, PKIBody::Type type) {
  CHECK(answer.body.type() == type);
  CHECK(status_in(answer).status == PKIStatus::waiting);
  CHECK_FALSE(status_in(answer).failInfo);  // E-12
}

void check_still_waiting(const asn1::PKIMessage& answer, std::int64_t cert_req_id) {
  REQUIRE(answer.body.type() == PKIBody::pollRep);
  const auto& content = *answer.body.get<PKIBody::pollRep>();
  REQUIRE(content.size() == 1);
  CHECK(content.front().certReqId == cert_req_id);
  CHECK(content.front().checkAfter == 17);
}

/// What the client sends first, with the answer that it gets at once and in the end.
struct Kind {
  PKIBody::Type request, waiting, answer;
  std::int64_t cert_req_id;
};

}  // namespace

TEST_CASE("DL-01 DL-04 DL-13 the answer to a certificate request is polled for") {
  World world;
  const Kind kind = GENERATE(values<Kind>({{PKIBody::ir, PKIBody::ip, PKIBody::ip, 0},
                                           {PKIBody::cr, PKIBody::cp, PKIBody::cp, 0},
                                           {PKIBody::kur, PKIBody::kup, PKIBody::kup, 0}}));
  const Device device = enrolled(world);
  Slow slow(kind.request, 2);
  make_slow(world, slow);
  const EnrollmentBody request(world, kind.request);
  Caller caller(world, kind.request == PKIBody::kur ? Credential(device.credential(world)) : world.secret_credential());
  Octets nonce;
  check_waiting(caller.send(request.body, [&](asn1::PKIMessage& m) { nonce = copy_of(*m.header.senderNonce); }),
                kind.waiting);
  check_still_waiting(caller.send(poll(0)), 0);
  check_still_waiting(caller.send(poll(0)), 0);
  const auto& answer = caller.send(poll(0));
  CHECK(answer.body.type() == kind.answer);
  CHECK(status_in(answer).status == PKIStatus::accepted);
  CHECK(copy_of(*answer.header.recipNonce) == nonce);  // H-73
  const Octets certificate = copy_of(certificate_in(answer));
  CHECK(stored(world, certificate).status == Status::unconfirmed);
  asn1::Storage storage;
  CHECK(caller.send(confirming(answer, storage)).body.type() == PKIBody::pkiconf);
  CHECK(stored(world, certificate).status == Status::valid);
}

TEST_CASE("H-73 a delayed answer names the last poll where it is configured so") {
  World world;
  Slow slow(PKIBody::ir, 1);
  auto configuration = world.configuration();
  configuration.delay = &slow;
  configuration.answer_last_poll = true;
  world.use(std::move(configuration));
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential());
  Octets nonce;
  const Edit note = [&](asn1::PKIMessage& m) { nonce = copy_of(*m.header.senderNonce); };
  caller.send(request.body);
  check_still_waiting(caller.send(poll(0)), 0);
  const auto& answer = caller.send(poll(0), note);
  CHECK(status_in(answer).status == PKIStatus::accepted);
  CHECK(copy_of(*answer.header.recipNonce) == nonce);
}

TEST_CASE("C-10 the answer to a certConf is polled for, and until then nothing is decided") {
  World world;
  Slow slow(PKIBody::certConf, 1);
  make_slow(world, slow);
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential());
  const Octets certificate = copy_of(certificate_in(caller.send(request.body)));
  asn1::Storage storage;
  check_waiting(caller.send(confirming(caller.answer(), storage)), PKIBody::error);
  CHECK(stored(world, certificate).status == Status::unconfirmed);
  check_still_waiting(caller.send(poll(-1)), -1);
  world.clock.advance(std::chrono::seconds{400});  // the time to confirm is over, but the certConf was in time
  CHECK(world.responder->expire() == 0);
  CHECK(caller.send(poll(-1)).body.type() == PKIBody::pkiconf);
  CHECK(stored(world, certificate).status == Status::valid);
}

TEST_CASE("DL-01 the answers to rr and genm are polled for with certReqId -1") {
  World world;
  const Device device = enrolled(world);
  const bool revocation = GENERATE(true, false);
  Slow slow(revocation ? PKIBody::rr : PKIBody::genm, 1);
  make_slow(world, slow);
  PKIBody request;
  const auto view = device.view();
  if (revocation) {
    auto& details = request.set<PKIBody::rr>().emplace_back();
    details.certDetails.serialNumber = view.serial();
    details.certDetails.issuer = view.issuer();
  } else {
    request.set<PKIBody::genm>().push_back({asn1::id_it_caCerts, {}});
  }
  Caller caller(world, device.credential(world));
  check_waiting(caller.send(request), PKIBody::error);
  CHECK(stored(world, device.certificate).status == Status::valid);
  check_still_waiting(caller.send(poll(-1)), -1);
  CHECK(caller.send(poll(-1)).body.type() == (revocation ? PKIBody::rp : PKIBody::genp));
  CHECK((stored(world, device.certificate).status == Status::revoked) == revocation);
}

TEST_CASE("DL-07 what is wrong is refused at once") {
  World world;
  Slow slow(PKIBody::ir, 100);
  make_slow(world, slow);
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential());
  PKIBody wrong = request.body;
  auto messages = *wrong.get<PKIBody::ir>();
  messages.front().popo.reset();
  wrong.set<PKIBody::ir>() = messages;
  check_refused(caller.send(wrong), PKIBody::ip, PKIFailureInfo::badPOP, "R-06");
}

TEST_CASE("DL-03 DL-10 V-20 polls for what is not delayed here are refused and change nothing") {
  World world;
  Slow slow(PKIBody::ir, 1);
  make_slow(world, slow);
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential()), other(world, world.vendor_credential());
  check_refused(caller.send(poll(0)), PKIBody::error, PKIFailureInfo::badRequest, "V-04");
  caller.start_over();
  caller.send(request.body);
  check_refused(caller.send(poll(-1)), PKIBody::error, PKIFailureInfo::badRequest, "DL-03");
  check_refused(caller.send(poll(0)), PKIBody::error, PKIFailureInfo::badRecipientNonce, "V-20");  // of an error
}

TEST_CASE("D-5 the answer to a p10cr is polled for with 0 or -1") {
  World world;
  Slow slow(PKIBody::p10cr, 1);
  make_slow(world, slow);
  const EnrollmentBody request(world, PKIBody::p10cr);
  Caller caller(world, world.secret_credential());
  const std::int64_t id = GENERATE(0, -1);
  check_waiting(caller.send(request.body), PKIBody::cp);
  CHECK(caller.answer().body.cert_responses()->response.front().certReqId == -1);
  check_still_waiting(caller.send(poll(id)), id);
  CHECK(status_in(caller.send(poll(id))).status == PKIStatus::accepted);
}

TEST_CASE("DL-10 where nothing is delayed there is nothing to poll for") {
  World world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential());
  CHECK(status_in(caller.send(request.body)).status == PKIStatus::accepted);
  check_refused(caller.send(poll(0)), PKIBody::error, PKIFailureInfo::badRequest, "V-04");
}

TEST_CASE("a delayed answer that nobody polls for is given up") {
  World world;
  Slow slow(PKIBody::ir, 1);
  make_slow(world, slow);
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential());
  caller.send(request.body);
  world.clock.advance(std::chrono::days{8});
  CHECK(world.responder->expire() == 1);
  check_refused(caller.send(poll(0)), PKIBody::error, PKIFailureInfo::badRequest, "V-04");
}

TEST_CASE("a poll whose answer was lost is answered the same again") {
  World world;
  Slow slow(PKIBody::ir, 1);
  make_slow(world, slow);
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential());
  caller.send(request.body);
  check_still_waiting(caller.send(poll(0)), 0);
  const Octets first = caller.reply.octets;
  caller.send_again();
  CHECK(caller.reply.octets == first);
  caller.send(poll(0));
  const Octets granted = caller.reply.octets;
  caller.send_again();
  CHECK(caller.reply.octets == granted);  // and no second certificate
}
