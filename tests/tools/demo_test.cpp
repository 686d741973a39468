// tools/demo.sh, as ./run demo calls it.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <regex>

#include "tests/support/process.h"
#include "tests/support/scratch_directory.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("the demonstration runs from any folder, twice in a row, and leaves nothing running") {
  if (!test::find_program("openssl")) SKIP("openssl is not installed");
  const test::ScratchDirectory folder;
  for (const char* name : {"once", "twice"}) {
    test::ProcessOptions options;
    options.directory = "/";
    options.timeout = std::chrono::minutes{4};  // with sanitizers, on a busy machine
    const test::Finished done = test::run({CMPKIT_DEMO, CMPKIT_COMMAND, folder / name}, options);
    INFO(done.out << done.err);
    REQUIRE_FALSE(done.timed_out);
    REQUIRE(done.status == 0);
    CHECK_THAT(done.out, ContainsSubstring("station ← factory: ip, "));
    CHECK_THAT(done.out, ContainsSubstring("lra ← RA: pkiconf, "));
    CHECK_THAT(done.out, ContainsSubstring("device ← LRA: ip, signed by /CN=ra-1"));
    CHECK_THAT(done.out, ContainsSubstring("/O=Operator/CN=4711.example has a certificate"));
    CHECK_THAT(done.out, ContainsSubstring("stray ← LRA: ip, "));
    CHECK_THAT(done.out, ContainsSubstring("$ kill -9 "));
    CHECK_THAT(done.out, ContainsSubstring("device ← LRA: kup, signed by /O=Operator/CN=Operator CA CMP"));
    CHECK_THAT(done.out, ContainsSubstring("device-3 ← RA: pkiconf, "));
    CHECK_THAT(done.out, ContainsSubstring("new-with-old.crt: OK"));
    CHECK_THAT(done.out, ContainsSubstring("RA ← CA: rp, "));
    CHECK_THAT(done.out, ContainsSubstring("device-3.crt: OK"));
    CHECK_THAT(done.out, ContainsSubstring("certificate revoked"));
    CHECK_THAT(done.out, ContainsSubstring("the audit log is whole: "));
    CHECK_THAT(done.out, ContainsSubstring(folder / name));
    for (const char* file : {"/messages/onboarded.ir.der", "/messages/renewed.kup.der",
                             "/messages/device-3.pkiconf.der", "/device.new.crt"}) {
      CHECK(file_exists(folder / name + file));
    }
    std::smatch process;
    REQUIRE(std::regex_search(done.out, process, std::regex("\\(process ([0-9]+)\\)")));
    CHECK_FALSE(file_exists("/proc/" + process[1].str()));
  }
}

}  // namespace
}  // namespace cmpkit::tools
