#include "tools/ca_configuration.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/support/scratch_directory.h"
#include "tools/ca_configuration_text.h"
#include "tools/files.h"
#include "tools/settings.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using std::chrono::seconds;

/// What `cmpkit ca init` writes.
std::string usual_text() {
  return ca_configuration_text({"[::1]:8080",
                                "env:PASS",
                                cmp::SubjectRule::Kind::same,
                                {{"device \"7\"\\\n", "file:seven"}, {"*", "pass:se\"cret"}}});
}

/// The text with its first `what` replaced; fails the test where it is not there.
std::string with(std::string text, std::string_view what, std::string_view replacement) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), replacement);
}

tl::expected<CaConfiguration, std::vector<std::string>> read(const std::string& text) {
  const test::ScratchDirectory folder;
  REQUIRE(write_file(folder / "ca.toml", bytes_of(text)));
  return read_ca_configuration(folder.path());
}

TEST_CASE("ca.toml as ca init writes it is read completely") {
  const test::ScratchDirectory folder;
  REQUIRE(write_file(folder / "ca.toml", bytes_of(usual_text())));
  const auto read = read_ca_configuration(folder.path());
  if (!read) FAIL(read.error().front());

  CHECK(read->listen.host == "::1");
  CHECK(read->listen.port == 8080);
  CHECK(read->max_message == 1048576);
  CHECK(read->max_connections == 1000);
  CHECK(read->ca.certificate == folder / "ca.crt");
  CHECK(read->ca.key == folder / "ca.key");
  CHECK(read->ca.key_passphrase == "env:PASS");
  CHECK(read->ca.extra_certificates == std::vector<std::string>{folder / "root.crt"});
  CHECK(read->ca_pubs.empty());
  CHECK(read->cmp.certificate == folder / "cmp.crt");
  CHECK(read->cmp.key_passphrase.empty());
  REQUIRE(read->by_secret);
  CHECK(read->by_secret->subject == cmp::SubjectRule::Kind::same);
  REQUIRE(read->by_secret->secrets.size() == 2);
  CHECK(read->by_secret->secrets[0].reference == "*");
  CHECK(read->by_secret->secrets[0].source == "pass:se\"cret");
  CHECK(read->by_secret->secrets[1].reference == "device \"7\"\\\n");
  CHECK(read->by_secret->secrets[1].source == "file:" + folder / "seven");
  REQUIRE(read->by_certificate);
  CHECK(read->by_certificate->subject == cmp::SubjectRule::Kind::same);
  CHECK(read->by_certificate->trusted == folder / "trusted");
  CHECK(read->implicit_confirm);
  CHECK_FALSE(read->refuse_used_keys);
  CHECK(read->confirm_wait == seconds{300});
  CHECK(read->remember == seconds{3600});
  CHECK(read->message_time_window == seconds{300});
  CHECK(read->max_mac_iterations == 100'000);
  REQUIRE(read->profiles.size() == 1);
  const cmp::CertificateProfile& profile = read->profiles.front();
  CHECK(profile.name == "default");
  CHECK(profile.validity == std::chrono::days{365});
  CHECK(profile.backdate == seconds{60});
  CHECK(profile.keys == cmp::CertificateProfile{}.keys);
  CHECK(profile.key_usage.size() == 5);
  CHECK(profile.purposes == cmp::CertificateProfile{}.purposes);
  CHECK(profile.default_purposes.empty());
  CHECK(profile.extensions.empty());
}

TEST_CASE("every subject is accepted only where somebody wrote that") {
  const auto any = read(ca_configuration_text({"[::1]:1", "", cmp::SubjectRule::Kind::any, {{"*", "pass:x"}}}));
  REQUIRE(any);
  CHECK(any->by_secret->subject == cmp::SubjectRule::Kind::any);
  CHECK(any->by_certificate->subject == cmp::SubjectRule::Kind::any);
}

TEST_CASE("what is wrong in ca.toml is told with line, key and what to write") {
  struct Row {
    const char *what, *replacement, *complaint;
  };
  const auto row = GENERATE(values<Row>({
      {"listen = \"[::1]:8080\"", "listen = \"here\"", "ca.toml:5: server.listen: write address and port"},
      {"listen = \"[::1]:8080\"", "listen = 8080", "ca.toml:5: server.listen: write a text in quotes"},
      {"listen = \"[::1]:8080\"", "", "server.listen: is missing; write for example listen = \"127.0.0.1:8080\""},
      {"#max_message = 1048576", "max_message = 5", "server.max_message: write a number from 1024 to"},
      {"#max_connections", "max_conections", "max_conections: is not known here; known are: listen, max_message"},
      {"key = \"ca.key\"", "", "ca.key: is missing; write for example key = \"ca.key\""},
      {"chain = [\"root.crt\"]", "chain = \"root.crt\"", "ca.chain: write a list of texts"},
      {"subject = \"same\"", "", "by_secret.subject: write one of \"same\", \"any\""},
      {"subject = \"same\"", "subject = \"all\"", "by_secret.subject: write one of \"same\", \"any\""},
      {"\"*\" = \"pass:se\\\"cret\"", "\"*\" = \"secret\"", "the secret of \"*\": write \"pass:SECRET\""},
      {"\"*\" = \"pass:se\\\"cret\"", "\"*\" = \"\"", "by_secret.secrets.*: is empty"},
      {"trusted = \"trusted\"", "", "by_certificate.trusted: is missing"},
      {"confirm_wait = \"5m\"", "confirm_wait = 300", "transactions.confirm_wait: write a time with its unit"},
      {"confirm_wait = \"5m\"", "confirm_wait = \"5w\"", "transactions.confirm_wait: write a time with its unit"},
      {"implicit_confirm = true", "implicit_confirm = \"yes\"", "implicit_confirm: write true or false"},
      {"[[profile]]", "[profile]", "profile: write each of them as a table of its own, [[profile]]"},
      {"name = \"default\"", "", "profile.name: is missing"},
      {"[transactions]", "[transaction]", "transaction: is not known here"},
      {"[server]", "[server", "ca.toml:4: "},
  }));
  CAPTURE(row.what, row.replacement);
  const auto result = read(with(usual_text(), row.what, row.replacement));
  REQUIRE_FALSE(result);
  std::string all;
  for (const std::string& complaint : result.error()) all += complaint + "\n";
  CHECK_THAT(all, ContainsSubstring(row.complaint));
  CHECK_THAT(all, !ContainsSubstring("se\"cret"));
}

TEST_CASE("all mistakes in ca.toml are told at once") {
  std::string text = with(usual_text(), "confirm_wait = \"5m\"", "confirm_wait = 5");
  text = with(text, "implicit_confirm = true", "implicit_confirm = 1");
  text = with(text, "validity = \"365d\"", "validity = 365");
  const auto result = read(text);
  REQUIRE_FALSE(result);
  CHECK(result.error().size() == 3);
}

TEST_CASE("a CA that would accept no request at all is a mistake") {
  const std::string text = usual_text();
  const auto begin = text.find("[by_secret]"), end = text.find("[transactions]");
  const auto result = read(text.substr(0, begin) + text.substr(end));
  REQUIRE_FALSE(result);
  CHECK_THAT(result.error().front(), ContainsSubstring("no request would be accepted"));
}

TEST_CASE("without ca.toml there is no configuration") {
  const test::ScratchDirectory folder;
  const auto result = read_ca_configuration(folder.path());
  REQUIRE_FALSE(result);
  CHECK_THAT(result.error().front(), ContainsSubstring(folder / "ca.toml"));
}

TEST_CASE("a duration has a number and a unit") {
  CHECK(parse_duration("0s") == seconds{0});
  CHECK(parse_duration("90s") == seconds{90});
  CHECK(parse_duration("5m") == seconds{300});
  CHECK(parse_duration("12h") == seconds{43200});
  CHECK(parse_duration("365d") == std::chrono::days{365});
  for (const char* text : {"", "s", "5", "5 m", "-5m", "5x", "5ms", "m5", "36526d", "99999999999999999999s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

}  // namespace
}  // namespace cmpkit::tools
