// `cmpkit conformance`: what it says before there is a server. With one: conformance/our_ca.sh.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>

#include "tests/support/process.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::test {
namespace {

using Catch::Matchers::ContainsSubstring;

Finished conformance(const Arguments& arguments) {
  Arguments all{CMPKIT_COMMAND, "conformance"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run(all);
}

/// Its complaints about a file with this content.
std::string complaints(const std::string& content) {
  const ScratchDirectory folder;
  const std::string file = folder / "peer.toml";
  std::ofstream(file) << content;
  const Finished done = conformance({"--server", "http://127.0.0.1:9", "--config", file});
  CHECK(done.status == 2);
  return done.err;
}

TEST_CASE("cmpkit conformance lists its cases, also those about one rule only") {
  const Finished all = conformance({"--list"});
  CHECK(all.status == 0);
  CHECK_THAT(all.out, ContainsSubstring("C-03   certConf with a wrong certHash  [ ir certConf ]\n"));
  CHECK_THAT(all.out, ContainsSubstring("client: an ip with another recipNonce\n"));
  CHECK_THAT(all.out, ContainsSubstring("A-21   ir approved by an RA  [ registration-authority ir certificate ]\n"));
  CHECK_THAT(all.out, ContainsSubstring("V-20   RA: an ip with another recipNonce  ["));
  const Finished some = conformance({"--list", "--rule", "V-10"});
  CHECK_THAT(some.out, ContainsSubstring("ir with a senderNonce of 15 octets"));
  CHECK(some.out.find("certHash") == std::string::npos);
  CHECK(conformance({"--list", "--rule", "V-999"}).status == 2);
}

TEST_CASE("cmpkit conformance tells which MUST rules have no case, and why") {
  const Finished done = conformance({"--coverage"});
  CHECK(done.status == 0);
  CHECK_THAT(done.out, ContainsSubstring(" MUST rules for end entities, "));
  CHECK_THAT(done.out, ContainsSubstring(" for RAs alone have a case\n"));
  CHECK_THAT(done.out, ContainsSubstring("no case here has a server make keys"));
}

TEST_CASE("cmpkit conformance says what is wrong with its file") {
  CHECK_THAT(complaints("feature = []\n"), ContainsSubstring("feature: is not known here; known are: "));
  CHECK_THAT(complaints("subject = \"nobody\"\n"), ContainsSubstring("peer.toml:1: subject: "));
  CHECK_THAT(complaints("[secret]\nreference = \"x\"\n"), ContainsSubstring("secret: is missing"));
  CHECK_THAT(complaints("[certificate]\ncertificate = \"no.crt\"\nkey = \"no.key\"\n"), ContainsSubstring("no.key"));
  CHECK_THAT(complaints("= 1\n"), ContainsSubstring("peer.toml:1: "));
  CHECK_THAT(complaints("[upstream]\nlisten = \"here\"\n"), ContainsSubstring("upstream.listen: "));
  CHECK_THAT(conformance({}).err, ContainsSubstring("--server and --config are needed"));
}

}  // namespace
}  // namespace cmpkit::test
