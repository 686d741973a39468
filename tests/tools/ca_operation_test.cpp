// What a running `cmpkit ca serve` does beside enrolment, and the commands that work on its folder.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/certificate.h"
#include "tests/tools/new_ca.h"
#include "tools/credentials.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

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

bool is_good(const std::string& root, const std::string& between, const std::string& certificate) {
  const auto verified =
      test::run({"openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", between, certificate});
  UNSCOPED_INFO(verified.out << verified.err);
  return verified.status == 0;
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
    const Finished done = cmpkit({"enroll", "--server", server.url, "--ref", "first-device", "--secret",
                                  "file:" + ca / "first-device.secret", "--trusted", root, "--subject",
                                  "/CN=first-device", "--newkey", ca.scratch("device.key"), "--certout",
                                  ca.scratch("device.crt"), "--chainout", ca.scratch("chain.crt")});
    INFO(done.out << done.err);
    CHECK(done.status == 0);
    CHECK(is_good(root, ca.scratch("chain.crt"), ca.scratch("device.crt")));
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
    CHECK(is_good(root, ca.scratch("extra.crt"), ca.scratch("next.crt")));
  }
  const Finished asked = cmpkit({"genm", "--server", server.url, "--infotype", "rootCaCert", "--oldwithold", old_root,
                                 "--cert", ca.scratch("next.crt"), "--key", ca.scratch("next.key"), "--extracerts",
                                 ca / "ca.crt", "--trusted", old_root, "--newwithnew", ca.scratch("learnt.crt")});
  INFO(asked.out << asked.err);
  CHECK(asked.status == 0);
  CHECK(load_certificates({ca.scratch("learnt.crt")}) == load_certificates({new_root}));
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
  Server server(ca.folder());
  CHECK_THAT(cmpkit({"ca", "pending", ca.folder()}).out, ContainsSubstring("no request is waiting"));
  CHECK(cmpkit({"ca", "approve", ca.folder()}).status == 1);

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

TEST_CASE("3GPP TS 33.310: a manufacturer's device gets the operator's name, by its permission") {
  const NewCa acme({"--subject", "/O=Acme/CN=Acme"});  // its CA makes the certificates that devices are shipped with
  Server factory(acme.folder());
  REQUIRE(enroll(acme, factory.url, "/CN=first-device").status == 0);

  const NewCa ca;
  std::filesystem::create_directory(ca / "acme");
  std::filesystem::copy_file(acme / "root.crt", ca / "acme/root.crt");
  edit(ca / "ca.toml", "[[permission]]\nname = \"devices of manufacturers\"",
       "[[permission]]\nname = \"base stations of ACME\"\nwho = \"certificate\"\nanchors = [\"acme\"]\n"
       "operations = [\"ir\"]\nsubject = \"/O=Operator/CN={CN}.ran.example\"\n"
       "[[permission]]\nname = \"devices of manufacturers\"");
  Server server(ca.folder());
  const auto ask = [&](const std::string& subject, const std::string& name) {
    return cmpkit({"enroll", "--server", server.url, "--cert", acme.scratch("device.crt"), "--key",
                   acme.scratch("device.key"), "--extracerts", acme / "ca.crt", "--trusted", ca / "root.crt",
                   "--subject", subject, "--newkey", ca.scratch(name + ".key"), "--certout",
                   ca.scratch(name + ".crt")});
  };
  const Finished done = ask("/CN=first-device", "mapped");
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  const auto certificates = load_certificates({ca.scratch("mapped.crt")}).value();
  CHECK(cmp::CertificateView::decode(certificates.front())->name() == "/O=Operator/CN=first-device.ran.example");

  const Finished refused = ask("/O=Operator/CN=other.ran.example", "other");
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("notAuthorized"));
}

TEST_CASE("[delay] lets clients poll as often as it says") {
  const NewCa ca;
  edit(ca / "ca.toml", "#ir = 2\n#check_after = \"1s\"", "ir = 1\ncheck_after = \"1s\"");
  Server server(ca.folder());
  const Finished done = enroll(ca, server.url, "/CN=first-device");
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK_THAT(server.stop().err, ContainsSubstring("pollReq from secret first-device"));
}

}  // namespace
}  // namespace cmpkit::tools
