// Central key generation, the two ends against each other (RFC 9483 Section 4.1.6).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/oids.h"
#include "tests/cmp/support/caller.h"
#include "tests/support/certificate_builder.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::KeyUsage;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;
using cmpkit::test::CertificateBuilder;
using Status = IssuedCertificate::Status;

namespace {

const SecretCredential long_secret{
    octets("dev2"), octets("a secret of more than enough octets"), {MacMethod::Kind::pbmac1, 500}};

/// A device whose key can sign and receive keys.
struct Receiver {
  Receiver(World& world, std::string_view type, std::vector<KeyUsage::Bit> usage)
      : key(PrivateKey::generate(type).value()),
        certificate(CertificateBuilder("/CN=device")
                        .key(std::shared_ptr<const Signer>(key.signer().value()))
                        .key_usage(std::move(usage))
                        .issued_by({world.vendor.certificate, world.vendor.signer})
                        .certificate) {}
  [[nodiscard]] SignatureCredential credential() const { return {key.signer().value(), {certificate}}; }

  PrivateKey key;
  Octets certificate;
};

/// A world whose CA makes keys.
struct KeyWorld : World {
  explicit KeyWorld(std::string_view signer_of_devices = "ec:P-256")
      : receiver(*this, signer_of_devices,
                 {KeyUsage::digitalSignature, KeyUsage::keyAgreement, KeyUsage::keyEncipherment}) {
    secrets.secrets[octets("dev2")] = octets("a secret of more than enough octets");
    const auto kga = CertificateBuilder("/CN=KGA")
                         .key_usage({KeyUsage::digitalSignature})
                         .purposes({asn1::id_kp_cmKGA})
                         .issued_by({ca.certificate, ca.signer});
    authority_options.credential = {kga.signer, {kga.certificate, ca.certificate}};
    authority_options.key_types = {"ec:P-256", "ec:P-384", "ed25519", "rsa:2048"};
    authority_options.iterations = 2000;
    make_keys();
  }

  void make_keys() {
    ResponderConfiguration now = configuration();
    now.key_generation = authority_options;
    use(std::move(now));
  }

  /// An ir for a key of this type that the CA makes.
  [[nodiscard]] EnrollmentOptions asking(Credential credential, std::string type = {}) const {
    EnrollmentOptions out = options(std::move(credential));
    out.new_key = nullptr;
    out.central_key.emplace().type = std::move(type);
    if (std::holds_alternative<SignatureCredential>(out.credential))
      out.central_key->decryptor = receiver.key.decryptor().value();
    return out;
  }

  KeyGenerationAuthority authority_options;
  Receiver receiver;
};

void check_key(const Outcome& outcome) {
  CAPTURE(outcome.text);
  REQUIRE(outcome.success);
  const auto key = PrivateKey::load(outcome.private_key);
  REQUIRE(key);
  CHECK(same_octets(key->public_key(), CertificateView::decode(outcome.certificate)->public_key()));
}

/// The request of a client as a test changes it.
Octets changed_request(KeyWorld& world, const EnrollmentOptions& options, const Edit& edit) {
  auto client = Enrollment::create(options, world.environment()).value();
  return changed(*client.start().send, options.credential, world, edit);
}

asn1::CertReqMsg& request_of(PKIMessage& message) { return std::get<PKIBody::ir>(message.body.value).front(); }

}  // namespace

TEST_CASE("G-01 a key is made and delivered by every technique") {
  const std::string kind = GENERATE("pbmac1", "pbm", "ec:P-256", "rsa:2048");
  const auto type = GENERATE(PKIBody::ir, PKIBody::cr);
  const bool implicit = GENERATE(true, false);
  CAPTURE(kind, type, implicit);
  const bool by_secret = kind.starts_with("pb");
  KeyWorld world(by_secret ? "ec:P-256" : kind);
  SecretCredential secret = long_secret;
  if (kind == "pbm") secret.method.kind = MacMethod::Kind::pbm;
  EnrollmentOptions options = world.asking(by_secret ? Credential(secret) : Credential(world.receiver.credential()));
  options.type = type;
  options.implicit_confirm = implicit;
  const Outcome outcome = world.run(std::move(options));
  check_key(outcome);
  CHECK(outcome.modifications.empty());
  CHECK(world.status_of(outcome.certificate) == Status::valid);
}

