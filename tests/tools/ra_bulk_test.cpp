// `cmpkit ra bulk` against `cmpkit ca serve`: many devices, each gets its one certificate, whoever is killed when.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdio>
#include <map>
#include <thread>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/pkcs10.h"
#include "cmpkit/cmp/pem.h"
#include "tests/tools/new_ca.h"
#include "tools/ra_bulk.h"

namespace cmpkit::tools {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;

/// The PKCS #10 request of a new key.
Octets new_request(const std::string& subject_text) {
  const auto signer = cmp::PrivateKey::generate("ec:P-256")->signer().value();
  const Octets subject = asn1::parse_name(subject_text).value();
  asn1::CertificationRequest request;
  request.certificationRequestInfo.subject = {subject};
  request.certificationRequestInfo.subjectPKInfo =
      asn1::decode<asn1::SubjectPublicKeyInfo>(signer->public_key()).value();
  const Octets info = asn1::encode(request.certificationRequestInfo);
  const Bytes message[] = {info};
  const Octets signature = signer->sign(message).value();
  request.signatureAlgorithm = signer->algorithm();
  request.signature.octets = signature;
  return asn1::encode(request);
}

/// The command without its process: `ra` is not what is tested here.
int bulk(Arguments arguments) {
  CLI::App ra;
  Action action;
  add_ra_bulk(ra, action);
  arguments.insert(arguments.begin(), "bulk");
  std::ranges::reverse(arguments);
  ra.parse(arguments);
  return action();
}

/// A CA that knows an RA, a folder of requests, and what the RA does with it.
struct Bulk {
  Bulk() {
    edit(ca / "ca.toml", "[[permission]]",
         "[[permission]]\nname = \"RA\"\nwho = \"registration authority\"\noperations = [\"ir\", \"cr\", \"p10cr\", "
         "\"rr\"]\nsubject = \"any\"\non_behalf = true\n\n[[permission]]");
    edit(ca / "ca.toml", "approval_poll = \"1m\"", "approval_poll = \"1s\"");
    edit(ca / "ca.toml", "[[profile]]\nkind = \"as-requested\"",
         "[[profile]]\nname = \"of RAs\"\npurposes = [\"id-kp-cmcRA\"]\ndefault_purposes = [\"id-kp-cmcRA\"]\n\n"
         "[[profile]]\nname = \"watched\"\napproval = true\n\n[[profile]]\nkind = \"as-requested\"");
    serve();
    const Finished enrolled =
        cmpkit({"enroll", "--server", url(), "--ref", "first-device", "--secret", "file:" + ca / "first-device.secret",
                "--trusted", ca / "root.crt", "--subject", "/CN=RA", "--profile", "of RAs", "--newkey",
                ca.scratch("ra.key"), "--certout", ca.scratch("ra.crt")});
    INFO(enrolled.err);
    REQUIRE(enrolled.status == 0);
    fs::create_directory(ca.scratch("csrs"));
  }
  void serve() { server.emplace(ca.folder(), Arguments{"--log-level", "off"}); }
  [[nodiscard]] std::string url() const { return server->url; }
  [[nodiscard]] std::string file(const std::string& name) const { return ca.scratch("csrs/" + name); }

  [[nodiscard]] Arguments credential() const {
    return {"--cert", ca.scratch("ra.crt"), "--key", ca.scratch("ra.key"), "--trusted", ca / "root.crt"};
  }
  [[nodiscard]] Arguments options(const Arguments& more) const {
    Arguments all{"--server", url(), "--csrs", ca.scratch("csrs")};
    const Arguments own = credential();
    all.insert(all.end(), own.begin(), own.end());
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] int run(const Arguments& more = {}) const { return bulk(options(more)); }

  /// How many certificates the CA has issued for each subject, whatever became of them.
  [[nodiscard]] std::map<std::string, int> issued() const {
    std::map<std::string, int> out;
    const auto all = json_of({"ca", "list", ca.folder(), "--count", "1000"});
    for (const auto& each : all)
      if (each["subject"] != "/CN=RA") ++out[each["subject"].get<std::string>()];
    return out;
  }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(ca.scratch("csrs")))
      out.push_back(entry.path().filename().string());
    std::ranges::sort(out);
    return out;
  }

  NewCa ca{{"--subjects", "any"}};
  std::optional<Server> server;
};

using Files = std::vector<std::string>;

