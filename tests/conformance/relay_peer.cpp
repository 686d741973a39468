#include "tests/conformance/relay_peer.h"

#include "tests/support/http_entity.h"
#include "tests/support/nesting.h"

namespace cmpkit::conformance::test {

using asn1::PKIBody;
using cmp::Forwarding;

std::string text_of(Passing passing) {
  static constexpr const char* names[] = {"unchanged", "adding", "replacing", "vouching", "replacing by a secret",
                                          "in batches"};
  return names[static_cast<int>(passing)];
}

RelayPeer::RelayPeer(Passing passing)
    : identity_(cmp::test::registration_authority(world_, "/O=Operator/CN=RA")), peer_(world_.environment()) {
  make_peer(passing);
  add_features(passing);
  upstream_ = Upstream::start(peer_, {.workers = 4}).value();
  relay_.emplace(world_.environment(), configuration(passing),
                 [this](const cmp::Forward& forward) { return cmp::test::post(upstream_->url(), forward); });
}

cmp::RelayConfiguration RelayPeer::configuration(Passing passing) {
  const auto forwarding = passing == Passing::unchanged ? Forwarding::unchanged
                          : passing == Passing::adding  ? Forwarding::add
                                                        : Forwarding::replace;
  cmp::Credential upward = cmp::SignatureCredential{identity_.signer, {identity_.certificate, world_.ca.certificate}};
  if (peer_.ra_secret) upward = *peer_.ra_secret;
  auto out = cmp::test::relay_configuration(world_, identity_, forwarding, std::move(upward));
  out.permissions = cmp::test::World::permissions(cmp::SubjectRule::Kind::same);
  out.permissions.insert(
      out.permissions.begin(),
      cmp::test::ra_permission({PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm}));
  out.routes.front().ra_verified = out.routes.front().original = passing == Passing::vouching;
  if (passing == Passing::in_batches) {
    out.upstreams.front().online = false;
    out.upstreams.front().batch = 100;
    out.upstreams.front().check_after = std::chrono::seconds{1};
  }
  return out;
}

void RelayPeer::make_peer(Passing passing) {
  peer_.name = "our relay, " + text_of(passing);
  peer_.post = [this](const Form&, Bytes request) -> Posted {
    cmp::Reply reply = relay_->answer(request);
    return transport::HttpReply{0, {}, std::move(reply.octets)};
  };
  peer_.wait = [this](std::chrono::seconds time) {
    world_.clock.advance(time);
    relay_->deliver_batches();
  };
  peer_.recipient = cmp::test::name("/O=Operator/CN=Issuing CA");
  peer_.subject = cmp::test::name("/CN=dev1");
  peer_.certificate = world_.vendor_credential("/CN=dev1");
  peer_.secret = world_.secret_credential();
  const auto lower = cmp::test::registration_authority(world_, "/O=Operator/CN=LRA");
  peer_.registration_authority = {lower.signer, {lower.certificate, world_.ca.certificate}};
  peer_.no_signature = cmp::SignatureCredential{world_.vendor.signer, {world_.vendor.certificate}};
  peer_.trust = world_.devices.get();
  peer_.root = world_.root.certificate;
  peer_.server = world_.configuration().protection;
  peer_.server_no_signature = cmp::SignatureCredential{world_.ca.signer, {world_.ca.certificate}};
  peer_.issuer = cmp::SignatureCredential{world_.ca.signer, {world_.ca.certificate, world_.root.certificate}};
  peer_.requesters = world_.requesters.get();
  if (passing == Passing::replacing_by_secret) peer_.ra_secret = cmp::test::ra_secret(world_);
  if (passing != Passing::in_batches) return;
  const auto device = world_.vendor_device("/CN=dev1");
  peer_.issued = cmp::SignatureCredential{
      device.signer,
      {cmp::make_cmp_signer_certificate(
           {world_.ca.certificate, *world_.ca.signer}, peer_.subject, device.signer->public_key(),
           {world_.clock.now(), world_.clock.now() + std::chrono::days{1}}, world_.environment())
           .value(),
       world_.ca.certificate}};
}

void RelayPeer::add_features(Passing passing) {
  constexpr std::string_view all[] = {
      // messages, and how they are protected
      "certificate", "secret", "no-signature", "registration-authority", "nested-twice", "ir", "cr", "p10cr", "kur",
      "genm", "certConf", "pollReq", "error",
      // how it goes about them
      "checks", "bound-subject", "implicitConfirm", "profiles", "messageTime", "repeats", "no-krr", "lightweight",
      "one-per-message", "one-update-at-a-time", "removeFromCRL", "ed25519", "rsa", "ml-dsa", "sha256-certificates",
      // what the CA tells
      "caCerts", "rootCaCert", "certReqTemplate", "signKeyPairTypes", "encKeyPairTypes", "preferredSymmAlg",
      "keyPairParamReq", "suppLangTags"};
  peer_.features.insert(std::begin(all), std::end(all));
  peer_.features.emplace(passing == Passing::in_batches ? feature::batches : feature::online);
  peer_.features.emplace(passing == Passing::unchanged ? feature::unchanged
                         : passing == Passing::adding  ? feature::adds
                                                       : feature::replaces);
  if (!peer_.ra_secret) peer_.features.insert({"signs", "rr"});  // an rr takes a signature
}

}  // namespace cmpkit::conformance::test
