// What the commands of an RA's operator take from ra.toml: whom they ask, and as whom.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ra.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("ra bulk in the folder of an RA signs as it, or takes the secret that its upstream knows it by") {
  const CaWithRa above;
  Server ca(above.ca.folder());
  const NewRa ra(above, ca.url);
  const bool by_secret = GENERATE(false, true);
  if (by_secret) edit(ra / "ra.toml", "#reference = \"ra-1\"", "reference = \"ra-1\"\nsecret = \"pass:sesame\"");
  std::filesystem::create_directory(ra.scratch("csrs"));
  check_done(test::run({"openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                        "-keyout", ra.scratch("pump.key"), "-subj", "/CN=pump", "-out", ra.scratch("csrs/pump.csr")}));
  check_done(cmpkit({"ra", "bulk", ra.folder(), "--csrs", ra.scratch("csrs")}));
  CHECK(file_exists(ra.scratch("csrs/pump.pem")));
  CHECK_THAT(ca.stop().err, ContainsSubstring(by_secret ? "p10cr from secret ra-1" : "p10cr from /CN=cmpkit RA"));
}

}  // namespace
}  // namespace cmpkit::tools
