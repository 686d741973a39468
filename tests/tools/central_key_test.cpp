// `cmpkit enroll --centralkeygen` against `cmpkit ca serve` with [key_generation].
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ca.h"
#include "tools/credentials.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

void make_keys(const NewCa& ca) {
  const std::string path = ca / "ca.toml";
  for (const char* line : {"[key_generation]", "certificate = \"kga.crt\"", "key = \"kga.key\"", "key_types"})
    edit(path, "#" + std::string(line), line);
}

Arguments asking(const NewCa& ca, const std::string& url, const std::string& name) {
  return {"enroll",
          "--server",
          url,
          "--ref",
          "first-device",
          "--secret",
          "file:" + ca / "first-device.secret",
          "--trusted",
          ca / "root.crt",
          "--subject",
          "/CN=" + name,
          "--centralkeygen",
          "--newkeyout",
          ca.scratch(name + ".key"),
          "--certout",
          ca.scratch(name + ".crt")};
}

void check_pair(const NewCa& ca, const std::string& name, const std::string& passphrase = {}) {
  CHECK(mode_of(ca.scratch(name + ".key")) == 0600);
  const auto key = load_private_key(ca.scratch(name + ".key"), passphrase);
  REQUIRE(key);
  const auto certificate = load_certificates({ca.scratch(name + ".crt")}).value().front();
  CHECK(same_octets(key->public_key(), cmp::CertificateView::decode(certificate)->public_key()));
}

}  // namespace

TEST_CASE("enroll --centralkeygen: the CA makes the key, for its owner only, encrypted where that is asked for") {
  const NewCa ca({"--subjects", "any"});
  make_keys(ca);
  const Server server(ca.folder());
  REQUIRE_FALSE(server.url.empty());

  const Finished done = cmpkit(asking(ca, server.url, "plain"));
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  CHECK_THAT(done.out, ContainsSubstring("key           ec:P-256, in " + ca.scratch("plain.key")));
  check_pair(ca, "plain");

  Arguments arguments = asking(ca, server.url, "safe");
  arguments.insert(arguments.end(), {"--newkeytype", "rsa", "--newkeypass", "pass:sesame"});
  const Finished encrypted = cmpkit(arguments);
  INFO(encrypted.out << encrypted.err);
  REQUIRE(encrypted.status == 0);
  check_pair(ca, "safe", "pass:sesame");
  CHECK_THAT(text_in(ca.scratch("safe.key")), ContainsSubstring("BEGIN ENCRYPTED PRIVATE KEY"));
}

TEST_CASE("enroll --centralkeygen is refused by a CA that makes no keys, and leaves no key") {
  const NewCa ca;
  const Server server(ca.folder());
  const Finished done = cmpkit(asking(ca, server.url, "none"));
  CHECK(done.status != 0);
  CHECK_THAT(done.err, ContainsSubstring("R-04"));
  CHECK_FALSE(file_exists(ca.scratch("none.key")));
}

TEST_CASE("enroll: options that contradict --centralkeygen") {
  const NewCa ca;
  Arguments both = asking(ca, "http://127.0.0.1:1", "x");
  both.insert(both.end(), {"--newkey", ca.scratch("own.key")});
  CHECK_THAT(cmpkit(both).err, ContainsSubstring("neither --newkey nor --csr goes with it"));
  Arguments without_place = asking(ca, "http://127.0.0.1:1", "x");
  std::erase(without_place, "--centralkeygen");
  CHECK_THAT(cmpkit(without_place).err, ContainsSubstring("--centralkeygen and --newkeyout go together"));
}

TEST_CASE("ca.toml: [key_generation] that cannot work is refused when the CA starts") {
  const NewCa ca;
  make_keys(ca);
  edit(ca / "ca.toml", "certificate = \"kga.crt\"", "certificate = \"cmp.crt\"");
  const Finished other_key = cmpkit({"ca", "serve", ca.folder(), "--listen", "127.0.0.1:0"});
  CHECK(other_key.status != 0);
  CHECK_THAT(other_key.err, ContainsSubstring("[key_generation]"));
  edit(ca / "ca.toml", "key = \"kga.key\"", "key = \"cmp.key\"");
  const Finished no_purpose = cmpkit({"ca", "serve", ca.folder(), "--listen", "127.0.0.1:0"});
  CHECK(no_purpose.status != 0);
  CHECK_THAT(no_purpose.err, ContainsSubstring("id-kp-cmKGA"));
}

}  // namespace cmpkit::tools
