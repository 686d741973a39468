#include "tools/ra_configuration.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/support/scratch_directory.h"
#include "tools/files.h"
#include "tools/ra_configuration_text.h"

namespace cmpkit::tools {
namespace {

using asn1::PKIBody;
using Catch::Matchers::ContainsSubstring;
using Kind = UpstreamEntry::Kind;
using std::chrono::seconds;

/// What `cmpkit ra init` writes.
std::string usual_text() {
  return ra_configuration_text(
      {"[::1]:8081", Kind::http, "http://ca.example:8080/cmp", "", {{"device-1", "pass:secret"}}});
}

/// The text with its first `what` replaced; fails the test where it is not there.
std::string with(std::string text, std::string_view what, std::string_view replacement) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), replacement);
}

/// The text without the sign of a comment before these lines.
std::string uncommented(std::string text, std::string_view from, std::string_view to) {
  auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  for (const auto end = text.find(to, at); at < end && at != std::string::npos; at = text.find('\n', at) + 1)
    if (text[at] == '#') text[at] = ' ';
  return text;
}

tl::expected<RaConfiguration, std::vector<std::string>> read(const std::string& text) {
  const test::ScratchDirectory folder;
  REQUIRE(write_file(folder / "ra.toml", bytes_of(text)));
  return read_ra_configuration(folder.path());
}

std::string complaints_about(const std::string& text) {
  const auto result = read(text);
  REQUIRE_FALSE(result);
  std::string all;
  for (const std::string& each : result.error()) all += each + "\n";
  return all;
}

TEST_CASE("ra.toml as ra init writes it is read completely") {
  const test::ScratchDirectory folder;
  REQUIRE(write_file(folder / "ra.toml", bytes_of(usual_text())));
  const auto read = read_ra_configuration(folder.path());
  if (!read) FAIL(read.error().front());

  CHECK(read->listen.host == "::1");
  CHECK(read->workers == 32);
  CHECK(read->store.place == folder / "store.db");
  CHECK(read->cmp.certificate == folder / "ra.crt");
  CHECK(read->cmp.extra_certificates == std::vector<std::string>{folder / "ra.chain.crt"});
  CHECK(read->trusted == std::vector<std::string>{folder / "operator", folder / "trusted"});
  REQUIRE(read->secrets.size() == 1);
  CHECK(read->secrets[0].reference == "device-1");
  REQUIRE(read->permissions.size() == 4);
  CHECK(read->permissions[0].permission.on_behalf);
  CHECK(read->permissions[0].anchors == std::vector<std::string>{folder / "operator"});
  CHECK_FALSE(read->inventory.on);
  CHECK_FALSE(read->approval.on);
  CHECK(read->vendors.empty());
  CHECK(read->cache.upstream.empty());
  CHECK(read->revocation.crls.empty());
  CHECK_FALSE(read->revocation.require);
  CHECK(read->max_nesting == 2);
  CHECK(read->max_batch == 1000);
  CHECK(read->batch_interval == seconds{1});

  REQUIRE(read->upstreams.size() == 1);
  const UpstreamEntry& upstream = read->upstreams.front();
  CHECK(upstream.kind == Kind::http);
  CHECK(upstream.url == "http://ca.example:8080/cmp");
  CHECK(upstream.timeout == seconds{30});
  CHECK(upstream.trusted == std::vector<std::string>{folder / "operator"});
  CHECK_FALSE(upstream.certificate);
  CHECK_FALSE(upstream.secret);
  CHECK(upstream.online);
  REQUIRE(read->routes.size() == 1);
  CHECK(read->routes[0].name == "everything");
  CHECK(read->routes[0].operations.empty());
  CHECK(read->routes[0].upstream == "ca");
  CHECK(read->routes[0].forwarding == cmp::Forwarding::replace);
}

