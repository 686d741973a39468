// `cmpkit ca`, through the built command.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/transport/http_client.h"
#include "tests/support/process.h"
#include "tests/support/scratch_directory.h"
#include "tools/credentials.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::Arguments;
using test::Finished;
using test::Process;
using test::ScratchDirectory;

Finished cmpkit(Arguments arguments) {
  arguments.insert(arguments.begin(), CMPKIT_COMMAND);
  return test::run(arguments);
}

/// A CA in a folder that lives as long as this.
class NewCa {
 public:
  explicit NewCa(const Arguments& options = {}) {
    Arguments arguments{"ca", "init", folder()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    made = cmpkit(arguments);
  }
  [[nodiscard]] std::string folder() const { return scratch_ / "ca"; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return folder() + "/" + name; }
  [[nodiscard]] std::string scratch(const std::string& name) const { return scratch_ / name; }

  Finished made;

 private:
  ScratchDirectory scratch_;
};

/// `cmpkit ca serve` of a folder on a port of its own.
class Server {
 public:
  explicit Server(const std::string& folder, const Arguments& options = {}) : process_(arguments(folder, options)) {
    const auto line = process_.wait_for_line("listening on ");
    if (line) url = line->substr(std::string("listening on ").size());
  }
  Finished stop() { return process_.stop(); }

  std::string url;  // empty: it does not serve

 private:
  static Arguments arguments(const std::string& folder, const Arguments& options) {
    Arguments out{CMPKIT_COMMAND, "ca", "serve", folder, "--listen", "127.0.0.1:0"};
    out.insert(out.end(), options.begin(), options.end());
    return out;
  }
  Process process_;
};

unsigned mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string text_in(const std::string& path) { return std::string(text_of(read_file(path).value())); }

/// Replaces a text in a file that holds it.
void edit(const std::string& path, const std::string& what, const std::string& replacement) {
  std::string text = text_in(path);
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  REQUIRE(write_file(path, bytes_of(text.replace(at, what.size(), replacement))));
}

Finished enroll(const NewCa& ca, const std::string& url, const std::string& subject) {
  return cmpkit({"enroll", "--server", url, "--ref", "first-device", "--secret", "file:" + ca / "first-device.secret",
                 "--trusted", ca / "root.crt", "--subject", subject, "--newkey", ca.scratch("device.key"), "--certout",
                 ca.scratch("device.crt")});
}

TEST_CASE("ca init makes a CA that only its owner can read") {
  const NewCa ca;
  INFO(ca.made.err);
  REQUIRE(ca.made.status == 0);
  CHECK(mode_of(ca.folder()) == 0700);
  for (const char* name : {"root.key", "ca.key", "cmp.key", "ca.toml", "first-device.secret"})
    CHECK(mode_of(ca / name) == 0600);
  for (const char* name : {"root.crt", "ca.crt", "cmp.crt", "trusted/root.crt"}) CHECK(file_exists(ca / name));
  CHECK_THAT(ca.made.out, ContainsSubstring("next: cmpkit ca serve " + ca.folder()));
  CHECK(text_in(ca / "first-device.secret").size() == 33);  // 128 bits and a new line

  const auto verified = test::run({"openssl", "verify", "-x509_strict", "-CAfile", ca / "root.crt", "-untrusted",
                                   ca / "ca.crt", ca / "cmp.crt", ca / "ca.crt"});
  INFO(verified.out << verified.err);
  CHECK(verified.status == 0);
}

TEST_CASE("ca init overwrites nothing") {
  const NewCa ca;
  const std::string key = text_in(ca / "ca.key");
  const Finished again = cmpkit({"ca", "init", ca.folder()});
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring("nothing was changed"));
  CHECK(text_in(ca / "ca.key") == key);

  const NewCa empty;
  std::filesystem::remove_all(empty.folder());
  std::filesystem::create_directory(empty.folder());
  CHECK(cmpkit({"ca", "init", empty.folder()}).status == 0);
}

