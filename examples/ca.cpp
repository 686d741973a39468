// A certification authority in one file: a root that it makes when it starts, one shared secret, everything in memory.
//
//   ca ROOT_FILE    prints where it listens, writes its root certificate, serves until it is killed
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/ca_certificates.h"
#include "cmpkit/cmp/ca_information.h"
#include "cmpkit/cmp/certificate_authority.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/pem.h"
#include "cmpkit/cmp/responder.h"
#include "cmpkit/transport/http_server.h"

using namespace cmpkit;

namespace {

struct SystemClock final : cmp::Clock {
  cmp::Time now() const override { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }
};

/// Every device knows the same secret. In earnest each has its own: look it up by the reference.
struct OneSecret final : cmp::SharedSecrets {
  Known<Octets> find(Bytes /*reference*/) const override { return copy_of(bytes_of("example secret")); }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: ca ROOT_FILE\n";
    return 2;
  }
  // What the engine is given instead of asking the system: time, randomness, cryptography.
  const SystemClock clock;
  const cmp::Environment environment{clock, cmp::system_random(), cmp::botan_crypto()};

  // A root that issues, and a key of its own for the CMP messages (RFC 9810 Section 8.6).
  const cmp::CertificatePeriod period{clock.now() - std::chrono::minutes{1}, clock.now() + std::chrono::hours{24}};
  const auto ca_key = cmp::PrivateKey::generate("ec:P-256").value();
  const auto cmp_key = cmp::PrivateKey::generate("ec:P-256").value();
  const std::shared_ptr<const cmp::Signer> ca_signer = ca_key.signer().value();
  const Octets root =
      cmp::make_root_certificate(asn1::parse_name("/CN=Example CA").value(), *ca_signer, period, environment).value();
  const Octets cmp_certificate =
      cmp::make_cmp_signer_certificate({root, *ca_signer}, asn1::parse_name("/CN=Example CA CMP").value(),
                                       cmp_key.public_key(), period, environment)
          .value();

  // Who decides: a CA with one profile. Yours implements cmp::Authority.
  cmp::CertificateProfile profile;
  profile.name = "device";
  profile.validity = std::chrono::hours{1};
  cmp::CertificateAuthorityOptions options;
  options.signer = ca_signer;
  options.chain = {root};
  options.profiles = {profile};
  auto authority = cmp::CertificateAuthority::create(options, environment);
  if (!authority) {
    std::cerr << authority.error() << "\n";
    return 1;
  }

  // Where it keeps its state: in memory, as its root. What shall survive takes store::open_sqlite("store.db", crypto),
  // or open_postgresql() for replicas; link cmpkit::store_sqlite or cmpkit::store_postgresql.
  const auto store = cmp::memory_store();

  // What it tells who asks: its certificates and its CRL.
  cmp::CrlOptions crl_options;
  crl_options.signer = ca_signer;
  crl_options.certificate = root;
  const auto crls = cmp::CrlIssuer::create(crl_options, *store, environment).value();
  cmp::CaInformationOptions information_options;
  information_options.ca_certificates = {root};
  information_options.profiles = {profile};
  information_options.crls = crls.get();
  const auto information = cmp::ca_information(information_options).value();

  // Who talks CMP: checks messages, keeps the transactions in the store, asks the authority.
  const OneSecret secrets;
  const auto trust = cmp::TrustStore::make(environment.crypto, {root}).value();  // its own certificates: for updates
  cmp::ResponderConfiguration configuration;
  configuration.protection = {cmp_key.signer().value(), {cmp_certificate, root}};
  configuration.certificate_trust = &trust;
  configuration.secrets = &secrets;
  // Who may do what: a new device anything for which it has the secret, ours what concerns their own certificates.
  using Type = asn1::PKIBody;
  cmp::Permission new_devices, our_devices;
  new_devices.name = "new devices";
  new_devices.who = cmp::Permission::Who::secret;
  new_devices.operations = {Type::ir, Type::p10cr};
  new_devices.subject.kind = cmp::SubjectRule::Kind::any;
  our_devices.name = "our devices";
  our_devices.who = cmp::Permission::Who::own_certificate;
  our_devices.operations = {Type::kur, Type::rr, Type::genm};
  configuration.permissions = {new_devices, our_devices};
  configuration.information = {information.get()};
  auto responder = cmp::Responder::create(configuration, **authority, *store, environment);
  if (!responder) {
    std::cerr << responder.error() << "\n";
    return 1;
  }

  // Who moves the messages: HTTP at /.well-known/cmp.
  auto server = transport::HttpServer::start(
      {}, transport::cmp_handler([&](const transport::Endpoint& endpoint, Bytes request) -> std::optional<Octets> {
        return (*responder)->respond(request, endpoint.profile.value_or("")).octets;
      }));
  if (!server) {
    std::cerr << server.error().text << "\n";
    return 1;
  }
  std::ofstream(argv[1]) << cmp::encode_pem("CERTIFICATE", root);
  std::cout << "listening on " << server->url() << std::endl;
  ::pause();  // until a signal ends the program
}
