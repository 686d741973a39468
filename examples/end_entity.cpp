// A device in one file: it makes a key, proves by a shared secret who it is, and gets a certificate.
//
//   end_entity URL ROOT_FILE    prints its certificate as PEM
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/enrollment.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/pem.h"
#include "cmpkit/transport/http_client.h"

using namespace cmpkit;

namespace {

struct SystemClock final : cmp::Clock {
  cmp::Time now() const override { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }
};

std::vector<Octets> certificates_of(const char* path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return cmp::read_certificates(bytes_of(text)).value_or(std::vector<Octets>{});
}

int fail(const std::string& why) {
  std::cerr << "end_entity: " << why << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return fail("usage: end_entity URL ROOT_FILE");
  const SystemClock clock;
  const cmp::Environment environment{clock, cmp::system_random(), cmp::botan_crypto()};
  const auto trust = cmp::TrustStore::make(environment.crypto, certificates_of(argv[2]));
  if (!trust) return fail(trust.error().text);

  // What to ask for, and how to prove who asks. The key could as well be in a token: anything that is a cmp::Signer.
  const auto key = cmp::PrivateKey::generate("ec:P-256").value();
  cmp::EnrollmentOptions options;
  options.credential = cmp::SecretCredential{copy_of(bytes_of("device-1")), copy_of(bytes_of("example secret")), {}};
  options.trust = &*trust;
  options.subject = asn1::parse_name("/O=Example/CN=device-1").value();
  options.new_key = key.signer().value();
  auto enrollment = cmp::Enrollment::create(std::move(options), environment);
  if (!enrollment) return fail(enrollment.error());

  // The loop is ours: the enrolment says what to send and when to come back.
  auto server = transport::HttpClient::create(argv[1]);
  if (!server) return fail(server.error().text);
  auto output = enrollment->start();
  while (!output.done) {
    if (output.wake_at) {  // the CA lets us wait, or is not available just now
      std::this_thread::sleep_until(*output.wake_at);
      output = enrollment->wake();
      continue;
    }
    const auto answer = server->exchange(*output.send);
    if (!answer) return fail(answer.error().text);
    output = enrollment->receive(*answer);
  }
  if (!output.done->success) return fail(output.done->text);
  std::cout << cmp::encode_pem("CERTIFICATE", output.done->certificate);
}