TEST_CASE("ca init makes keys of the type and names that it is told") {
  const auto* key = GENERATE("ec:P-384", "rsa:2048", "ed25519", "ml-dsa-65");
  const NewCa ca({"--key", key, "--subject", "/O=Maker/CN=Line 7"});
  CAPTURE(key, ca.made.err);
  REQUIRE(ca.made.status == 0);
  for (const auto& [file, name] : {std::pair{"root.crt", "/O=Maker/CN=Line 7 Root"},
                                   {"ca.crt", "/O=Maker/CN=Line 7"},
                                   {"cmp.crt", "/O=Maker/CN=Line 7 CMP"}}) {
    const auto certificates = load_certificates({ca / file}).value();
    CHECK(cmp::CertificateView::decode(certificates.front())->name() == name);
    CHECK_THAT(ca.made.out, ContainsSubstring(std::string(name) + ", " + key));
  }
  CHECK(cmpkit({"ca", "show", ca.folder()}).status == 0);
}

TEST_CASE("ca init takes over secrets, trust anchors and the choice of subjects") {
  const NewCa other;
  const NewCa ca({"--secret", "*=pass:for all", "--secret", "seven=file:" + other / "first-device.secret", "--trusted",
                  other / "root.crt", "--subjects", "any"});
  INFO(ca.made.err);
  REQUIRE(ca.made.status == 0);
  CHECK_FALSE(file_exists(ca / "first-device.secret"));
  CHECK(text_in(ca / "trusted/other-root.crt") == text_in(other / "root.crt"));
  CHECK(text_in(ca / "trusted/root.crt") == text_in(ca / "root.crt"));
  const Finished shown = cmpkit({"ca", "show", ca.folder()});
  CHECK(shown.status == 0);
  CHECK_THAT(shown.out, ContainsSubstring("secrets of *, seven"));
  CHECK_THAT(shown.out, !ContainsSubstring("for all"));
}

TEST_CASE("ca init with wrong options makes nothing") {
  struct Row {
    Arguments options;
    const char* text;
  };
  const auto row = GENERATE(values<Row>({{{"--key", "dsa"}, "no key of type dsa"},
                                         {{"--key", "rsa:1024"}, "no key of type rsa:1024"},
                                         {{"--subject", "CN=x"}, "is not a name"},
                                         {{"--secret", "device"}, "--secret device: write REFERENCE=pass:SECRET"},
                                         {{"--secret", "device=x"}, "--secret of device"},
                                         {{"--trusted", "/nonexistent"}, "/nonexistent"},
                                         {{"--passphrase", "x"}, "--passphrase"},
                                         {{"--listen", "here"}, "--listen"},
                                         {{"--subjects", "all"}, "--subjects"}}));
  const NewCa ca(row.options);
  CHECK(ca.made.status == 2);
  CHECK_THAT(ca.made.err, ContainsSubstring(row.text));
  CHECK_FALSE(std::filesystem::exists(ca.folder()));
}

TEST_CASE("a passphrase protects the keys that certify and is not written down") {
  const NewCa ca({"--passphrase", "pass:open sesame"});
  REQUIRE(ca.made.status == 0);
  CHECK_THAT(text_in(ca / "root.key"), ContainsSubstring("ENCRYPTED"));
  CHECK_THAT(text_in(ca / "ca.key"), ContainsSubstring("ENCRYPTED"));
  CHECK_THAT(text_in(ca / "ca.toml"), !ContainsSubstring("open sesame"));
  CHECK_THAT(ca.made.out, ContainsSubstring("next: CMPKIT_CA_PASSPHRASE=... cmpkit ca serve"));

  ::unsetenv("CMPKIT_CA_PASSPHRASE");
  const Finished without = cmpkit({"ca", "show", ca.folder()});
  CHECK(without.status == 2);
  CHECK_THAT(without.err, ContainsSubstring("CMPKIT_CA_PASSPHRASE is not set"));
  ::setenv("CMPKIT_CA_PASSPHRASE", "open sesame", 1);
  CHECK(cmpkit({"ca", "show", ca.folder()}).status == 0);
  ::setenv("CMPKIT_CA_PASSPHRASE", "open barley", 1);
  CHECK(cmpkit({"ca", "show", ca.folder()}).status == 2);
  ::unsetenv("CMPKIT_CA_PASSPHRASE");
}

