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
    const test::Finished done = test::run({CMPKIT_DEMO, CMPKIT_COMMAND, folder / name}, options);
    INFO(done.out << done.err);
    REQUIRE_FALSE(done.timed_out);
    REQUIRE(done.status == 0);
    CHECK_THAT(done.out, ContainsSubstring("device-1 → CA: kur, signed by /O=Example/CN=device-1"));
    CHECK_THAT(done.out, ContainsSubstring("device-2 ← CA: ip, signed by /O=Example/CN=Example CA CMP"));
    CHECK_THAT(done.out, ContainsSubstring("device-3 ← CA: pkiconf, "));
    CHECK_THAT(done.out, ContainsSubstring("impostor ← CA: error, "));
    CHECK_THAT(done.out, ContainsSubstring("approved "));
    CHECK_THAT(done.out, ContainsSubstring("device-4 → CA: pollReq, "));
    CHECK_THAT(done.out, ContainsSubstring("$ kill -9 "));
    CHECK_THAT(done.out, ContainsSubstring("certificates  5 (valid 4, revoked 1)"));
    CHECK_THAT(done.out, ContainsSubstring("the audit log is whole: "));
    CHECK_THAT(done.out, ContainsSubstring("Superseded"));
    CHECK_THAT(done.out, ContainsSubstring("certificate revoked"));
    for (const char* certificate : {"device-1.new.crt: OK\n", "device-4.crt: OK\n"})
      CHECK_THAT(done.out, ContainsSubstring(certificate));
    CHECK_THAT(done.out, ContainsSubstring(folder / name));
    for (const char* file : {"/device-1.ir.der", "/device-1.new.key", "/device-2.crt", "/device-3.pkiconf.der"}) {
      CHECK(file_exists(folder / name + file));
    }
    std::smatch process;
    REQUIRE(std::regex_search(done.out, process, std::regex("\\(process ([0-9]+)\\)")));
    CHECK_FALSE(file_exists("/proc/" + process[1].str()));
  }
}

}  // namespace
}  // namespace cmpkit::tools
