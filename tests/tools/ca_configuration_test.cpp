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
  CHECK(read->workers == 64);
  CHECK(read->store.kind == StoreChoice::Kind::sqlite);
  CHECK(read->store.place == folder / "store.db");
  CHECK(read->quota.per_sender == 1000);
  CHECK(read->quota.in_all == 1'000'000);
  CHECK(read->ca.certificate == folder / "ca.crt");
  CHECK(read->ca.key == folder / "ca.key");
  CHECK(read->ca.key_passphrase == "env:PASS");
  CHECK(read->ca.extra_certificates == std::vector<std::string>{folder / "root.crt"});
  CHECK(read->ca_pubs.empty());
  CHECK(read->cmp.certificate == folder / "cmp.crt");
  CHECK(read->cmp.key_passphrase.empty());
  REQUIRE(read->secrets.size() == 2);
  CHECK(read->secrets[0].reference == "*");
  CHECK(read->secrets[0].source == "pass:se\"cret");
  CHECK(read->secrets[1].reference == "device \"7\"\\\n");
  CHECK(read->secrets[1].source == "file:" + folder / "seven");
  CHECK(read->trusted == std::vector<std::string>{folder / "trusted"});
  CHECK(read->encryption_certificate.empty());
  CHECK(read->publishing.url.empty());
  CHECK(read->publishing.partitions == 1);
  CHECK(read->publishing.validity == std::chrono::days{7});
  CHECK(read->publishing.renew_before == std::chrono::days{1});
  CHECK(read->delays.polls.empty());
  CHECK(read->implicit_confirm);
  CHECK_FALSE(read->refuse_used_keys);
  CHECK(read->revoke_rejected);
  CHECK_FALSE(read->several_per_message);
  CHECK_FALSE(read->answer_last_poll);
  CHECK(read->max_delay == std::chrono::days{7});
  CHECK(read->approval_poll == seconds{60});
  CHECK(read->confirm_wait == seconds{300});
  CHECK(read->remember == seconds{3600});
  CHECK(read->message_time_window == seconds{300});
  CHECK(read->max_mac_iterations == 100'000);
  REQUIRE(read->profiles.size() == 4);
  const cmp::CertificateProfile& profile = read->profiles.front();
  CHECK(profile.name == "default");
  CHECK(profile.validity == std::chrono::days{365});
  CHECK(profile.backdate == seconds{60});
  CHECK(profile.keys == cmp::CertificateProfile{}.keys);
  CHECK(profile.key_usage.size() == 5);
  CHECK(profile.purposes == cmp::CertificateProfile{}.purposes);
  CHECK(profile.default_purposes.empty());
  CHECK(profile.extensions.empty());
  CHECK(read->profiles[1].name == "as-requested");
  CHECK(read->profiles[1].as_requested);
  CHECK(read->profiles[2].name == "iot-device");
  CHECK(read->profiles[2].subject_unique);
  CHECK(read->profiles[2].validity == std::chrono::days{3650});
  CHECK(read->profiles[3].name == "ra");
  CHECK(read->profiles[3].approval);
}

TEST_CASE("quotas, threads and another store are read") {
  std::string text = with(usual_text(), "open_per_requester = 1000 ", "open_per_requester = 0 ");
  text = with(with(text, "open_in_all = 1000000", "open_in_all = 7"), "#workers = 64", "workers = 3");
  const auto configuration = read(with(text, "store = \"sqlite\"", "store = \"postgresql://db/ca\""));
  REQUIRE(configuration);
  CHECK(configuration->quota.per_sender == 0);
  CHECK(configuration->quota.in_all == 7);
  CHECK(configuration->workers == 3);
  CHECK(configuration->store.kind == StoreChoice::Kind::postgresql);
}

using Who = cmp::Permission::Who;

TEST_CASE("somebody has to be known: by trust anchors, or by secrets wherever they are kept") {
  std::string text = with(usual_text(), "trusted = [\"trusted\"]", "trusted = []");
  const auto secrets = text.find("[requesters.secrets]");
  text.erase(secrets, text.find("[[permission]]", secrets) - secrets);
  CHECK(read(text));
  const auto nobody = read(with(text, "who = \"secret\"", "who = \"certificate\""));
  REQUIRE_FALSE(nobody);
  CHECK_THAT(nobody.error().front(), ContainsSubstring("nobody would be known"));
}

using asn1::PKIBody;

