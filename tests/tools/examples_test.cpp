// The examples, run against each other and against the command.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/pem.h"
#include "tests/support/process.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("the example device gets a certificate from the example CA") {
  const test::ScratchDirectory folder;
  test::Process ca({CMPKIT_EXAMPLES "/ca", folder / "root.crt"});
  const auto line = ca.wait_for_line("listening on ");
  REQUIRE(line);
  const std::string url = line->substr(line->find("http://"));

  const test::Finished device = test::run({CMPKIT_EXAMPLES "/end_entity", url, folder / "root.crt"});
  INFO(device.err);
  REQUIRE(device.status == 0);
  const auto certificates = cmp::read_certificates(bytes_of(device.out));
  REQUIRE(certificates);
  CHECK(cmp::CertificateView::decode(certificates->front())->name() == "/O=Example/CN=device-1");

  SECTION("and so does the command") {
    const test::Finished done = test::run({CMPKIT_COMMAND, "enroll", "--server", url, "--ref", "x", "--secret",
                                           "pass:example secret", "--trusted", folder / "root.crt", "--subject",
                                           "/CN=x", "--newkey", folder / "x.key", "--certout", folder / "x.crt"});
    INFO(done.err);
    CHECK(done.status == 0);
  }
  SECTION("but not without the secret") {
    const test::Finished done = test::run({CMPKIT_COMMAND, "enroll", "--server", url, "--ref", "x", "--secret",
                                           "pass:guess", "--trusted", folder / "root.crt", "--subject", "/CN=x",
                                           "--newkey", folder / "x.key", "--certout", folder / "x.crt"});
    CHECK(done.status == 1);
  }
}

TEST_CASE("the example RA enrols devices at a CA that knows no CMP") {
  if (!test::find_program("openssl")) SKIP("openssl is not installed");
  const test::ScratchDirectory folder;
  const test::Finished made = test::run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj",
                                         "/CN=Old CA", "-keyout", folder / "ca.key", "-out", folder / "ca.crt"});
  INFO(made.err);
  REQUIRE(made.status == 0);
  test::Process ra({CMPKIT_EXAMPLES "/ra", folder.path()});
  const auto line = ra.wait_for_line("listening on ");
  REQUIRE(line);
  const std::string url = line->substr(line->find("http://"));
  const auto enrolled = [&](const test::Arguments& more) {
    test::Arguments all = {
        CMPKIT_COMMAND,        "enroll",    "--server",        url,         "--ref",         "x", "--secret",
        "pass:example secret", "--trusted", folder / "ca.crt", "--certout", folder / "x.crt"};
    all.insert(all.end(), more.begin(), more.end());
    return test::run(all);
  };

  SECTION("ours, by CRMF") {
    const test::Finished device = test::run({CMPKIT_EXAMPLES "/end_entity", url, folder / "ca.crt"});
    INFO(device.err);
    REQUIRE(device.status == 0);
    const auto certificates = cmp::read_certificates(bytes_of(device.out));
    REQUIRE(certificates);
    CHECK(cmp::CertificateView::decode(certificates->front())->name() == "/O=Example/CN=device-1");
  }
  SECTION("ours, by PKCS #10, which the CA checks itself") {
    const test::Finished request =
        test::run({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj",
                   "/O=Example/CN=x", "-keyout", folder / "x.key", "-out", folder / "x.csr"});
    REQUIRE(request.status == 0);
    const test::Finished done = enrolled({"--cmd", "p10cr", "--csr", folder / "x.csr"});
    INFO(done.err);
    CHECK(done.status == 0);
  }
  SECTION("not those of others") {
    const test::Finished done = enrolled({"--subject", "/O=Other/CN=x", "--newkey", folder / "x.key"});
    CHECK(done.status == 1);
    CHECK_THAT(done.err, ContainsSubstring("not one of ours"));
  }
  SECTION("with names that a shell would take for commands") {
    const test::Finished done =
        enrolled({"--subject", "/O=Example/CN=\"$(touch touched)`touch touched`", "--newkey", folder / "x.key"});
    INFO(done.err);
    CHECK(done.status == 0);
    CHECK_FALSE(std::filesystem::exists(folder / "touched"));
  }
  SECTION("OpenSSL's client") {
    if (test::run({"openssl", "cmp", "-help"}).status != 0) SKIP("this openssl has no cmp command");
    REQUIRE(test::run({"openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
                       folder / "x.key"})
                .status == 0);
    const test::Finished done = test::run({"openssl",  "cmp",
                                           "-config",  "",
                                           "-cmd",     "ir",
                                           "-server",  url.substr(7),
                                           "-path",    "/.well-known/cmp",
                                           "-ref",     "x",
                                           "-secret",  "pass:example secret",
                                           "-trusted", folder / "ca.crt",
                                           "-newkey",  folder / "x.key",
                                           "-subject", "/O=Example/CN=x",
                                           "-certout", folder / "x.crt"});
    INFO(done.err);
    CHECK(done.status == 0);
  }
}

TEST_CASE("the example device says why it gets none") {
  const test::ScratchDirectory folder;
  const test::Finished alone = test::run({CMPKIT_EXAMPLES "/end_entity", "http://127.0.0.1:9", folder / "none"});
  CHECK(alone.status == 1);
  CHECK_THAT(alone.err, ContainsSubstring("127.0.0.1:9"));
}

}  // namespace
}  // namespace cmpkit::tools