TEST_CASE("a kur with a key from the CA gives a new key for the same name") {
  KeyWorld world;
  EnrollmentOptions first = world.options(world.receiver.credential());
  first.new_key = world.receiver.key.signer().value();  // certified by this CA, keyUsage as the vendor's
  asn1::Extensions extensions;
  asn1::KeyUsage usage;
  usage.set(KeyUsage::digitalSignature).set(KeyUsage::keyAgreement);
  const Octets usage_der = asn1::encode(usage);
  extensions.push_back({asn1::id_ce_keyUsage, true, usage_der});
  first.extensions = asn1::encode(extensions);
  const Outcome enrolled = world.run(std::move(first));
  REQUIRE(enrolled.success);

  EnrollmentOptions update =
      world.asking(SignatureCredential{world.receiver.key.signer().value(), {enrolled.certificate}});
  update.type = PKIBody::kur;
  update.subject.clear();
  const Outcome updated = world.run(std::move(update));
  check_key(updated);
  CHECK(world.status_of(enrolled.certificate) == Status::updated);
}

TEST_CASE("the key is of the type asked for, and the first one allowed where none is") {
  KeyWorld world;
  const std::string type = GENERATE("", "ec:P-384", "ed25519", "rsa");
  const Outcome outcome = world.run(world.asking(long_secret, type));
  check_key(outcome);
  const auto key = botan_crypto().describe(CertificateView::decode(outcome.certificate)->public_key()).value();
  CHECK(key.name.starts_with(type.empty() ? "ec:P-256" : type));
  CHECK(outcome.modifications.empty());
}

TEST_CASE("H-01 all messages have pvno 3; the private key is in none of them, nor in the store, in the clear") {
  KeyWorld world;
  EnrollmentOptions options = world.asking(world.receiver.credential());
  options.implicit_confirm = false;
  auto client = Enrollment::create(options, world.environment()).value();
  Output output = client.start();
  CHECK(asn1::decode<PKIMessage>(*output.send)->header.pvno == asn1::Pvno::cmp2021);
  const Octets request = *output.send;
  const Reply reply = world.responder->respond(request);
  CHECK(asn1::decode<PKIMessage>(reply.octets)->header.pvno == asn1::Pvno::cmp2021);
  CHECK(world.responder->respond(request).octets == reply.octets);  // asked again: the same key, the same answer
  output = client.receive(reply.octets);
  REQUIRE(output.send);
  const Octets saved = client.save();
  output = client.receive(world.responder->respond(*output.send).octets);
  REQUIRE(output.done);
  check_key(*output.done);

  const auto pkcs8 = asn1::decode<asn1::OneAsymmetricKey>(output.done->private_key).value();
  const auto scalar = pkcs8.privateKey.subspan(7, 32);  // ECPrivateKey { version, privateKey ... }
  const auto has_key = [&](Bytes octets) { return text_of(octets).find(text_of(scalar)) != std::string_view::npos; };
  CHECK(has_key(output.done->private_key));
  CHECK_FALSE(has_key(reply.octets));
  CHECK_FALSE(has_key(saved));
  const auto stored_certificate = stored(world, output.done->certificate);
  CHECK_FALSE(has_key(stored_certificate.request));
  const Bytes id = *asn1::decode<PKIMessage>(request)->header.transactionID;
  const auto transactions = world.store->transactions(id).value();
  REQUIRE(transactions.size() == 1);
  CHECK_FALSE(has_key(transactions.front().response));
}

TEST_CASE("R-04 where no keys are made, a request without one is refused as before") {
  KeyWorld world;
  world.use(world.configuration());
  const Outcome outcome = world.run(world.asking(long_secret));
  CHECK_FALSE(outcome.success);
  CHECK(outcome.fail_info == PKIFailureInfo::badCertTemplate);
  CHECK(outcome.server_text.starts_with("R-04"));
}