TEST_CASE("ca serve says where it listens, answers, logs and stops") {
  const NewCa ca;
  Server server(ca.folder());
  REQUIRE_THAT(server.url, ContainsSubstring("http://127.0.0.1:"));

  const Finished enrolled = enroll(ca, server.url, "/CN=first-device");
  INFO(enrolled.out << enrolled.err);
  CHECK(enrolled.status == 0);
  const auto verified = test::run({"openssl", "verify", "-x509_strict", "-CAfile", ca / "root.crt", "-untrusted",
                                   ca / "ca.crt", ca.scratch("device.crt")});
  CHECK(verified.status == 0);

  CHECK(enroll(ca, server.url, "/CN=somebody else").status == 1);

  const Finished stopped = server.stop();
  CHECK(stopped.status == 0);
  CHECK(stopped.out == "listening on " + server.url + "\n");
  CHECK_THAT(stopped.err, ContainsSubstring("ir from secret first-device (127.0.0.1:"));
  CHECK_THAT(stopped.err, ContainsSubstring("-> ip, "));
  CHECK_THAT(stopped.err, ContainsSubstring("refused notAuthorized: R-07 (RFC 9483 Section 5.1.1)"));
}

TEST_CASE("W-13 ca serve answers what is no CMP message with 400 and a CMP error that says so") {
  const NewCa ca;
  Server server(ca.folder());
  auto client = transport::HttpClient::create(server.url).value();
  const auto reply = client.post(bytes_of("garbage"));
  REQUIRE(reply);
  CHECK(reply->status == 400);
  const auto message = asn1::decode<asn1::PKIMessage>(reply->body);
  REQUIRE(message);
  CHECK(message->body.type() == asn1::PKIBody::error);
  CHECK(server.stop().status == 0);
}

TEST_CASE("ca serve logs JSON objects where asked to") {
  const NewCa ca;
  Server server(ca.folder(), {"--json"});
  CHECK(enroll(ca, server.url, "/CN=first-device").status == 0);
  CHECK(enroll(ca, server.url, "/CN=somebody else").status == 1);
  const Finished stopped = server.stop();
  std::vector<nlohmann::json> requests;
  for (const std::string& line : lines_of(stopped.err)) {
    const auto object = nlohmann::json::parse(line);
    CHECK(object.contains("time"));
    if (object.contains("request")) requests.push_back(object);
  }
  REQUIRE(requests.size() == 3);
  CHECK(requests[0]["request"] == "ir");
  CHECK(requests[0]["response"] == "ip");
  CHECK(requests[0]["refused"] == false);
  CHECK(requests[0]["ms"].get<double>() > 0);
  CHECK(requests[1]["request"] == "certConf");
  CHECK(requests[2]["refused"] == true);
  CHECK(requests[2]["failInfo"] == "notAuthorized");
  CHECK(requests[2]["rule"] == "R-07");
  CHECK(requests[2]["level"] == "warning");
}

TEST_CASE("ca serve tells all that is wrong with its files before it listens") {
  const NewCa ca;
  std::filesystem::remove(ca / "first-device.secret");
  std::filesystem::remove_all(ca / "trusted");
  std::filesystem::copy_file(ca / "cmp.key", ca / "ca.key", std::filesystem::copy_options::overwrite_existing);
  const Finished served = cmpkit({"ca", "serve", ca.folder()});
  CHECK(served.status == 2);
  CHECK(served.out.empty());
  CHECK_THAT(served.err, ContainsSubstring("ca.toml: requesters.secrets.\"first-device\": cannot read"));
  CHECK_THAT(served.err, ContainsSubstring("ca.toml: requesters.trusted: cannot read the folder"));
  CHECK_THAT(served.err, ContainsSubstring("is not the key of the certificate in"));
  CHECK_THAT(served.err, ContainsSubstring("next: "));
}

