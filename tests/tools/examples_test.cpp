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

TEST_CASE("the example device says why it gets none") {
  const test::ScratchDirectory folder;
  const test::Finished alone = test::run({CMPKIT_EXAMPLES "/end_entity", "http://127.0.0.1:9", folder / "none"});
  CHECK(alone.status == 1);
  CHECK_THAT(alone.err, ContainsSubstring("127.0.0.1:9"));
}

}  // namespace
}  // namespace cmpkit::tools