TEST_CASE("ra bulk: each request of a folder gets its certificate and the issuers, beside it, once") {
  const Bulk bulk;
  const auto* command = GENERATE("p10cr", "ir", "cr");
  CAPTURE(command);
  REQUIRE(write_file(bulk.file("a.csr"), new_request("/CN=a")));
  REQUIRE(write_file(bulk.file("b.p10"), bytes_of(cmp::encode_pem("CERTIFICATE REQUEST", new_request("/CN=b")))));
  REQUIRE(write_file(bulk.file("notes.txt"), bytes_of("not for you")));
  REQUIRE(bulk.run({"--cmd", command}) == exit_ok);
  CHECK(bulk.files() == Files{"a.csr", "a.pem", "b.p10", "b.pem", "notes.txt"});
  const auto chain = load_certificates({bulk.file("b.pem")}).value();
  REQUIRE(chain.size() == 2);
  CHECK(cmp::CertificateView::decode(chain[0])->name() == "/CN=b");
  CHECK(cmp::CertificateView::decode(chain[1])->name() == "/CN=cmpkit CA");

  REQUIRE(write_file(bulk.file("c.csr"), new_request("/CN=c")));
  const std::string before = text_in(bulk.file("a.pem"));
  REQUIRE(bulk.run({"--cmd", command}) == exit_ok);
  CHECK(text_in(bulk.file("a.pem")) == before);
  CHECK(bulk.issued() == std::map<std::string, int>{{"/CN=a", 1}, {"/CN=b", 1}, {"/CN=c", 1}});
}

TEST_CASE("A-50 ra bulk: what nobody proved possession of is not sent, and the report says so") {
  const Bulk bulk;
  Octets forged = new_request("/CN=forged");
  forged.back() ^= 1U;
  REQUIRE(write_file(bulk.file("forged.csr"), forged));
  REQUIRE(write_file(bulk.file("good.csr"), new_request("/CN=good")));
  REQUIRE(write_file(bulk.file("junk.csr"), bytes_of("no request at all")));
  CHECK(bulk.run({"--cmd", "ir", "--out", bulk.ca.scratch("out")}) == exit_failed);
  CHECK(bulk.issued() == std::map<std::string, int>{{"/CN=good", 1}});
  CHECK(file_exists(bulk.ca.scratch("out/good.pem")));
  const auto report = lines_of(text_in(bulk.ca.scratch("out/failed.csv")));
  REQUIRE(report.size() == 3);
  CHECK(report[0] == "file,reason\r");
  CHECK_THAT(report[1], ContainsSubstring("forged.csr\",\"") && ContainsSubstring("proof of possession"));
  CHECK_THAT(report[2], ContainsSubstring("junk.csr\",\"") && ContainsSubstring("PKCS #10"));

  fs::remove(bulk.file("junk.csr"));
  REQUIRE(write_file(bulk.file("forged.csr"), new_request("/CN=repaired")));
  CHECK(bulk.run({"--cmd", "ir", "--out", bulk.ca.scratch("out")}) == exit_ok);
  CHECK_FALSE(file_exists(bulk.ca.scratch("out/failed.csv")));
  CHECK(bulk.issued() == std::map<std::string, int>{{"/CN=good", 1}, {"/CN=repaired", 1}});
}

TEST_CASE("ra bulk: what the CA refuses is reported, and asked anew the next time") {
  const Bulk bulk;
  REQUIRE(write_file(bulk.file("a.csr"), new_request("/CN=a")));
  CHECK(bulk.run({"--profile", "no such profile"}) == exit_failed);
  CHECK_THAT(text_in(bulk.file("failed.csv")), ContainsSubstring("no certificate profile of the name"));
  CHECK(bulk.files() == Files{"a.csr", "failed.csv"});
  CHECK(bulk.run() == exit_ok);
}

TEST_CASE("ra bulk: requests that somebody has to approve are gone on with") {
  const Bulk bulk;
  for (const char* name : {"a", "b"})
    REQUIRE(write_file(bulk.file(name + std::string(".csr")), new_request(std::string("/CN=") + name)));
  const Arguments watched{"--profile", "watched", "--no-wait"};
  CHECK(bulk.run(watched) == exit_waiting);
  CHECK(bulk.files() == Files{"a.csr", "a.operation", "b.csr", "b.operation"});
  const auto pending = json_of({"ca", "pending", bulk.ca.folder()});
  REQUIRE(pending.size() == 2);
  for (const auto& each : pending)
    REQUIRE(cmpkit({"ca", "approve", bulk.ca.folder(), each["id"].get<std::string>()}).status == 0);
  CHECK(bulk.run({"--profile", "watched", "--wait", "60"}) == exit_ok);
  CHECK(bulk.files() == Files{"a.csr", "a.pem", "b.csr", "b.pem"});
  CHECK(bulk.issued() == std::map<std::string, int>{{"/CN=a", 1}, {"/CN=b", 1}});
}

