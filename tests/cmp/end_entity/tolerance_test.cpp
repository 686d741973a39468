// What real peers do wrong: refused, unless its switch is on; then the trail and the outcome say so.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/support/certificate_builder.h"
#include "tests/support/scripted_server.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;
using asn1::PKIStatus;
using cmpkit::test::CertificateBuilder;

namespace {

constexpr std::uint8_t other[16] = {1};

PKIBody refusal() { return error_body(PKIStatus::rejection, PKIFailureInfo::badRequest); }

struct Row {
  Deviation deviation;
  std::string_view rule;
  Edit edit;
};

Outcome told_by(World& world, const Tolerance& tolerance, const std::function<Octets(Bytes)>& answer) {
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.tolerance = tolerance;
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  return client.receive(answer(*client.start().send)).done.value();
}

void check_tolerated(const Outcome& outcome, Deviation deviation) {
  CAPTURE(outcome.text);
  CHECK_FALSE(outcome.refusal);
  CHECK(outcome.fail_info == PKIFailureInfo::badRequest);
  CHECK(outcome.tolerated == std::vector<Deviation>{deviation});
}

void check_refused(const Outcome& outcome, std::string_view rule) {
  REQUIRE(outcome.refusal);
  CHECK(outcome.refusal->rule->id == rule);
  CHECK(outcome.tolerated.empty());
  CHECK(outcome.fail_info == PKIFailureInfo::badRequest);  // what it claims is told all the same
  CHECK_FALSE(outcome.authenticated);
}

}  // namespace

TEST_CASE("an error message that breaks a rule of the header is believed only where that is tolerated") {
  World world;
  const ScriptedServer server(world);
  const Row row = GENERATE(values<Row>({
      {Deviation::error_transaction, "V-03", [](PKIMessage& m) { m.header.transactionID.reset(); }},
      {Deviation::error_transaction, "H-61", [](PKIMessage& m) { m.header.transactionID = Bytes(other); }},
      {Deviation::error_transaction, "V-10", [](PKIMessage& m) { m.header.senderNonce.reset(); }},
      {Deviation::error_transaction, "V-20", [](PKIMessage& m) { m.header.recipNonce.reset(); }},
      {Deviation::error_transaction, "V-20", [](PKIMessage& m) { m.header.recipNonce = Bytes(other); }},
      {Deviation::error_pvno_1, "V-02", [](PKIMessage& m) { m.header.pvno = asn1::Pvno::cmp1999; }},
  }));
  CAPTURE(row.rule);
  const auto answer = [&](Bytes request) { return server.answer(request, refusal(), row.edit); };
  check_refused(told_by(world, {}, answer), row.rule);
  check_tolerated(told_by(world, {row.deviation}, answer), row.deviation);
}

TEST_CASE("what is tolerated of an error is not tolerated of another message, nor another pvno") {
  World world;
  const ScriptedServer server(world);
  const Tolerance all{Deviation::error_transaction, Deviation::error_pvno_1, Deviation::unprotected_errors};
  PKIBody granted;
  granted.set<PKIBody::ip>().response.emplace_back().status.status = PKIStatus::waiting;
  const auto foreign = [](PKIMessage& m) { m.header.transactionID = Bytes(other); };
  CHECK(told_by(world, all, [&](Bytes r) { return server.answer(r, granted, foreign); }).refusal->rule->id == "H-61");
  CHECK(told_by(world, all, [&](Bytes r) { return server.unprotected(r, granted); }).refusal->rule->id == "V-30");
  const auto future = [](PKIMessage& m) { m.header.pvno = asn1::Pvno{4}; };
  CHECK(told_by(world, all, [&](Bytes r) { return server.answer(r, refusal(), future); }).refusal->rule->id == "V-02");
}

TEST_CASE("E-15 a delay that nobody protected, or of another transaction, is never believed") {
  World world;
  const ScriptedServer server(world);
  const Tolerance all{Deviation::error_transaction, Deviation::error_pvno_1, Deviation::unprotected_errors};
  const PKIBody delay = error_body(PKIStatus::waiting);
  CHECK(told_by(world, all, [&](Bytes r) { return server.unprotected(r, delay); }).refusal->rule->id == "E-15");
  const auto foreign = [](PKIMessage& m) { m.header.transactionID = Bytes(other); };
  CHECK(told_by(world, all, [&](Bytes r) { return server.answer(r, delay, foreign); }).refusal->rule->id == "H-61");
}