TEST_CASE("ca init lets own certificates and secrets do what RFC 9483 gives them") {
  const auto configuration = read(usual_text());
  REQUIRE(configuration);
  REQUIRE(configuration->permissions.size() == 4);
  const PermissionEntry& authority = configuration->permissions[0];
  CHECK(authority.permission.who == Who::registration_authority);
  CHECK(authority.permission.on_behalf);
  CHECK(authority.anchors.size() == 1);  // not those of manufacturers
  const cmp::Permission& own = configuration->permissions[1].permission;
  CHECK(own.who == Who::own_certificate);
  CHECK(own.operations ==
        std::set<PKIBody::Type>{PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm});
  CHECK(own.subject.kind == cmp::SubjectRule::Kind::same);
  CHECK(configuration->permissions[2].permission.who == Who::certificate);
  const cmp::Permission& secret = configuration->permissions[3].permission;
  CHECK(secret.who == Who::secret);
  CHECK(secret.operations == std::set<PKIBody::Type>{PKIBody::ir, PKIBody::cr, PKIBody::p10cr, PKIBody::genm});
  for (const PermissionEntry& entry : configuration->permissions)
    CHECK(entry.permission.on_behalf == (entry.permission.who == Who::registration_authority));
}

TEST_CASE("permissions, publishing, delays and every setting of a profile are read") {
  const test::ScratchDirectory folder;
  std::string text = usual_text();
  const auto at = text.find("[publish]");
  text = text.substr(0, at) + R"(
[publish]
url = "http://pki.example"
crl_partitions = 4
crl_validity = "2h"
crl_renew_before = "1h"
[requesters]
trusted = ["a", "b"]
[[permission]]
name = "ACME"
who = "certificate"
anchors = ["acme"]
operations = ["ir"]
subject = "/O=Operator/CN={serialNumber}"
profiles = ["p"]
[[permission]]
name = "RA"
who = "registration authority"
operations = ["rr"]
subject = "any"
on_behalf = true
[[permission]]
name = "one secret"
who = "secret"
references = ["7"]
operations = ["p10cr"]
[delay]
ir = 2
rr = 1
check_after = "3s"
[[profile]]
kind = "iot-device"
name = "p"
keys = ["ec:P-256"]
subject_required = ["CN"]
subject_allowed = ["O"]
subject_fixed = "/O=x"
subject_default = "/OU=x"
subject_unique = false
names_allowed = ["DNS:*"]
names_required = []
default_key_usage = ["digitalSignature"]
added_extensions = ["1.2.3=DER:0500"]
as_requested = true
short_lived = true
approval = true
[[profile]]
name = "sub-ca"
ca_path_length = 0
)";
  REQUIRE(write_file(folder / "ca.toml", bytes_of(text)));
  const auto read = read_ca_configuration(folder.path());
  if (!read) FAIL(read.error().front());
  CHECK(read->publishing.url == "http://pki.example");
  CHECK(read->publishing.partitions == 4);
  CHECK(read->trusted == std::vector<std::string>{folder / "a", folder / "b"});
  CHECK(read->secrets.empty());
  REQUIRE(read->permissions.size() == 3);
  const PermissionEntry& acme = read->permissions[0];
  CHECK(acme.anchors == std::vector<std::string>{folder / "acme"});
  CHECK(acme.permission.subject.kind == cmp::SubjectRule::Kind::pattern);
  CHECK(acme.permission.subject.pattern == "/O=Operator/CN={serialNumber}");
  CHECK(acme.permission.profiles == std::vector<std::string>{"p"});
  CHECK(read->permissions[1].permission.who == Who::registration_authority);
  CHECK(read->permissions[1].permission.on_behalf);
  CHECK(read->permissions[2].permission.references == std::vector<std::string>{"7"});
  CHECK(read->delays.polls == std::map<PKIBody::Type, unsigned>{{PKIBody::ir, 2}, {PKIBody::rr, 1}});
  CHECK(read->delays.check_after == seconds{3});
  const cmp::CertificateProfile& profile = read->profiles.front();
  CHECK(profile.keys == std::vector<std::string>{"ec:P-256"});
  CHECK(profile.subject_allowed == std::vector<std::string>{"O"});
  CHECK(profile.subject_fixed == "/O=x");
  CHECK(profile.subject_default == "/OU=x");
  CHECK_FALSE(profile.subject_unique);
  CHECK(profile.names_required.empty());
  CHECK(profile.purposes == cmp::iot_device_profile().purposes);  // of its kind
  CHECK(profile.default_key_usage == std::vector<std::string>{"digitalSignature"});
  CHECK(profile.added_extensions.size() == 1);
  CHECK(profile.as_requested);
  CHECK(profile.short_lived);
  CHECK(profile.approval);
  CHECK_FALSE(profile.ca_path_length);
  CHECK(read->profiles.back().ca_path_length == 0U);
}