TEST_CASE("ra bulk: without a server nothing is lost") {
  Bulk bulk;
  REQUIRE(write_file(bulk.file("a.csr"), new_request("/CN=a")));
  const Arguments unreachable = bulk.options({"--retries", "0"});
  bulk.server->kill();
  CHECK(tools::bulk(unreachable) == exit_failed);
  CHECK(file_exists(bulk.file("a.operation")));
  bulk.serve();
  CHECK(bulk.run() == exit_ok);
  CHECK(bulk.files() == Files{"a.csr", "a.pem"});
  CHECK(bulk.issued() == std::map<std::string, int>{{"/CN=a", 1}});
}

TEST_CASE("ra bulk: what it cannot go on with it does not begin anew, and what it cannot do safely not at all") {
  const Bulk bulk;
  REQUIRE(write_file(bulk.file("a.csr"), new_request("/CN=a")));
  REQUIRE(write_file(bulk.file("a.operation"), bytes_of("of another version")));
  CHECK(bulk.run() == exit_failed);
  CHECK_THAT(text_in(bulk.file("failed.csv")), ContainsSubstring("a.operation"));
  CHECK(bulk.issued().empty());
  fs::remove(bulk.file("a.operation"));

  const int other = ::open(bulk.ca.scratch("csrs").c_str(), O_RDONLY | O_DIRECTORY);
  REQUIRE(::flock(other, LOCK_EX) == 0);
  CHECK(bulk.run() == exit_failed);
  ::close(other);

  REQUIRE(write_file(bulk.file("a.der"), new_request("/CN=another a")));
  CHECK(bulk.run() == exit_usage);
  CHECK(bulk.issued().empty());
}

TEST_CASE("ra bulk: where there are no requests it says so, and makes no folder of that name") {
  const Bulk bulk;
  CHECK(bulk.run() == exit_usage);
  const std::string folder = bulk.ca.scratch("csr");
  Arguments command{"ra", "bulk", "--server", bulk.url(), "--csrs", folder};
  const Arguments credential = bulk.credential();
  command.insert(command.end(), credential.begin(), credential.end());
  const Finished wrong = cmpkit(command);
  CHECK(wrong.status == exit_usage);
  CHECK_THAT(wrong.err, ContainsSubstring("--csrs: there is no folder " + folder));
  CHECK_FALSE(fs::exists(folder));
}

/// In a process of its own that is killed after this time. False: it ended before.
bool killed_after(std::chrono::milliseconds time, const Arguments& arguments) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(bulk(arguments));
  std::this_thread::sleep_for(time);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

TEST_CASE("ra bulk: killed again and again among 200 requests, each gets exactly one certificate") {
  const Bulk bulk;
  constexpr int count = 200;
  std::map<std::string, int> expected;
  for (int i = 0; i < count; ++i) {
    const std::string name = "device-" + std::to_string(i);
    REQUIRE(write_file(bulk.file(name + ".csr"), new_request("/CN=" + name)));
    expected["/CN=" + name] = 1;
  }
  const Arguments options = bulk.options({"--cmd", "ir", "--parallel", "8"});
  int kills = 0;
  for (int i = 0; i < 8; ++i) kills += killed_after(std::chrono::milliseconds{40 + 70 * i}, options) ? 1 : 0;
  CHECK(kills > 1);
  REQUIRE(bulk.run({"--cmd", "ir", "--parallel", "8"}) == exit_ok);
  CHECK(bulk.issued() == expected);
  const auto files = bulk.files();
  CHECK(files.size() == 2 * count);  // no operation and no temporary file is left
  for (int i = 0; i < count; ++i) CHECK(file_exists(bulk.file("device-" + std::to_string(i) + ".pem")));
}

TEST_CASE("X-03 an RA revokes the certificate of another one, and nobody else does") {
  const Bulk bulk;
  for (const char* name : {"a", "b"})
    REQUIRE(write_file(bulk.file(name + std::string(".csr")), new_request(std::string("/CN=") + name)));
  REQUIRE(bulk.run() == exit_ok);
  const auto revoke = [&](const std::string& cert, const std::string& key, const std::string& old) {
    return cmpkit({"revoke", "--server", bulk.url(), "--cert", cert, "--key", key, "--trusted", bulk.ca / "root.crt",
                   "--oldcert", old, "--revreason", "keyCompromise"});
  };
  const Finished device = enroll(bulk.ca, bulk.url(), "/CN=device");
  REQUIRE(device.status == 0);
  CHECK(revoke(bulk.ca.scratch("device.crt"), bulk.ca.scratch("device.key"), bulk.file("a.pem")).status == 1);
  const Finished revoked = revoke(bulk.ca.scratch("ra.crt"), bulk.ca.scratch("ra.key"), bulk.file("a.pem"));
  INFO(revoked.err);
  CHECK(revoked.status == 0);
  const auto list = json_of({"ca", "list", bulk.ca.folder(), "--status", "revoked"});
  REQUIRE(list.size() == 1);
  CHECK(list[0]["subject"] == "/CN=a");
}

}  // namespace
}  // namespace cmpkit::tools