TEST_CASE("ca serve refuses a configuration that is wrong") {
  const NewCa ca;
  SECTION("a key of ca.toml") { edit(ca / "ca.toml", "subject = \"same\"", "subject = \"anybody\""); }
  SECTION("a certificate profile") { edit(ca / "ca.toml", "\"rsa:2048\"", "\"rsa:1024\""); }
  SECTION("the syntax") { edit(ca / "ca.toml", "[server]", "[server"); }
  SECTION("an empty folder of trust anchors") { std::filesystem::remove(ca / "trusted/root.crt"); }
  const Finished served = cmpkit({"ca", "serve", ca.folder(), "--listen", "127.0.0.1:0"});
  CHECK(served.status == 2);
  CHECK(served.out.empty());
  CHECK_THAT(served.err, ContainsSubstring("ca.toml:"));
}

TEST_CASE("ca serve fails where it cannot listen") {
  const NewCa ca;
  Server server(ca.folder());
  const Finished second =
      cmpkit({"ca", "serve", ca.folder(), "--listen", server.url.substr(std::string("http://").size())});
  CHECK(second.status == 1);
  CHECK_THAT(second.err, ContainsSubstring("next: choose another address"));
}

/// The whole response; our HTTP client posts only.
std::string fetched(const std::string& url, const std::string& request_line) {
  const std::string address = url.substr(std::string("http://").size());
  const auto colon = address.rfind(':');
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
  const std::string request = request_line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  REQUIRE(::send(socket, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
  std::string out;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::recv(socket, part.data(), part.size(), 0)) > 0;)
    out.append(part.data(), static_cast<std::size_t>(got));
  ::close(socket);
  return out;
}

std::string body_of(const std::string& response) { return response.substr(response.find("\r\n\r\n") + 4); }

TEST_CASE("ca serve publishes its certificate and its CRL by GET") {
  const NewCa ca;
  edit(ca / "ca.toml", "#url = \"http://pki.example.com\"", "url = \"http://pki.example.com\"");
  Server server(ca.folder());
  const std::string certificate = fetched(server.url, "GET /ca.cer");
  CHECK_THAT(certificate, ContainsSubstring("HTTP/1.1 200"));
  CHECK_THAT(certificate, ContainsSubstring("Content-Type: application/pkix-cert"));
  CHECK(same_octets(bytes_of(body_of(certificate)), load_certificates({ca / "ca.crt"})->front()));

  const std::string crl = fetched(server.url, "GET /crl/0.crl");
  CHECK_THAT(crl, ContainsSubstring("Content-Type: application/pkix-crl"));
  REQUIRE(write_file(ca.scratch("ca.crl"), bytes_of(body_of(crl))));
  const auto read = test::run(
      {"openssl", "crl", "-inform", "DER", "-in", ca.scratch("ca.crl"), "-CAfile", ca / "ca.crt", "-noout", "-text"});
  CHECK(read.status == 0);
  CHECK_THAT(read.err, ContainsSubstring("verify OK"));
  CHECK_THAT(read.out, ContainsSubstring("No Revoked Certificates"));

  CHECK_THAT(fetched(server.url, "GET /crl/1.crl"), ContainsSubstring("HTTP/1.1 404"));
  CHECK_THAT(fetched(server.url, "GET /crl/00.crl"), ContainsSubstring("HTTP/1.1 404"));
  CHECK_THAT(fetched(server.url, "DELETE /crl/0.crl"), ContainsSubstring("Allow: GET"));
  CHECK_THAT(fetched(server.url, "GET /.well-known/cmp"), ContainsSubstring("Allow: POST"));

  REQUIRE(enroll(ca, server.url, "/CN=first-device").status == 0);
  const auto text = test::run({"openssl", "x509", "-in", ca.scratch("device.crt"), "-noout", "-text"}).out;
  CHECK_THAT(text, ContainsSubstring("URI:http://pki.example.com/crl/0.crl"));
  CHECK_THAT(text, ContainsSubstring("CA Issuers - URI:http://pki.example.com/ca.cer"));
}

