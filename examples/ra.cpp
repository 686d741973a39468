// A registration authority in one file, in front of a CA that knows no CMP: here `openssl x509` with the CA's key.
//   openssl req -x509 -newkey rsa:2048 -noenc -keyout FOLDER/ca.key -out FOLDER/ca.crt -subj "/CN=Old CA"
//   ra FOLDER    prints where it listens, serves until it is killed
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/pkcs10.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/certifier.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/pem.h"
#include "cmpkit/cmp/responder.h"
#include "cmpkit/transport/http_server.h"

using namespace cmpkit;

namespace {

struct SystemClock final : cmp::Clock {
  cmp::Time now() const override { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }
};

struct OneSecret final : cmp::SharedSecrets {  // in earnest each device has its own
  Known<Octets> find(Bytes /*reference*/) const override { return copy_of(bytes_of("example secret")); }
};

/// Our policy: devices of the organization Example only. It could change what is asked for, or wait for an operator.
struct OurDevices final : cmp::Policy {
  cmp::PolicyDecision decide(const cmp::PolicyQuestion& question, cmp::Time /*now*/) override {
    const bool ours = asn1::name_text(question.certificate->subject).starts_with("/O=Example/");
    return ours ? cmp::PolicyDecision(cmp::PolicyGrant{})
                : cmp::refused(cmp::rules::R_07, "subject", "not one of ours");
  }
};

void write(const std::string& path, Bytes octets) { std::ofstream(path, std::ios::binary) << text_of(octets); }

std::vector<Octets> certificates_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return cmp::read_certificates(Octets{std::istreambuf_iterator<char>(file), {}}).value_or(std::vector<Octets>{});
}

/// The CA. Whatever a device names itself, the shell does not see it.
std::vector<Octets> openssl(const std::string& id, const std::string& arguments) {
  const std::string ca = "openssl x509 -CA ca.crt -CAkey ca.key -days 7 -out " + id + ".crt ";
  return std::system((ca + arguments).c_str()) == 0 ? certificates_in(id + ".crt") : std::vector<Octets>{};
}

std::vector<Octets> openssl_for_key(const std::string& id, asn1::Name subject, Bytes key) {
  write(id + ".key", key);
  write(id + ".subject", bytes_of(asn1::name_text(subject)));
  return openssl(id, "-new -force_pubkey " + id + ".key -subj \"$(cat " + id + ".subject)\"");
}

/// It could as well call a service, or answer cmp::Waiting until somebody has signed by hand.
cmp::CertifierDecision certify(const cmp::CertifierRequest& request, cmp::Time /*now*/) {
  write(request.id + ".csr", request.certification_request);
  const auto csr = asn1::decode<asn1::CertificationRequest>(request.certification_request).value();
  auto issued = request.signed_by_device  // else we have signed it, and openssl would not like that
                    ? openssl(request.id, "-req -copy_extensions copy -inform DER -in " + request.id + ".csr")
                    : openssl_for_key(request.id, csr.certificationRequestInfo.subject, request.public_key);
  if (issued.empty()) return cmp::unavailable("openssl", "openssl x509 failed");
  return cmp::CertifierGranted{issued.front(), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || ::chdir(argv[1]) != 0) return std::cerr << "usage: ra FOLDER\n", 2;
  const std::shared_ptr<const cmp::Signer> key = cmp::PrivateKey::generate("ec:P-256").value().signer().value();
  const auto ca = certificates_in("ca.crt");
  const auto ra = openssl_for_key("ra", {asn1::parse_name("/CN=Our RA").value()}, key->public_key());
  if (ca.empty() || ra.empty()) return std::cerr << "there is no CA in this folder\n", 1;
  const SystemClock clock;
  const cmp::Environment environment{clock, cmp::system_random(), cmp::botan_crypto()};
  const auto store = cmp::memory_store();
  const auto authority = cmp::certifier_authority({ca.front(), key, certify, {}}, environment).value();
  OurDevices policy;
  const OneSecret secrets;
  cmp::ResponderConfiguration configuration;
  configuration.protection = {key, {ra.front()}};
  configuration.secrets = &secrets;
  configuration.policy = &policy;
  auto& devices = configuration.permissions.emplace_back();
  devices.who = cmp::Permission::Who::secret;
  devices.operations = {asn1::PKIBody::ir, asn1::PKIBody::p10cr};
  devices.subject.kind = cmp::SubjectRule::Kind::any;
  const auto responder = cmp::Responder::create(configuration, *authority, *store, environment).value();
  const auto server = transport::HttpServer::start(
      {}, transport::cmp_handler([&](const transport::Endpoint& endpoint, Bytes request) -> std::optional<Octets> {
        return responder->respond(request, endpoint.profile.value_or("")).octets;
      }));
  std::cout << "listening on " << server.value().url() << std::endl;
  ::pause();  // until a signal ends the program
}