TEST_CASE("what ra.toml has in comments can be uncommented") {
  std::string text = uncommented(usual_text(), "#[[upstream]]\n#name = \"offline\"", "\n\n");
  text = uncommented(text, "#[[upstream]]\n#name = \"script\"", "\n\n");
  text = uncommented(text, "#[cache]", "\n\n");
  text = uncommented(text, "#[[vendor]]", "\n\n");
  text = uncommented(text, "#[[permission]]\n#name = \"devices of ACME", "\n\n");
  text = with(text, "#permissions = [\"devices of manufacturers\"]", "permissions = [\"devices of manufacturers\"]");
  text = with(text, "#tolerate", "tolerate");
  text = with(text, "#batch", "batch");
  const auto read = tools::read_ra_configuration;
  const test::ScratchDirectory folder;
  REQUIRE(write_file(folder / "ra.toml", bytes_of(text)));
  const auto configuration = read(folder.path());
  if (!configuration) FAIL(configuration.error().front());

  REQUIRE(configuration->upstreams.size() == 3);
  const UpstreamEntry& http = configuration->upstreams[0];
  CHECK(http.tolerance.allows(cmp::Deviation::sender_not_subject));
  CHECK(http.batch == 100);
  CHECK_FALSE(http.online);
  const UpstreamEntry& files = configuration->upstreams[1];
  CHECK(files.kind == Kind::files);
  CHECK(files.out == folder / "upstream/out");
  CHECK_FALSE(files.online);
  const UpstreamEntry& command = configuration->upstreams[2];
  CHECK(command.kind == Kind::command);
  CHECK(command.command == std::vector<std::string>{folder / "./sign.sh"});
  CHECK(command.issuer == folder / "ca.crt");
  CHECK(configuration->cache.upstream == "ca");
  CHECK(configuration->cache.ca_certificates);
  CHECK(configuration->cache.refresh == std::chrono::hours{1});
  REQUIRE(configuration->vendors.size() == 1);
  CHECK(configuration->vendors[0].anchors == std::vector<std::string>{folder / "vendors/acme"});
  CHECK(configuration->inventory.permissions == std::vector<std::string>{"devices of manufacturers"});
  CHECK(configuration->permissions.back().permission.subject.kind == cmp::SubjectRule::Kind::pattern);
}

TEST_CASE("the status of certificates may be required where CRLs are files or fetched") {
  const std::string required = with(usual_text(), "require = false", "require = true");
  const bool fetched = GENERATE(false, true);
  const std::string text =
      fetched ? uncommented(required, "#[cache]", "\n\n") : with(required, "crls = []", "crls = [\"crls\", \"a.crl\"]");
  const auto configuration = read(text);
  if (!configuration) FAIL(configuration.error().front());
  CHECK(configuration->revocation.require);
  CHECK(configuration->revocation.crls.size() == (fetched ? 0 : 2));
}