TEST_CASE("ca rollover: devices that know only one of the roots go on, and the CA tells what it did") {
  const NewCa ca;
  const std::string old_root = ca.scratch("old-root.crt");
  std::filesystem::copy_file(ca / "root.crt", old_root);
  const Finished rolled = cmpkit({"ca", "rollover", ca.folder()});
  INFO(rolled.out << rolled.err);
  REQUIRE(rolled.status == 0);
  for (const char* name : {"old-root.key", "old-root.crt", "old-ca.crt", "new-with-old.crt", "old-with-new.crt"})
    CHECK(file_exists(ca / ("rollover/1/" + std::string(name))));
  CHECK(mode_of(ca / "rollover/1/old-root.key") == 0600);
  CHECK(mode_of(ca / "root.key") == 0600);
  CHECK(text_in(old_root) == text_in(ca / "rollover/1/old-root.crt"));
  CHECK(text_in(old_root) != text_in(ca / "root.crt"));
  CHECK(text_in(ca / "trusted/root-2.crt") == text_in(ca / "root.crt"));
  CHECK_THAT(cmpkit({"ca", "show", ca.folder()}).out, ContainsSubstring("rollover 1: replaced the root"));

  Server server(ca.folder());
  const std::string new_root = ca.scratch("new-root.crt");
  std::filesystem::copy_file(ca / "root.crt", new_root);
  for (const std::string& root : {old_root, new_root}) {
    CAPTURE(root);
    for (const char* file : {"device.key", "device.crt", "next.key", "next.crt"})
      std::filesystem::remove(ca.scratch(file));
    const Finished done =
        cmpkit({"enroll", "--server", server.url, "--ref", "first-device", "--secret",
                "file:" + ca / "first-device.secret", "--trusted", root, "--subject", "/CN=first-device", "--newkey",
                ca.scratch("device.key"), "--certout", ca.scratch("device.crt")});
    INFO(done.out << done.err);
    CHECK(done.status == 0);
    // The answer to a signed request is signed: its chain leads to either root, and so do the certificates that it
    // brings
    REQUIRE(
        test::run({"openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", ca.scratch("next.key")})
            .status == 0);
    const Finished updated = test::run({"openssl",        "cmp",
                                        "-config",        "",
                                        "-cmd",           "kur",
                                        "-server",        server.url.substr(std::string("http://").size()),
                                        "-path",          ".well-known/cmp",
                                        "-cert",          ca.scratch("device.crt"),
                                        "-key",           ca.scratch("device.key"),
                                        "-trusted",       root,
                                        "-untrusted",     ca / "ca.crt",
                                        "-newkey",        ca.scratch("next.key"),
                                        "-certout",       ca.scratch("next.crt"),
                                        "-extracertsout", ca.scratch("extra.crt")});
    INFO(updated.out << updated.err);
    CHECK(updated.status == 0);
    const auto verified = test::run({"openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted",
                                     ca.scratch("extra.crt"), ca.scratch("next.crt")});
    INFO(verified.out << verified.err);
    CHECK(verified.status == 0);
  }
  REQUIRE(cmpkit({"ca", "rollover", ca.folder(), "--key", "ec:P-384"}).status == 0);
  CHECK(file_exists(ca / "rollover/2/old-root.crt"));
  CHECK(text_in(ca / "rollover/2/old-root.crt") == text_in(new_root));
  CHECK_THAT(cmpkit({"ca", "show", ca.folder()}).out, ContainsSubstring("rollover 2: replaced the root"));
}