TEST_CASE("requests for keys that break a rule are refused") {
  KeyWorld world;
  struct Row {
    std::string rule;
    PKIFailureInfo::Bit bit;
    Edit edit;
  };
  const auto row = GENERATE(values<Row>({
      {"G-01", PKIFailureInfo::badCertTemplate, [](auto& m) { m.header.pvno = asn1::Pvno::cmp2000; }},
      {"G-01", PKIFailureInfo::badCertTemplate,
       [](auto& m) { request_of(m).popo.emplace().value.template emplace<asn1::ProofOfPossession::raVerified>(); }},
      {"R-09", PKIFailureInfo::badCertTemplate,
       [](auto& m) {
         auto& key = request_of(m).certReq.certTemplate.publicKey.emplace();
         key.algorithm = {asn1::id_Ed448, std::nullopt};
       }},
      {"R-09", PKIFailureInfo::badCertTemplate,
       [](auto& m) {
         auto& key = request_of(m).certReq.certTemplate.publicKey.emplace();
         key.algorithm = {asn1::id_data, std::nullopt};
       }},
  }));
  const Octets request = changed_request(world, world.asking(long_secret), row.edit);
  const Reply reply = world.responder->respond(request);
  check_refused(*asn1::decode<PKIMessage>(reply.octets), PKIBody::ip, row.bit, row.rule);
}

TEST_CASE("G-01 pvno 2 is taken where the server is told to") {
  KeyWorld world;
  world.authority_options.any_pvno = true;
  world.make_keys();
  const Octets request = changed_request(world, world.asking(world.receiver.credential()),
                                         [](PKIMessage& m) { m.header.pvno = asn1::Pvno::cmp2000; });
  const Reply reply = world.responder->respond(request);
  const auto answer = asn1::decode<PKIMessage>(reply.octets).value();
  REQUIRE(answer.body.cert_responses() != nullptr);
  CHECK(answer.body.cert_responses()->response[0].certifiedKeyPair->privateKey);
}

TEST_CASE("G-06, G-13 a key is not sent to who cannot receive it") {
  KeyWorld world;
  const auto sent_by = [&](const Credential& credential) {
    const Octets request = changed_request(world, world.asking(long_secret), [](PKIMessage&) {});
    auto message = asn1::decode<PKIMessage>(request).value();
    Caller caller(world, credential);
    return asn1::encode(caller.send(message.body, [](PKIMessage& m) { m.header.pvno = asn1::Pvno::cmp2021; }));
  };
  const auto check = [&](const Credential& credential, PKIFailureInfo::Bit bit, std::string_view rule) {
    const Octets answer = sent_by(credential);
    check_refused(*asn1::decode<PKIMessage>(answer), PKIBody::ip, bit, rule);
  };
  check(world.secret_credential(), PKIFailureInfo::notAuthorized, "G-13");  // of 13 octets
  check(world.vendor_credential(), PKIFailureInfo::badRequest, "G-06");     // digitalSignature only
  check(Receiver(world, "ed25519", {KeyUsage::digitalSignature, KeyUsage::keyAgreement}).credential(),
        PKIFailureInfo::badRequest, "G-06");
}

TEST_CASE("G-12 a registration authority does not ask for keys in the place of others") {
  KeyWorld world;
  ResponderConfiguration configuration = world.configuration();
  configuration.key_generation = world.authority_options;
  for (Permission& permission : configuration.permissions) permission.on_behalf = true;
  world.use(std::move(configuration));
  const Outcome outcome = world.run(world.asking(world.receiver.credential()));
  CHECK(outcome.fail_info == PKIFailureInfo::notAuthorized);
  CHECK(outcome.server_text.starts_with("G-12"));
}

TEST_CASE("G-16 a key from a generator that is not trusted is rejected, and its certificate revoked") {
  KeyWorld world;
  const World stranger;
  EnrollmentOptions options = world.asking(world.receiver.credential());
  options.central_key->trust = stranger.devices.get();
  options.implicit_confirm = false;
  const Outcome outcome = world.run(std::move(options));
  CHECK_FALSE(outcome.success);
  REQUIRE(outcome.refusal);
  CHECK(outcome.refusal->rule->id == "G-16");
  CHECK(outcome.private_key.empty());
  CHECK(world.status_of(outcome.certificate) == Status::rejected);
}

