// A server that is killed and started again, or two of them on one store: clients do not notice.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/enrollment.h"
#include "cmpkit/transport/http_client.h"
#include "tests/tools/new_ca.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

/// The time of the machine, or later where a test says so.
class LaterClock final : public cmp::Clock {
 public:
  [[nodiscard]] cmp::Time now() const override { return SystemClock().now() + ahead_; }
  void wait_until(cmp::Time time) { ahead_ = std::max(ahead_, time - SystemClock().now()); }

 private:
  std::chrono::seconds ahead_{0};
};

/// Enrols, a message at a time, so that something can happen to the server between two of them.
class Device {
 public:
  explicit Device(const NewCa& ca, const std::string& profile = {})
      : trust_(cmp::TrustStore::make(cmp::botan_crypto(), load_certificates({ca / "root.crt"}).value()).value()),
        enrollment_(
            cmp::Enrollment::create(options(ca, profile), {clock_, cmp::system_random(), cmp::botan_crypto()}).value()),
        next_(enrollment_.start()) {}

  /// What is to be sent now; the time until then passes.
  const Octets& message() {
    if (next_.wake_at) {
      clock_.wait_until(*next_.wake_at);
      next_ = enrollment_.wake();
    }
    return next_.send.value();
  }
  /// Sends it to this server, and takes the answer.
  void say_to(const Server& server) {
    answer_ = asked(server, message());
    next_ = enrollment_.receive(answer_);
  }
  [[nodiscard]] const Octets& answer() const { return answer_; }
  [[nodiscard]] bool is_waiting() const { return next_.wake_at.has_value(); }
  [[nodiscard]] bool has_certificate() const { return next_.done && next_.done->success; }

  static Octets asked(const Server& server, const Octets& message) {
    auto client = transport::HttpClient::create(server.url).value();
    auto reply = client.exchange(message);
    REQUIRE(reply);
    return std::move(*reply);
  }

 private:
  cmp::EnrollmentOptions options(const NewCa& ca, const std::string& profile) {
    cmp::EnrollmentOptions out;
    std::string secret = text_in(ca / "first-device.secret");
    secret.pop_back();
    out.credential = cmp::SecretCredential{copy_of(bytes_of("first-device")), copy_of(bytes_of(secret)), {}};
    out.trust = &trust_;
    out.subject = asn1::parse_name("/CN=first-device").value();
    out.new_key = cmp::PrivateKey::generate("ec:P-256")->signer().value();
    out.profile = profile;
    out.implicit_confirm = false;
    return out;
  }

  LaterClock clock_;
  cmp::TrustStore trust_;
  cmp::Enrollment enrollment_;
  cmp::Output next_;
  Octets answer_;
};

void check_one_certificate(const NewCa& ca) {
  const auto all = json_of({"ca", "list", ca.folder()});
  REQUIRE(all.size() == 1);
  CHECK(all[0]["status"] == "valid");
  CHECK(cmpkit({"ca", "audit", "verify", ca.folder()}).status == 0);
}

TEST_CASE("a server that is killed after the ir goes on with the certConf, and gives each answer again") {
  const NewCa ca;
  Device device(ca);
  const Octets ir = device.message();
  Server first(ca.folder());
  device.say_to(first);
  const Octets ip = device.answer();
  first.kill();

  Server second(ca.folder());
  CHECK(Device::asked(second, ir) == ip);
  const Octets cert_conf = device.message();
  device.say_to(second);
  CHECK(device.has_certificate());
  const Octets pki_conf = device.answer();
  second.kill();

  const Server third(ca.folder());
  CHECK(Device::asked(third, cert_conf) == pki_conf);
  check_one_certificate(ca);
}

TEST_CASE("two servers on one store are one to their clients") {
  const NewCa ca;
  const Server one(ca.folder()), two(ca.folder());
  Device device(ca);
  const Octets ir = device.message();
  device.say_to(one);
  CHECK(Device::asked(two, ir) == device.answer());
  device.say_to(two);
  CHECK(device.has_certificate());
  check_one_certificate(ca);
}

TEST_CASE("a server that is killed while a client polls goes on where it was") {
  const NewCa ca;
  edit(ca / "ca.toml", "#ir = 2", "ir = 2");
  Device device(ca);
  for (int polls = 0; polls < 2; ++polls) {
    Server server(ca.folder());
    device.say_to(server);
    REQUIRE(device.is_waiting());
    server.kill();
  }
  const Server server(ca.folder());
  for (int polls = 0; device.is_waiting() && polls < 2; ++polls) device.say_to(server);
  device.say_to(server);  // certConf
  CHECK(device.has_certificate());
  check_one_certificate(ca);
}

TEST_CASE("an approval that is given while no server runs counts when there is one again") {
  const NewCa ca;
  edit(ca / "ca.toml", "[[profile]]\nkind = \"as-requested\"", "[[profile]]\nname = \"watched\"\napproval = true\n");
  Device device(ca, "watched");
  Server first(ca.folder());
  device.say_to(first);
  REQUIRE(device.is_waiting());
  first.kill();

  CHECK_THAT(cmpkit({"ca", "approve", ca.folder()}).out, ContainsSubstring("approved "));
  const Server second(ca.folder());
  device.say_to(second);
  device.say_to(second);
  CHECK(device.has_certificate());
  check_one_certificate(ca);
  CHECK_THAT(cmpkit({"ca", "audit", ca.folder()}).out,
             ContainsSubstring(": approve approved: ir by secret first-device"));
}

}  // namespace
}  // namespace cmpkit::tools