TEST_CASE("a route is read with all it can say") {
  const auto configuration =
      read(with(usual_text(), "name = \"everything\"\nupstream = \"ca\"\nforwarding = \"replace\"",
                R"(name = "renewals"
operations = ["kur", "genm"]
profiles = ["tls"]
upstream = "ca"
forwarding = "unchanged"
transparent = true
profile = "other"
original = true
ra_verified = true)"));
  if (!configuration) FAIL(configuration.error().front());
  const cmp::Route& route = configuration->routes.front();
  CHECK(route.operations == std::set<PKIBody::Type>{PKIBody::kur, PKIBody::genm});
  CHECK(route.profiles == std::vector<std::string>{"tls"});
  CHECK(route.forwarding == cmp::Forwarding::unchanged);
  CHECK(route.transparent);
  CHECK(route.profile == "other");
  CHECK(route.original);
  CHECK(route.ra_verified);
}

TEST_CASE("operation labels are for the path of RFC 9483, unless it is said otherwise") {
  struct Row {
    const char* url;
    bool labels;
  };
  const auto row = GENERATE(values<Row>({{"http://ca", true},
                                         {"http://ca/.well-known/cmp", true},
                                         {"http://ca/.well-known/cmp/p/tls", true},
                                         {"http://ca/", false},
                                         {"http://ca/ejbca/publicweb/cmp/alias", false},
                                         {"http://ca/cmp\"\nlabels = true #", true},
                                         {"http://ca\"\nlabels = false #", false}}));
  CAPTURE(row.url);
  const auto configuration = read(with(usual_text(), "http://ca.example:8080/cmp", row.url));
  if (!configuration) FAIL(configuration.error().front());
  CHECK(configuration->upstreams.front().labels == row.labels);
}

TEST_CASE("what is wrong in ra.toml is said with file, line and what to write instead") {
  struct Row {
    const char* what;
    const char* replacement;
    const char* text;
  };
  const auto row = GENERATE(values<Row>({
      {"kind = \"http\"", "kind = \"ftp\"", "upstream.kind: write one of \"http\", \"files\", \"command\""},
      {"url = \"http://ca.example:8080/cmp\"", "url = \"https://x\"", "upstream.url: "},
      {"url = \"http://ca.example:8080/cmp\"", "", "upstream.url: is missing; write for example url"},
      {"kind = \"http\"", "kind = \"files\"\nin = \"x\"\nout = \"x\"", "has to be another folder than out"},
      {"kind = \"http\"", "kind = \"command\"\nissuer = \"ca.crt\"", "upstream.command: is missing or empty"},
      {"\ntrusted = [\"operator\"]  ", "\n#", "upstream.trusted: is missing"},
      {"#tolerate = [\"sender-not-subject\"]", "tolerate = [\"all\"]", "\"all\" is none of unprotected-errors, "},
      {"#expect_sender = \"/O=Operator/CN=CMP\"", "expect_sender = \"CMP\"", "upstream.expect_sender: write a name"},
      {"#recipient = \"/O=Operator/CN=CA\"", "recipient = \"CA\"", "upstream.recipient: write a name"},
      {"#certificate = \"other.crt\"", "certificate = \"other.crt\"", "upstream.key: is missing"},
      {"#reference = \"ra-1\"", "reference = \"ra-1\"", "upstream.secret: is missing"},
      {"#reference = \"ra-1\"", "reference = \"ra-1\"\nsecret = \"pass:x\"\nbatch = 3",
       "batches are signed: give certificate and key"},
      {"upstream = \"ca\"\nforwarding", "upstream = \"other\"\nforwarding", "no [[upstream]] with name = \"other\""},
      {"forwarding = \"replace\"", "forwarding = \"nested\"", "write one of \"unchanged\", \"add\", \"replace\""},
      {"forwarding = \"replace\"", "transparent = true", "route.transparent: is for forwarding = \"unchanged\""},
      {"forwarding = \"replace\"", "operations = [\"pollReq\"]", "\"pollReq\" is none of ir, cr, kur"},
      {"[inventory]\non = false", "[inventory]\npermissions = [\"x\"]", "no [[permission]] with name = \"x\""},
      {"#[[vendor]]", "[[vendor]]\nname = \"ACME\"\n#", "vendor.anchors: is missing or empty"},
      {"#[cache]", "[cache]\nupstream = \"x\"\n#", "cache.upstream: there is no [[upstream]]"},
      {"[[route]]\nname = \"everything\"\nupstream = \"ca\"\nforwarding = \"replace\"", "",
       "route: no message would go anywhere"},
      {"require = false", "require = true", "revocation: nobody's status would be known; write crls"},
      {"max_nesting = 2", "max_nesting = 99", "transactions.max_nesting: write a number from 0 to 16"},
      {"max_nesting", "max_nestling", "max_nestling: is not known here"},
      {"[[upstream]]",
       "[[upstream]]\nname = \"ca\"\nkind = \"command\"\ncommand = [\"x\"]\nissuer = \"y\"\n[[upstream]]",
       "there is another upstream \"ca\""},
  }));
  const std::string all = complaints_about(with(usual_text(), row.what, row.replacement));
  CHECK_THAT(all, ContainsSubstring(row.text));
  CHECK_THAT(all, ContainsSubstring("ra.toml"));
}

TEST_CASE("all that is wrong in ra.toml is said at once") {
  const std::string all = complaints_about(
      with(with(usual_text(), "kind = \"http\"", "kind = \"ftp\""), "max_batch = 1000", "max_batch = 0"));
  CHECK_THAT(all, ContainsSubstring("upstream.kind"));
  CHECK_THAT(all, ContainsSubstring("transactions.max_batch"));
}

}  // namespace
}  // namespace cmpkit::tools
