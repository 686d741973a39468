#include "tests/conformance/world_peer.h"

#include "tests/support/nesting.h"

namespace cmpkit::conformance::test {
namespace {

std::set<asn1::PKIBody::Type> all_operations() {
  using asn1::PKIBody;
  return {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm};
}

}  // namespace

cmp::Decision DelayingAuthority::issue(const cmp::CertificateRequest& request, cmp::Time now) {
  if (request.profile != "delaying") return behind_.issue(request, now);
  const cmp::Time first = first_asked_.try_emplace(copy_of(request.transaction_id), now).first->second;
  if (now < first + std::chrono::seconds{7}) return cmp::Waiting{std::chrono::seconds{3}, "not yet"};
  cmp::CertificateRequest undelayed = request;
  undelayed.profile = "default";
  return behind_.issue(undelayed, now);
}

WorldPeer::WorldPeer(const WorldSetting& setting) : authority_(*world_.authority), peer_(world_.environment()) {
  auto configuration = world_.configuration();
  configuration.permissions = cmp::test::World::permissions(setting.subject);
  configuration.permissions.insert(configuration.permissions.begin(), cmp::test::ra_permission(all_operations()));
  configuration.several_per_message = setting.several;
  cmp::CaInformationOptions information;
  information.ca_certificates = {world_.ca.certificate};
  information.profiles.push_back({.name = "default"});
  information_ = cmp::ca_information(std::move(information)).value();
  configuration.information = {information_.get()};
  peer_.server = configuration.protection;
  peer_.server_no_signature = cmp::SignatureCredential{world_.ca.signer, {world_.ca.certificate}};
  responder_ =
      cmp::Responder::create(std::move(configuration), authority_, *world_.store, world_.environment()).value();

  peer_.name = "our responder";
  peer_.post = [this](const Form&, Bytes request) -> tl::expected<transport::HttpReply, transport::TransportError> {
    cmp::Reply reply = responder_->respond(request);
    return transport::HttpReply{0, {}, std::move(reply.octets)};
  };
  peer_.wait = [this](std::chrono::seconds time) { world_.clock.advance(time); };
  peer_.recipient = cmp::test::name("/O=Operator/CN=Issuing CA");
  peer_.subject = cmp::test::name("/CN=dev1");
  peer_.certificate = world_.vendor_credential("/CN=dev1");
  peer_.secret = world_.secret_credential();
  peer_.no_signature = cmp::SignatureCredential{world_.vendor.signer, {world_.vendor.certificate}};
  peer_.registration_authority = cmp::test::ra_credential(world_);
  peer_.trust = world_.devices.get();
  peer_.root = world_.root.certificate;
  peer_.delaying = "delaying";
  add_features(setting);
}

void WorldPeer::add_features(const WorldSetting& setting) {
  constexpr std::string_view all[] = {
      // messages, and how they are protected
      "certificate", "secret", "no-signature", "registration-authority", "nested-twice", "ir", "cr", "p10cr", "kur",
      "rr", "genm", "certConf", "pollReq", "error",
      // how it goes about them
      "implicitConfirm", "profiles", "messageTime", "delay", "delay-ends", "removeFromCRL", "time", "repeats", "no-krr",
      "lightweight", "one-update-at-a-time", "knows-issued", "ed25519", "rsa", "ml-dsa", "sha256-certificates",
      // what it tells
      "caCerts", "rootCaCert", "certReqTemplate", "signKeyPairTypes", "encKeyPairTypes", "preferredSymmAlg",
      "keyPairParamReq", "suppLangTags"};
  peer_.features.insert(std::begin(all), std::end(all));
  const bool any_subject = setting.subject == cmp::SubjectRule::Kind::any;
  peer_.features.emplace(any_subject ? feature::any_subject : feature::bound_subject);
  peer_.features.emplace(setting.several ? feature::several : feature::one);
}

}  // namespace cmpkit::conformance::test
