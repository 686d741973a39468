#include "tests/interop/our_ra.h"

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/pem.h"
#include "tests/support/certificate_builder.h"
#include "tools/files.h"

namespace cmpkit::test {

namespace {

Octets certificate(const std::string& path) {
  return cmp::read_certificates(tools::read_file(path).value()).value().front();
}

/// By the CA, with id-kp-cmcRA.
cmp::SignatureCredential ra_credential(const RaFiles& files, cmp::Time now) {
  const Issued issuer{certificate(files.issuer),
                      cmp::PrivateKey::load(tools::read_file(files.issuer_key).value()).value().signer().value()};
  const Issued made = CertificateBuilder("/CN=Our RA")
                          .valid(now - std::chrono::hours{1}, now + std::chrono::days{7})
                          .key_usage({asn1::KeyUsage::digitalSignature})
                          .purposes({asn1::id_kp_cmcRA})
                          .issued_by(issuer);
  return {made.signer, {made.certificate, issuer.certificate}};
}

}  // namespace

OurRa::OurRa(const RaFiles& files, const std::string& upstream, cmp::Forwarding forwarding) {
  const cmp::Environment environment{clock_, cmp::system_random(), cmp::botan_crypto()};
  relay_ = std::make_unique<cmp::test::RelayProcess>(
      environment, configuration(files, forwarding),
      [upstream](const cmp::Forward& forward) { return cmp::test::post(upstream, forward); });
  server_ = std::make_unique<cmp::test::HttpEntity>(
      [this](Bytes request, std::string_view profile) { return relay_->answer(request, profile); });
}

cmp::RelayConfiguration OurRa::configuration(const RaFiles& files, cmp::Forwarding forwarding) {
  const auto store_of = [](std::vector<Octets> anchors) {
    return std::make_unique<cmp::TrustStore>(cmp::TrustStore::make(cmp::botan_crypto(), std::move(anchors)).value());
  };
  std::vector<Octets> anchors{certificate(files.root)};
  upstream_ = store_of(anchors);
  for (const std::string& each : files.trusted) anchors.push_back(certificate(each));
  requesters_ = store_of(std::move(anchors));
  secrets_.secrets[cmp::test::octets(files.reference)] = cmp::test::octets(files.secret);

  cmp::RelayConfiguration out;
  out.protection = ra_credential(files, clock_.now());
  out.certificate_trust = requesters_.get();
  out.secrets = &secrets_;
  out.permissions = cmp::test::World::permissions();
  cmp::Upstream upstream;
  upstream.name = "ca";
  upstream.credential = out.protection;
  upstream.trust = upstream_.get();
  out.upstreams.push_back(std::move(upstream));
  cmp::Route route;
  route.name = "all";
  route.upstream = "ca";
  route.forwarding = forwarding;
  out.routes.push_back(std::move(route));
  return out;
}

}  // namespace cmpkit::test