TEST_CASE("ca rollover needs the key of the old root, and changes nothing without it") {
  const NewCa ca;
  std::filesystem::rename(ca / "root.key", ca.scratch("root.key"));
  const std::string root = text_in(ca / "root.crt");
  const Finished done = cmpkit({"ca", "rollover", ca.folder()});
  CHECK(done.status == 1);
  CHECK_THAT(done.err, ContainsSubstring("nothing was changed"));
  CHECK(text_in(ca / "root.crt") == root);
  CHECK_FALSE(std::filesystem::exists(ca / "rollover"));
}

/// Asks for a profile that wants approval, and polls.
Arguments asking(const NewCa& ca, const std::string& url, const std::string& name) {
  return {CMPKIT_COMMAND, "enroll",
          "--server",     url + "/.well-known/cmp/p/watched",
          "--ref",        "first-device",
          "--secret",     "file:" + ca / "first-device.secret",
          "--trusted",    ca / "root.crt",
          "--subject",    "/CN=first-device",
          "--newkey",     ca.scratch(name + ".key"),
          "--certout",    ca.scratch(name + ".crt")};
}

std::string wait_for_pending(const NewCa& ca) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (std::chrono::steady_clock::now() < deadline) {
    const auto all = nlohmann::json::parse(cmpkit({"ca", "pending", ca.folder(), "--json"}).out);
    if (!all.empty()) return all.front()["id"].get<std::string>();
  }
  return {};
}

TEST_CASE("approval: a request waits until somebody approves or rejects it") {
  const NewCa ca;
  edit(ca / "ca.toml", "[[profile]]\nkind = \"as-requested\"",
       "[[profile]]\nname = \"watched\"\napproval = true\n[[profile]]\nkind = \"as-requested\"");
  edit(ca / "ca.toml", "approval_poll = \"1m\"", "approval_poll = \"1s\"");
  CHECK_THAT(cmpkit({"ca", "pending", ca.folder()}).out, ContainsSubstring("no request is waiting"));
  CHECK(cmpkit({"ca", "approve", ca.folder()}).status == 1);
  Server server(ca.folder());

  Process first(asking(ca, server.url, "first"));
  const std::string id = wait_for_pending(ca);
  REQUIRE(id.size() == 32);
  CHECK_THAT(cmpkit({"ca", "pending", ca.folder()}).out, ContainsSubstring("by secret first-device: /CN=first-device"));
  CHECK_FALSE(file_exists(ca.scratch("first.crt")));
  CHECK(cmpkit({"ca", "approve", ca.folder(), "x" + id}).status == 1);
  const Finished approved = cmpkit({"ca", "approve", ca.folder(), id.substr(0, 6)});
  CHECK_THAT(approved.out, ContainsSubstring("approved " + id));
  CHECK(first.wait().status == 0);
  CHECK(file_exists(ca.scratch("first.crt")));
  CHECK_THAT(cmpkit({"ca", "pending", ca.folder()}).out, ContainsSubstring("no request is waiting"));

  Process second(asking(ca, server.url, "second"));
  REQUIRE(wait_for_pending(ca).size() == 32);
  const auto rejected =
      nlohmann::json::parse(cmpkit({"ca", "reject", ca.folder(), "--reason", "stolen", "--json"}).out);
  CHECK(rejected["decision"] == "rejected");
  CHECK(rejected["subject"] == "/CN=first-device");
  const Finished refused = second.wait();
  CHECK(refused.status != 0);
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("it was not approved: stolen"));
  CHECK_FALSE(file_exists(ca.scratch("second.crt")));
}

TEST_CASE("a folder that is no CA's has no pending requests") {
  const ScratchDirectory folder;
  CHECK(cmpkit({"ca", "pending", folder.path()}).status == 2);
  CHECK(cmpkit({"ca", "approve", folder.path()}).status == 2);
}

}  // namespace
}  // namespace cmpkit::tools