TEST_CASE("E-15 a refusal that nobody protected is believed only where that is tolerated") {
  World world;
  const ScriptedServer server(world);
  PKIBody rejection;
  auto& status = rejection.set<PKIBody::ip>().response.emplace_back().status;
  status.status = PKIStatus::rejection;
  status.failInfo.emplace().set(PKIFailureInfo::badRequest);
  const bool by_error = GENERATE(true, false);
  const auto answer = [&](Bytes request) { return server.unprotected(request, by_error ? refusal() : rejection); };
  check_refused(told_by(world, {}, answer), by_error ? "E-15" : "V-30");
  const Outcome outcome = told_by(world, {Deviation::unprotected_errors}, answer);
  check_tolerated(outcome, Deviation::unprotected_errors);
  CHECK_FALSE(outcome.authenticated);
}

TEST_CASE("V-32 senderKID that repeats ours is passed over only where that is tolerated") {
  World world;
  const Octets ours{9, 9, 9};
  const SignatureCredential signer = world.configuration().protection;
  const auto answer = [&](Bytes request) {
    const Octets good = ScriptedServer(world, signer).answer(request, refusal());
    auto message = asn1::decode<PKIMessage>(good).value();
    message.header.senderKID = ours;
    const Octets header = asn1::encode(message.header), body = asn1::encode(message.body);
    message.header.octets = header;
    message.body.octets = body;
    std::array<std::uint8_t, 6> prefix{};
    const auto pieces = message.protected_part(prefix);
    const Octets signature = signer.signer->sign(pieces).value();
    message.protection->octets = signature;
    return asn1::encode(message);
  };
  check_refused(told_by(world, {}, answer), "V-32");
  check_tolerated(told_by(world, {Deviation::foreign_sender_kid}, answer), Deviation::foreign_sender_kid);
}

TEST_CASE("P-14 a protection certificate without digitalSignature is passed over only where that is tolerated") {
  World world;
  const auto issued = CertificateBuilder("/CN=3GPP")
                          .key_usage({asn1::KeyUsage::keyEncipherment})
                          .issued_by({world.root.certificate, world.root.signer});
  const auto answer = [&](Bytes request) {
    const auto good =
        CertificateBuilder("/CN=3GPP").key(issued.signer).issued_by({world.root.certificate, world.root.signer});
    const Octets octets =
        ScriptedServer(world, SignatureCredential{issued.signer, {good.certificate}}).answer(request, refusal());
    return changed_without_protection(octets, [&](PKIMessage& m) { m.extraCerts->front().tlv = issued.certificate; });
  };
  check_refused(told_by(world, {}, answer), "P-14");
  check_tolerated(told_by(world, {Deviation::no_digital_signature}, answer), Deviation::no_digital_signature);
}

TEST_CASE("V-40 sender that is not the subject is passed over only where that is tolerated") {
  World world;
  const auto one = CertificateBuilder("/CN=one").issued_by({world.root.certificate, world.root.signer});
  const auto another =
      CertificateBuilder("/CN=another").key(one.signer).issued_by({world.root.certificate, world.root.signer});
  const auto answer = [&](Bytes request) {
    const Octets octets =
        ScriptedServer(world, SignatureCredential{one.signer, {one.certificate}}).answer(request, refusal());
    return changed_without_protection(octets, [&](PKIMessage& m) { m.extraCerts->front().tlv = another.certificate; });
  };
  check_refused(told_by(world, {}, answer), "V-40");
  check_tolerated(told_by(world, {Deviation::sender_not_subject}, answer), Deviation::sender_not_subject);
}

TEST_CASE("P-06 a protection certificate that is an anchor itself need not be sent") {
  World world;
  const auto server = CertificateBuilder("/CN=server").self_signed();
  const TrustStore trust = TrustStore::make(botan_crypto(), {server.certificate}).value();
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.trust = &trust;
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  const Octets answer = ScriptedServer(world, SignatureCredential{server.signer, {server.certificate}})
                            .answer(*client.start().send, refusal());
  const Octets without = changed_without_protection(answer, [](PKIMessage& m) { m.extraCerts.reset(); });
  const Outcome outcome = client.receive(without).done.value();
  CAPTURE(outcome.text);
  CHECK(outcome.authenticated);
  CHECK_FALSE(outcome.refusal);
}

TEST_CASE("P-02 a client that uses a secret takes a signed refusal, but no signed delay") {
  World world;
  const ScriptedServer server(world);
  const auto status = GENERATE(PKIStatus::rejection, PKIStatus::waiting);
  auto client = Enrollment::create(world.options(world.secret_credential()), world.environment()).value();
  const Output output = client.receive(server.answer(*client.start().send, error_body(status)));
  REQUIRE(output.done);
  CHECK(output.done->refusal.has_value() == (status == PKIStatus::waiting));
}

TEST_CASE("every switch has a name that finds it") {
  for (const Deviation deviation : all_deviations()) CHECK(deviation_named(name_of(deviation)) == deviation);
  CHECK_FALSE(deviation_named("anything"));
}
