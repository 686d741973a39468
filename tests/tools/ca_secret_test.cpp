// `cmpkit ca secret`, beside the running server.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ca.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

Finished enroll_by(const NewCa& ca, const std::string& url, const std::string& reference, const std::string& secret) {
  return cmpkit({"enroll", "--server", url, "--ref", reference, "--secret", "pass:" + secret, "--trusted",
                 ca / "root.crt", "--subject", "/CN=" + reference, "--newkey", ca.scratch("device.key"), "--certout",
                 ca.scratch("device.crt")});
}

TEST_CASE("ca secret add makes a secret for so many certificates, for a running server") {
  const NewCa ca;
  Server server(ca.folder());
  const auto added = json_of({"ca", "secret", "add", ca.folder(), "device-9", "--uses", "1"});
  const std::string secret = added["secret"].get<std::string>();
  CHECK(secret.size() == 32);
  CHECK(enroll_by(ca, server.url, "device-9", "guess").status == 1);
  CHECK(enroll_by(ca, server.url, "device-9", secret).status == 0);
  const Finished again = enroll_by(ca, server.url, "device-9", secret);
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring("used as often as it may be"));

  const auto listed = json_of({"ca", "secret", "list", ca.folder()});
  REQUIRE(listed.size() == 1);
  CHECK(listed[0]["reference"] == "device-9");
  CHECK(listed[0]["uses"] == 1);
  CHECK(listed[0]["maxUses"] == 1);
  CHECK_FALSE(listed[0].contains("secret"));
  CHECK_THAT(cmpkit({"ca", "secret", "list", ca.folder()}).out, ContainsSubstring("device-9  used 1 of 1"));
}

TEST_CASE("no operation begins with a secret that has expired, or was removed") {
  const NewCa ca;
  Server server(ca.folder());
  REQUIRE(cmpkit({"ca", "secret", "add", ca.folder(), "late", "--expires", "0s", "--secret", "pass:x"}).status == 0);
  const Finished late = enroll_by(ca, server.url, "late", "x");
  CHECK(late.status == 1);
  CHECK_THAT(late.err, ContainsSubstring("the secret has expired"));

  REQUIRE(cmpkit({"ca", "secret", "add", ca.folder(), "gone", "--expires", "1d", "--secret", "pass:x"}).status == 0);
  CHECK(enroll_by(ca, server.url, "gone", "x").status == 0);
  CHECK(cmpkit({"ca", "secret", "remove", ca.folder(), "gone"}).status == 0);
  CHECK(enroll_by(ca, server.url, "gone", "x").status == 1);
}

TEST_CASE("a secret is there once, and its octets are printed only when it is made") {
  const NewCa ca;
  REQUIRE(cmpkit({"store", "migrate", ca.folder()}).status == 0);
  const Finished made = cmpkit({"ca", "secret", "add", ca.folder(), "one"});
  CHECK(made.out.size() == 33);
  const Finished given = cmpkit({"ca", "secret", "add", ca.folder(), "two", "--secret", "pass:sesame"});
  CHECK(given.status == 0);
  CHECK_THAT(given.out + given.err, !ContainsSubstring("sesame"));
  const Finished again = cmpkit({"ca", "secret", "add", ca.folder(), "one"});
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring("remove it first"));
  CHECK_THAT(cmpkit({"ca", "secret", "add", ca.folder(), "first-device"}).err, ContainsSubstring("ca.toml"));
  CHECK(cmpkit({"ca", "secret", "remove", ca.folder(), "three"}).status == 1);
  CHECK(cmpkit({"ca", "secret", "add", ca.folder(), "four", "--expires", "soon"}).status == 2);
  CHECK(cmpkit({"ca", "secret", "add", ca.folder(), "four", "--uses", "0"}).status == 2);
  CHECK(cmpkit({"ca", "secret", "add", ca.folder(), "four", "--secret", "sesame"}).status == 2);
  CHECK(cmpkit({"ca", "secret", ca.folder()}).status == 2);

  const Finished logged = cmpkit({"ca", "audit", ca.folder()});
  CHECK_THAT(logged.out, ContainsSubstring(": add secret added: two, used 0"));
  CHECK_THAT(logged.out, !ContainsSubstring("sesame"));
}

}  // namespace
}  // namespace cmpkit::tools
