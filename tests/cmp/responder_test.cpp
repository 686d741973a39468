// Every refusal of the responder: a valid message plus a named change, and what must come back.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <thread>

#include "cmp/message/fields.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/algorithms.h"
#include "tests/support/crafted.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;
using Status = IssuedCertificate::Status;

namespace {

constexpr std::uint8_t short_octets[8] = {1, 2, 3, 4, 5, 6, 7, 8};
constexpr std::uint8_t other_octets[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

asn1::CertReqMsg& request_of(PKIMessage& m) { return std::get<PKIBody::ir>(m.body.value).front(); }
asn1::CertTemplate& template_of(PKIMessage& m) { return request_of(m).certReq.certTemplate; }
asn1::CertStatus& status_of(PKIMessage& m) { return std::get<PKIBody::certConf>(m.body.value).front(); }

/// The answer's status: of the error, or of the rejected certificate request.
struct Answer {
  PKIBody::Type type;
  asn1::PKIStatus status;
  std::optional<PKIFailureInfo> fail_info;
  bool is_protected;
};

Answer answer_of(const Reply& reply) {
  const auto message = asn1::decode<PKIMessage>(reply.octets);
  REQUIRE(message);
  const auto type = message->body.type();
  const asn1::PKIStatusInfo& info = type == PKIBody::error ? message->body.get<PKIBody::error>()->pKIStatusInfo
                                                           : message->body.cert_responses()->response.front().status;
  REQUIRE(info.statusString);
  return {type, info.status, info.failInfo, message->protection.has_value()};
}

void check_refused(const Reply& reply, std::string_view rule, PKIBody::Type type, PKIFailureInfo::Bit bit) {
  REQUIRE(reply.refusal);
  CAPTURE(reply.refusal->text);
  CHECK(reply.refusal->rule->id == rule);
  CHECK(reply.refusal->text.find(rule) == 0);
  const Answer answer = answer_of(reply);
  CHECK(answer.type == type);
  CHECK(answer.status == asn1::PKIStatus::rejection);
  CHECK(answer.is_protected);
  REQUIRE(answer.fail_info);
  CHECK(answer.fail_info->bits == PKIFailureInfo{}.set(bit).bits);  // exactly one bit
}

/// The ir of a device that enrols with a secret, and what is needed to craft variants of it.
struct Request {
  explicit Request(World& w) : world(w), credential(w.secret_credential()) {
    EnrollmentOptions options = world.options(credential);
    options.implicit_confirm = false;
    key = options.new_key;
    enrollment.emplace(Enrollment::create(std::move(options), world.environment()).value());
    octets = *enrollment->start().send;
  }
  World& world;
  Credential credential;
  std::shared_ptr<const Signer> key;
  std::optional<Enrollment> enrollment;
  Octets octets;
};

struct Row {
  std::string_view rule;
  PKIBody::Type answer;
  PKIFailureInfo::Bit bit;
  Edit change;
};

}  // namespace

TEST_CASE("requests with a wrong header are answered by an error") {
  World world;
  Request request(world);
  const Row row = GENERATE(values<Row>({
      {"V-02", PKIBody::error, PKIFailureInfo::unsupportedVersion,
       [](PKIMessage& m) { m.header.pvno = asn1::Pvno{4}; }},
      {"V-02", PKIBody::error, PKIFailureInfo::unsupportedVersion,
       [](PKIMessage& m) { m.header.pvno = asn1::Pvno{1}; }},
      {"V-03", PKIBody::error, PKIFailureInfo::badDataFormat, [](PKIMessage& m) { m.header.transactionID.reset(); }},
      {"H-60", PKIBody::error, PKIFailureInfo::badDataFormat,
       [](PKIMessage& m) { m.header.transactionID = Bytes(short_octets); }},
      {"V-10", PKIBody::error, PKIFailureInfo::badSenderNonce, [](PKIMessage& m) { m.header.senderNonce.reset(); }},
      {"V-10", PKIBody::error, PKIFailureInfo::badSenderNonce,
       [](PKIMessage& m) { m.header.senderNonce = Bytes(short_octets); }},
      {"V-22", PKIBody::error, PKIFailureInfo::badRecipientNonce,
       [](PKIMessage& m) { m.header.recipNonce = Bytes(other_octets); }},
      {"V-41", PKIBody::error, PKIFailureInfo::badTime,
       [](PKIMessage& m) { m.header.messageTime->value -= std::chrono::hours{1}; }},
      {"V-04", PKIBody::error, PKIFailureInfo::badRequest, [](PKIMessage& m) { m.body.set<PKIBody::pkiconf>(); }},
      {"V-04", PKIBody::error, PKIFailureInfo::badRequest,
       [](PKIMessage& m) { m.body.set<PKIBody::certConf>().emplace_back(); }},
      {"K-04", PKIBody::error, PKIFailureInfo::wrongIntegrity,
       [](PKIMessage& m) { m.body.set<PKIBody::kur>() = asn1::CertReqMessages(*m.body.get<PKIBody::ir>()); }},
  }));
  check_refused(world.responder->respond(changed(request.octets, request.credential, world, row.change)), row.rule,
                row.answer, row.bit);
}

TEST_CASE("H-80 H-82 H-83 H-30 generalInfo that contradicts itself or its message is answered by an error") {
  World world;
  Request request(world);
  asn1::Storage storage;
  const asn1::Any time{storage.keep(asn1::encode(asn1::GeneralizedTime{world.clock.now()}))};
  struct Info {
    std::string_view rule;
    asn1::Oid type;
    std::optional<asn1::Any> value;
  };
  const Info all[] = {{"H-80", asn1::id_it_implicitConfirm, std::nullopt},
                      {"H-82", asn1::id_it_confirmWaitTime, time},
                      {"H-83", asn1::id_it_certProfile, std::nullopt}};
  const Info& info = all[GENERATE(0, 1, 2)];
  const Edit add = [&](PKIMessage& m) { m.header.generalInfo.emplace().push_back({info.type, info.value}); };
  check_refused(world.responder->respond(changed(request.octets, request.credential, world, add)), info.rule,
                PKIBody::error, PKIFailureInfo::badRequest);
}

TEST_CASE("H-80 H-83 implicitConfirm and certProfile do not stand in a certConf") {
  World world;
  Request request(world);
  const Reply granted = world.responder->respond(request.octets);
  const Octets confirmation = *request.enrollment->receive(granted.octets).send;
  asn1::Storage storage;
  const asn1::CertProfileValue names{{"default"}};
  const bool implicit = GENERATE(true, false);
  const Edit add = [&](PKIMessage& m) {
    m.header.generalInfo.emplace().push_back(
        {implicit ? asn1::id_it_implicitConfirm : asn1::id_it_certProfile,
         asn1::Any{storage.keep(implicit ? asn1::encode(asn1::Null{}) : asn1::encode(names))}});
  };
  check_refused(world.responder->respond(changed(confirmation, request.credential, world, add)),
                implicit ? "H-80" : "H-83", PKIBody::error, PKIFailureInfo::badRequest);
}

TEST_CASE("H-70 the senderNonce of a certConf is not that of the request") {
  World world;
  Request request(world);
  const Reply granted = world.responder->respond(request.octets);
  const Octets confirmation = *request.enrollment->receive(granted.octets).send;
  const auto first = asn1::decode<PKIMessage>(request.octets);
  const Edit repeat = [&](PKIMessage& m) { m.header.senderNonce = *first->header.senderNonce; };
  check_refused(world.responder->respond(changed(confirmation, request.credential, world, repeat)), "H-70",
                PKIBody::error, PKIFailureInfo::badSenderNonce);
}

TEST_CASE("H-02 hashAlg stands in messages of pvno 3 only") {
  World world;
  Request request(world);
  const Reply granted = world.responder->respond(request.octets);
  const Octets confirmation = *request.enrollment->receive(granted.octets).send;
  const Edit add = [&](PKIMessage& m) { status_of(m).hashAlg = identifier_of(Digest::sha256); };
  check_refused(world.responder->respond(changed(confirmation, request.credential, world, add)), "H-02", PKIBody::error,
                PKIFailureInfo::badRequest);
}

TEST_CASE("V-04 no certConf is due where implicit confirmation was granted") {
  World world;
  EnrollmentOptions options = world.options(world.secret_credential());
  auto enrollment = Enrollment::create(options, world.environment()).value();
  const Octets request = *enrollment.start().send;
  const auto granted = asn1::Owned<PKIMessage>::decode(world.responder->respond(request).octets).value();
  const Edit confirm = [&](PKIMessage& m) {
    m.header.recipNonce = *granted->header.senderNonce;
    m.header.senderNonce = Bytes(other_octets);
    m.header.generalInfo.reset();
    m.body.set<PKIBody::certConf>().emplace_back().certHash = Bytes(other_octets);
  };
  check_refused(world.responder->respond(changed(request, options.credential, world, confirm)), "V-04", PKIBody::error,
                PKIFailureInfo::badRequest);
}

TEST_CASE("requests with wrong protection are answered by a signed error") {
  World world;
  Request request(world);
  const Row row = GENERATE(values<Row>({
      {"V-30", PKIBody::error, PKIFailureInfo::badMessageCheck,
       [](PKIMessage& m) { m.protection.reset(), m.header.protectionAlg.reset(); }},
      {"H-40", PKIBody::error, PKIFailureInfo::badMessageCheck, [](PKIMessage& m) { m.header.protectionAlg.reset(); }},
      {"V-34", PKIBody::error, PKIFailureInfo::badMessageCheck,
       [](PKIMessage& m) { m.header.pvno = asn1::Pvno::cmp2021; }},
      {"V-32", PKIBody::error, PKIFailureInfo::badMessageCheck,
       [](PKIMessage& m) { m.header.senderKID = Bytes(short_octets); }},
      {"V-33", PKIBody::error, PKIFailureInfo::badAlg,
       [](PKIMessage& m) { m.header.protectionAlg = asn1::AlgorithmIdentifier{asn1::id_DHBasedMac, {}}; }},
      {"V-33", PKIBody::error, PKIFailureInfo::badAlg,
       [](PKIMessage& m) { m.header.protectionAlg = asn1::AlgorithmIdentifier{asn1::id_sha256, {}}; }},
      {"V-33", PKIBody::error, PKIFailureInfo::badAlg,  // RFC 9045 Section 4.4: its nonce must not come back
       [](PKIMessage& m) { m.header.protectionAlg = asn1::AlgorithmIdentifier{asn1::id_aes128_GMAC, {}}; }},
      {"P-06", PKIBody::error, PKIFailureInfo::signerNotTrusted,
       [](PKIMessage& m) { m.header.protectionAlg = asn1::AlgorithmIdentifier{asn1::ecdsa_with_SHA256, {}}; }},
  }));
  check_refused(world.responder->respond(changed_without_protection(request.octets, row.change)), row.rule, row.answer,
                row.bit);
  CHECK(world.run(world.options(world.secret_credential())).success);  // and the server goes on
}

TEST_CASE("certificate requests that are wrong are answered by a rejection") {
  World world;
  Request request(world);
  const Row row = GENERATE(values<Row>({
      {"R-01", PKIBody::ip, PKIFailureInfo::badRequest, [](PKIMessage& m) { request_of(m).certReq.certReqId = 1; }},
      {"R-01", PKIBody::ip, PKIFailureInfo::badRequest,
       [](PKIMessage& m) {
         auto& requests = std::get<PKIBody::ir>(m.body.value);
         requests.push_back(asn1::CertReqMsg(requests.front()));
       }},
      {"R-02", PKIBody::ip, PKIFailureInfo::badCertTemplate, [](PKIMessage& m) { template_of(m).subject.reset(); }},
      {"R-02", PKIBody::ip, PKIFailureInfo::badCertTemplate,
       [](PKIMessage& m) { template_of(m).subject = asn1::null_dn; }},
      {"R-03", PKIBody::ip, PKIFailureInfo::badCertTemplate,
       [](PKIMessage& m) { template_of(m).version = asn1::Version::v1; }},
      {"R-03", PKIBody::ip, PKIFailureInfo::badCertTemplate,
       [](PKIMessage& m) { template_of(m).serialNumber = asn1::Integer{Bytes(short_octets)}; }},
      {"R-04", PKIBody::ip, PKIFailureInfo::badCertTemplate, [](PKIMessage& m) { template_of(m).publicKey.reset(); }},
      {"R-04", PKIBody::ip, PKIFailureInfo::badCertTemplate,
       [](PKIMessage& m) { template_of(m).publicKey->subjectPublicKey.octets = {}; }},
      {"R-06", PKIBody::ip, PKIFailureInfo::badPOP, [](PKIMessage& m) { request_of(m).popo.reset(); }},
      {"R-06", PKIBody::ip, PKIFailureInfo::badPOP,
       [](PKIMessage& m) { std::get<1>(request_of(m).popo->value).signature.octets = Bytes(short_octets); }},
      {"R-08", PKIBody::ip, PKIFailureInfo::notAuthorized,
       [](PKIMessage& m) { request_of(m).popo->value.emplace<0>(); }},
      {"R-05", PKIBody::ip, PKIFailureInfo::badPOP,
       [](PKIMessage& m) { request_of(m).popo->value.emplace<2>().value.emplace<1>(); }},
  }));
  check_refused(world.responder->respond(changed(request.octets, request.credential, world, row.change)), row.rule,
                row.answer, row.bit);
}

TEST_CASE("R-06 possession is proved over the request as it was sent") {
  World world;
  Request request(world);
  Octets storage, wanted = name("/CN=somebody else");
  const auto rename = [&](PKIMessage& m) { template_of(m).subject = asn1::Name{wanted}; };
  check_refused(world.responder->respond(changed(request.octets, request.credential, world, rename)), "R-06",
                PKIBody::ip, PKIFailureInfo::badPOP);
}

TEST_CASE("R-07 with the binding `same` a credential gets certificates of its own name only") {
  World world;
  ResponderConfiguration configuration = world.configuration();
  configuration.permissions = World::permissions(SubjectRule::Kind::same);
  world.use(std::move(configuration));
  const bool by_secret = GENERATE(true, false);
  const Credential credential = by_secret ? Credential(world.secret_credential()) : world.vendor_credential("/CN=dev1");
  EnrollmentOptions own = world.options(credential);
  own.subject = name("/CN=dev1");
  CHECK(world.run(std::move(own)).success);
  const Outcome other = world.run(world.options(credential));
  CHECK(other.fail_info == PKIFailureInfo::notAuthorized);
}

TEST_CASE("V-31 a responder without secrets, or without anchors, says which protection it takes") {
  World world;
  ResponderConfiguration signed_only = world.configuration(), secret_only = world.configuration();
  signed_only.secrets = nullptr;
  secret_only.certificate_trust = nullptr;
  const bool by_secret = GENERATE(true, false);
  world.use(by_secret ? signed_only : secret_only);
  auto enrollment =
      Enrollment::create(world.options(by_secret ? Credential(world.secret_credential()) : world.vendor_credential()),
                         world.environment())
          .value();
  check_refused(world.responder->respond(*enrollment.start().send), "V-31", PKIBody::error,
                PKIFailureInfo::wrongIntegrity);
}

TEST_CASE("V-40 sender is the subject of the certificate that signs") {
  World world;
  const SignatureCredential credential = world.vendor_credential("/CN=dev1");
  auto enrollment = Enrollment::create(world.options(credential), world.environment()).value();
  const Octets request = *enrollment.start().send;
  // a message signed by the right key over a header that names somebody else
  auto message = asn1::decode<PKIMessage>(request).value();
  const Octets other = name("/CN=dev2");
  message.header.sender = asn1::GeneralName::of({other});
  const Octets header = asn1::encode(message.header), body = asn1::encode(message.body);
  Octets prefix;
  append_tlv_header(prefix, 0x30, header.size() + body.size());
  const Bytes pieces[] = {prefix, header, body};
  const Octets signature = credential.signer->sign(pieces).value();
  message.protection = asn1::BitString{signature, 0};
  check_refused(world.responder->respond(asn1::encode(message)), "V-40", PKIBody::error,
                PKIFailureInfo::badMessageCheck);
}

TEST_CASE("V-36 a certificate of ours that was rejected opens nothing any more") {
  World world;
  World stranger;
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.certificate_trust = stranger.devices.get();
  options.implicit_confirm = false;
  const auto key = options.new_key;
  const Outcome rejected = world.run(std::move(options));
  REQUIRE(world.status_of(rejected.certificate) == Status::rejected);
  const auto type = GENERATE(PKIBody::cr, PKIBody::kur);
  EnrollmentOptions again = world.options(SignatureCredential{key, {rejected.certificate, world.ca.certificate}});
  again.type = type;
  CHECK(world.run(std::move(again)).fail_info == PKIFailureInfo::certRevoked);
}

TEST_CASE("K-01 a kur signed with a certificate of another CA is refused") {
  World world;
  EnrollmentOptions options = world.options(world.vendor_credential("/CN=device"));
  options.type = PKIBody::kur;
  const Outcome outcome = world.run(std::move(options));
  CHECK(outcome.fail_info == PKIFailureInfo::badCertId);
}

TEST_CASE("K-02 a kur for another subject is refused") {
  World world;
  EnrollmentOptions first = world.options(world.secret_credential());
  const auto key = first.new_key;
  const Outcome enrolled = world.run(std::move(first));
  EnrollmentOptions update = world.options(SignatureCredential{key, {enrolled.certificate, world.ca.certificate}});
  update.type = PKIBody::kur;
  update.subject = name("/CN=somebody else");
  CHECK(world.run(std::move(update)).fail_info == PKIFailureInfo::badCertTemplate);
}

TEST_CASE("certConf that is wrong is answered by an error") {
  World world;
  Request request(world);
  const Reply granted = world.responder->respond(request.octets);
  const Octets confirmation = *request.enrollment->receive(granted.octets).send;
  const Row row = GENERATE(values<Row>({
      {"C-03", PKIBody::error, PKIFailureInfo::badCertId,
       [](PKIMessage& m) { status_of(m).certHash = Bytes(other_octets); }},
      {"C-02", PKIBody::error, PKIFailureInfo::badRequest, [](PKIMessage& m) { status_of(m).certReqId = -1; }},
      {"C-02", PKIBody::error, PKIFailureInfo::badRequest,
       [](PKIMessage& m) { std::get<PKIBody::certConf>(m.body.value).clear(); }},
      {"C-02", PKIBody::error, PKIFailureInfo::badRequest,
       [](PKIMessage& m) { status_of(m).statusInfo->failInfo.emplace().set(PKIFailureInfo::badPOP); }},
      {"C-02", PKIBody::error, PKIFailureInfo::badRequest,
       [](PKIMessage& m) { status_of(m).statusInfo->status = asn1::PKIStatus::waiting; }},
      {"V-20", PKIBody::error, PKIFailureInfo::badRecipientNonce,
       [](PKIMessage& m) { m.header.recipNonce = Bytes(other_octets); }},
      {"V-20", PKIBody::error, PKIFailureInfo::badRecipientNonce, [](PKIMessage& m) { m.header.recipNonce.reset(); }},
      {"V-04", PKIBody::error, PKIFailureInfo::badRequest,
       [](PKIMessage& m) { m.header.transactionID = Bytes(other_octets); }},
  }));
  check_refused(world.responder->respond(changed(confirmation, request.credential, world, row.change)), row.rule,
                row.answer, row.bit);
}

TEST_CASE("a certConf that is refused for its header leaves the transaction as it was") {
  World world;
  Request request(world);
  const Reply granted = world.responder->respond(request.octets);
  const Octets confirmation = *request.enrollment->receive(granted.octets).send;
  const auto spoil_nonce = [](PKIMessage& m) { m.header.recipNonce = Bytes(other_octets); };
  CHECK(world.responder->respond(changed(confirmation, request.credential, world, spoil_nonce)).refusal);
  CHECK(world.responder->respond(changed_without_protection(confirmation, spoil_nonce)).refusal);
  const Output done = request.enrollment->receive(world.responder->respond(confirmation).octets);
  REQUIRE(done.done);
  CHECK(done.done->success);
}

TEST_CASE("V-31 a transaction that began with a secret does not go on with a signature") {
  World world;
  Request request(world);
  const Reply granted = world.responder->respond(request.octets);
  const Octets confirmation = *request.enrollment->receive(granted.octets).send;
  const Octets other_kind = changed(confirmation, world.vendor_credential(), world, [](PKIMessage&) {});
  check_refused(world.responder->respond(other_kind), "V-31", PKIBody::error, PKIFailureInfo::wrongIntegrity);
}

TEST_CASE("C-08 a certificate is confirmed once") {
  World world;
  Request request(world);
  const Octets confirmation = *request.enrollment->receive(world.responder->respond(request.octets).octets).send;
  const Reply confirmed = world.responder->respond(confirmation);
  const Octets again = changed(confirmation, request.credential, world,
                               [](PKIMessage& m) { m.header.senderNonce = Bytes(other_octets); });
  check_refused(world.responder->respond(again), "C-08", PKIBody::error, PKIFailureInfo::certConfirmed);
  CHECK(world.responder->respond(confirmation).octets == confirmed.octets);  // a retry gets its answer
}

TEST_CASE("C-08 that it is confirmed is said of no certificate that was rejected") {
  World world;
  Request request(world);
  const Octets confirmation = *request.enrollment->receive(world.responder->respond(request.octets).octets).send;
  const Octets wrong = changed(confirmation, request.credential, world, [](PKIMessage& m) {
    std::get<PKIBody::certConf>(m.body.value).front().certHash = Bytes(other_octets);  // C-05: rejects it
  });
  check_refused(world.responder->respond(wrong), "C-03", PKIBody::error, PKIFailureInfo::badCertId);
  const Octets again = changed(confirmation, request.credential, world,
                               [](PKIMessage& m) { m.header.senderNonce = Bytes(other_octets); });
  check_refused(world.responder->respond(again), "C-07", PKIBody::error, PKIFailureInfo::badRequest);
}

TEST_CASE("a retry gets its answer also where it was protected anew, as an RA below may do") {
  World world;
  Request request(world);
  const Octets granted = world.responder->respond(request.octets).octets;
  world.clock.advance(std::chrono::seconds{30});
  const Octets later = changed(request.octets, request.credential, world,
                               [&](PKIMessage& m) { m.header.messageTime = asn1::GeneralizedTime{world.clock.now()}; });
  CHECK(later != request.octets);
  CHECK(world.responder->respond(later).octets == granted);
  const Octets other =
      changed(request.octets, request.credential, world, [](PKIMessage& m) { request_of(m).popo.reset(); });
  check_refused(world.responder->respond(other), "H-70", PKIBody::error, PKIFailureInfo::badSenderNonce);
}

TEST_CASE("V-50 a transactionID in use, or used lately, begins nothing new") {
  World world;
  Request request(world);
  const bool over = GENERATE(false, true);
  const Octets confirmation = *request.enrollment->receive(world.responder->respond(request.octets).octets).send;
  if (over) static_cast<void>(world.responder->respond(confirmation));
  const Octets again = changed(request.octets, request.credential, world,
                               [](PKIMessage& m) { m.header.senderNonce = Bytes(other_octets); });
  check_refused(world.responder->respond(again), "V-50", PKIBody::error, PKIFailureInfo::transactionIdInUse);
  if (over) {
    world.clock.advance(std::chrono::hours{2});
    CHECK(world.responder->expire() == 1);
    const Octets later = changed(again, request.credential, world,
                                 [&](PKIMessage& m) { m.header.messageTime->value = world.clock.now(); });
    CHECK_FALSE(world.responder->respond(later).refusal);
  }
}

TEST_CASE("V-01 octets that are no PKIMessage are answered by an error of HTTP status 400") {
  World world;
  Request request(world);
  const auto cut = GENERATE(as<std::size_t>{}, 0, 1, 10, 100);
  const Octets octets(request.octets.begin(), request.octets.begin() + static_cast<std::ptrdiff_t>(cut));
  const Reply reply = world.responder->respond(octets);
  CHECK(reply.kind == Reply::Kind::malformed);
  check_refused(reply, "V-01", PKIBody::error, PKIFailureInfo::badDataFormat);
}

TEST_CASE("V-01 the error for a malformed body names the transaction where the header can be read") {
  World world;
  Request request(world);
  auto message = asn1::decode<PKIMessage>(request.octets).value();
  const Octets id = copy_of(*message.header.transactionID), nonce = copy_of(*message.header.senderNonce);
  Octets damaged = request.octets;
  damaged[static_cast<std::size_t>(message.body.octets.data() - request.octets.data())] =
      0xBD;  // [29]: no body type has this tag
  const Reply reply = world.responder->respond(damaged);
  CHECK(reply.kind == Reply::Kind::malformed);
  const auto answer = asn1::decode<PKIMessage>(reply.octets);
  REQUIRE(answer);
  CHECK(same_octets(answer->header.transactionID.value_or(Bytes{}), id));
  CHECK(same_octets(answer->header.recipNonce.value_or(Bytes{}), nonce));
}

TEST_CASE("one octet damaged anywhere: an answer, and never a certificate") {
  World world;
  Request request(world);
  for (std::size_t i = 0; i < request.octets.size(); ++i) {
    Octets damaged = request.octets;
    damaged[i] ^= 0x01;
    const Reply reply = world.responder->respond(damaged);
    CAPTURE(i);
    REQUIRE(reply.refusal);
    REQUIRE(asn1::decode<PKIMessage>(reply.octets));
  }
}

TEST_CASE("many transactions from many threads, each granted once") {
  World world;
  std::vector<std::thread> threads;
  std::atomic<int> granted = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, by_secret = t % 2 == 0] {
      for (int i = 0; i < 8; ++i) {
        EnrollmentOptions options =
            world.options(by_secret ? Credential(world.secret_credential()) : world.vendor_credential());
        options.implicit_confirm = i % 2 == 0;
        auto enrollment = Enrollment::create(std::move(options), world.environment()).value();
        Output output = enrollment.start();
        while (output.send) output = enrollment.receive(world.responder->respond(*output.send).octets);
        if (output.done->success) ++granted;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(granted == 32);
}

TEST_CASE("the same request from many threads at once is granted once") {
  World world;
  Request request(world);
  std::vector<Octets> answers(4);
  std::vector<std::thread> threads;
  for (auto& answer : answers) threads.emplace_back([&] { answer = world.responder->respond(request.octets).octets; });
  for (auto& thread : threads) thread.join();
  for (const auto& answer : answers) CHECK(answer == answers.front());
}