TEST_CASE("responses without the key, with it unasked for, or of pvno 2 are not taken") {
  KeyWorld world;
  EnrollmentOptions options = world.asking(long_secret);
  const auto receive = [&](const Edit& edit) {
    auto client = Enrollment::create(options, world.environment()).value();
    const Reply reply = world.responder->respond(*client.start().send);
    const Output output = client.receive(changed(reply.octets, long_secret, world, edit));
    REQUIRE(output.done);
    return *output.done;
  };
  const auto pair = [](PKIMessage& m) -> asn1::CertifiedKeyPair& {
    return *std::get<PKIBody::ip>(m.body.value).response[0].certifiedKeyPair;
  };
  CHECK(receive([&](PKIMessage& m) { pair(m).privateKey.reset(); }).refusal->rule->id == "G-03");
  const auto as_pvno_2 = [](PKIMessage& m) { m.header.pvno = asn1::Pvno::cmp2000; };
  CHECK(receive(as_pvno_2).refusal->rule->id == "H-01");
  options.tolerance.allow(Deviation::key_package_form);
  const Outcome tolerated = receive(as_pvno_2);
  CHECK(tolerated.success);
  CHECK(tolerated.tolerated == std::vector{Deviation::key_package_form});
}

TEST_CASE("a key that the CA makes is waited for, and survives every state being saved") {
  KeyWorld world;
  const bool by_secret = GENERATE(true, false);
  CAPTURE(by_secret);
  class Once final : public DelayPolicy {
   public:
    std::optional<std::chrono::seconds> delay(PKIBody::Type /*request*/, unsigned polls) override {
      return polls == 0 ? std::optional(std::chrono::seconds{10}) : std::nullopt;
    }
  } once;
  ResponderConfiguration configuration = world.configuration();
  configuration.key_generation = world.authority_options;
  configuration.delay = &once;
  world.use(std::move(configuration));
  EnrollmentOptions options =
      world.asking(by_secret ? Credential(long_secret) : Credential(world.receiver.credential()));
  options.implicit_confirm = false;
  auto client = Enrollment::create(options, world.environment()).value();
  Output output = client.start();
  while (!output.done) {
    client = Enrollment::resume(options, world.environment(), client.save()).value();
    if (output.wake_at) {
      world.clock.advance(*output.wake_at - world.clock.now());
      output = client.wake();
    } else {
      output = client.receive(world.responder->respond(*client.start().send).octets);
    }
  }
  check_key(*output.done);
  CHECK(world.status_of(output.done->certificate) == Status::valid);
}

TEST_CASE("options that cannot work are refused when they are given") {
  KeyWorld world;
  const auto refused = [&](const EnrollmentOptions& options) {
    return !Enrollment::create(options, world.environment());
  };
  EnrollmentOptions good = world.asking(world.receiver.credential());
  CHECK_FALSE(refused(good));
  EnrollmentOptions options = good;
  options.new_key = world.new_signer();
  CHECK(refused(options));
  options = good;
  options.central_key->type = "dsa";
  CHECK(refused(options));
  options = good;
  options.central_key->decryptor = nullptr;
  CHECK(refused(options));
  options = good;
  options.central_key->decryptor = PrivateKey::generate("ec:P-256")->decryptor().value();
  CHECK(refused(options));
  options = good;
  options.credential = world.vendor_credential();  // may not be encrypted to
  CHECK(refused(options));
  options = good;
  options.type = PKIBody::p10cr;
  options.certification_request = make_csr(*world.new_signer(), options.subject);
  CHECK(refused(options));

  const auto bad = [&](const std::function<void(KeyGenerationAuthority&)>& change) {
    ResponderConfiguration configuration = world.configuration();
    configuration.key_generation = world.authority_options;
    change(*configuration.key_generation);
    return !Responder::create(std::move(configuration), *world.authority, *world.store, world.environment());
  };
  CHECK_FALSE(bad([](auto&) {}));
  CHECK(bad([](auto& o) { o.credential.chain.clear(); }));
  CHECK(bad([&](auto& o) { o.credential = world.configuration().protection; }));  // no cmKGA
  CHECK(bad([&](auto& o) { o.credential.signer = world.new_signer(); }));
  CHECK(bad([](auto& o) { o.key_types.clear(); }));
  CHECK(bad([](auto& o) { o.key_types = {"x25519"}; }));
  CHECK(bad([](auto& o) { o.iterations = 1; }));
}