TEST_CASE("every subject is accepted only where somebody wrote that") {
  const auto any = read(ca_configuration_text({"[::1]:1", "", cmp::SubjectRule::Kind::any, {{"*", "pass:x"}}}));
  REQUIRE(any);
  using Kind = cmp::SubjectRule::Kind;
  for (const auto& [n, kind] : {std::pair{1, Kind::same}, {2, Kind::any}, {3, Kind::any}})
    CHECK(any->permissions[static_cast<std::size_t>(n)].permission.subject.kind == kind);
}

TEST_CASE("what is wrong in ca.toml is told with line, key and what to write") {
  struct Row {
    const char *what, *replacement, *complaint;
  };
  const auto row = GENERATE(values<Row>({
      {"listen = \"[::1]:8080\"", "listen = \"here\"", "ca.toml:10: server.listen: write address and port"},
      {"listen = \"[::1]:8080\"", "listen = 8080", "ca.toml:10: server.listen: write a text in quotes"},
      {"listen = \"[::1]:8080\"", "", "server.listen: is missing; write for example listen = \"127.0.0.1:8080\""},
      {"#max_message = 1048576", "max_message = 5", "server.max_message: write a number from 1024 to"},
      {"#max_connections", "max_conections", "max_conections: is not known here; known are: listen, max_message"},
      {"key = \"ca.key\"", "", "ca.key: is missing; write for example key = \"ca.key\""},
      {"chain = [\"root.crt\"]", "chain = \"root.crt\"", "ca.chain: write a list of texts"},
      {"subject = \"same\"", "subject = \"all\"", "permission.subject: write \"same\", \"any\" or a name"},
      {"who = \"secret\"", "who = \"password\"", "permission.who: write one of \"certificate\", \"own certificate\""},
      {"operations = [\"cr\"", "operations = [\"sr\"", "\"sr\" is none of ir, cr, kur, p10cr, rr, genm"},
      {"operations = [\"ir\", \"cr\", \"p10cr\", \"genm\"]", "operations = [\"kur\"]", "kur is always signed"},
      {"who = \"secret\"", "who = \"secret\"\nanchors = [\"x\"]", "anchors: is for requests that are signed"},
      {"who = \"certificate\"", "who = \"certificate\"\nreferences = [\"x\"]", "references: is for who = \"secret\""},
      {"#crl_partitions", "crl_partitions", "publish.crl_partitions: needs url"},
      {"#url = \"http", "url = \"ftp", "publish.url: write a URL"},
      {"kind = \"as-requested\"", "kind = \"as-you-like\"",
       "profile.kind: write \"as-requested\", \"iot-device\" or \"idevid\""},
      {"#ir = 2", "ir = \"twice\"", "delay.ir: write a number"},
      {"\"*\" = \"pass:se\\\"cret\"", "\"*\" = \"secret\"", "the secret of \"*\": write \"pass:SECRET\""},
      {"\"*\" = \"pass:se\\\"cret\"", "\"*\" = \"\"", "requesters.secrets.*: is empty"},
      {"trusted = [\"trusted\"]", "trusted = \"trusted\"", "requesters.trusted: write a list of texts"},
      {"confirm_wait = \"5m\"", "confirm_wait = 300", "transactions.confirm_wait: write a time with its unit"},
      {"confirm_wait = \"5m\"", "confirm_wait = \"5w\"", "transactions.confirm_wait: write a time with its unit"},
      {"implicit_confirm = true", "implicit_confirm = \"yes\"", "implicit_confirm: write true or false"},
      {"name = \"default\"", "", "profile.name: is missing"},
      {"[transactions]", "[transaction]", "transaction: is not known here"},
      {"[server]", "[server", "ca.toml:9: "},
  }));
  CAPTURE(row.what, row.replacement);
  const auto result = read(with(usual_text(), row.what, row.replacement));
  REQUIRE_FALSE(result);
  std::string all;
  for (const std::string& complaint : result.error()) all += complaint + "\n";
  CHECK_THAT(all, ContainsSubstring(row.complaint));
  CHECK_THAT(all, !ContainsSubstring("se\"cret"));
}

TEST_CASE("a list of tables that is written as one table is told") {
  const std::string text = usual_text();
  const auto result = read(with(text.substr(0, text.find("# Exactly what")), "[[profile]]", "[profile]"));
  REQUIRE_FALSE(result);
  CHECK_THAT(result.error().front(),
             ContainsSubstring("profile: write each of them as a table of its own, [[profile]]"));
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
  const auto begin = text.find("[[permission]]"), end = text.find("[transactions]");
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
