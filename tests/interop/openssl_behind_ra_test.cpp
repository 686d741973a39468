// Our client, and OpenSSL's, before an RA of ours whose CA is OpenSSL's mock server. That takes no nested messages, so
// nothing is added, and a kur goes unchanged or not at all.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <filesystem>

#include "tests/interop/mock_server.h"
#include "tools/files.h"

namespace cmpkit::test {
namespace {

/// How the RA sends on what it gets.
enum class Upward { unchanged, by_signature, by_secret };
/// How a device protects: with the secret of `dev`, which the mock server knows as well, with one that only the RA
/// knows, with a certificate.
enum class Downward { shared_secret, secret, certificate };

struct Way {
  Downward down;
  Upward up;
};

const std::vector<Way> all_ways{
    {Downward::shared_secret, Upward::unchanged}, {Downward::certificate, Upward::unchanged},
    {Downward::secret, Upward::by_signature},     {Downward::certificate, Upward::by_signature},
    {Downward::secret, Upward::by_secret},        {Downward::certificate, Upward::by_secret}};

std::string in_words(const Way& way) {
  static constexpr const char* down[] = {"shared secret", "secret", "certificate"};
  static constexpr const char* up[] = {"unchanged", "by signature", "by secret"};
  return std::string(down[static_cast<int>(way.down)]) + ", then " + up[static_cast<int>(way.up)];
}

void edit(const std::string& path, const std::string& what, const std::string& replacement) {
  std::string text(text_of(tools::read_file(path).value()));
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  REQUIRE(tools::write_file(path, bytes_of(text.replace(at, what.size(), replacement))));
}

/// `cmpkit ra serve` beside a mock server.
class Ra {
 public:
  Ra(const MockServer& server, Upward upward) : server_(server) {
    const openssl::KeyAndCertificate& root = mock_world().root;
    const Finished made =
        run({CMPKIT_COMMAND, "ra", "init", folder(), "--upstream", MockServer::url, "--upstream-trusted",
             root.certificate, "--secret", "dev=pass:s3cret", "--secret", "device-1=pass:open"});
    INFO(made.err);
    REQUIRE(made.status == 0);
    openssl::make_certificate({folder() + "/ra.key", folder() + "/ra.crt"}, "/CN=RA", root, "1.3.6.1.5.5.7.3.28");
    std::filesystem::copy_file(root.certificate, folder() + "/ra.chain.crt");
    const std::string settings = folder() + "/ra.toml";
    edit(settings, "who = \"secret\"\n", "who = \"secret\"\nsubject = \"any\"\n");
    if (upward == Upward::unchanged) edit(settings, "forwarding = \"replace\"", "forwarding = \"unchanged\"");
    if (upward == Upward::by_secret)
      edit(settings, "#reference = \"ra-1\"", "reference = \"dev\"\nsecret = \"pass:s3cret\"");
    process_.emplace(Arguments{CMPKIT_COMMAND, "ra", "serve", folder(), "--listen", "127.0.0.1:0"}, server.beside_it());
    const auto line = process_->wait_for_line("listening on ");
    REQUIRE(line);
    url_ = line->substr(std::string("listening on ").size());
  }
  /// Runs cmpkit as a device before it.
  [[nodiscard]] Finished cmpkit(const Arguments& arguments) const {
    return server_.cmpkit(arguments + Arguments{"--server", url_, "--json", "--retries", "0"});
  }
  [[nodiscard]] Finished openssl(const Arguments& arguments) const {
    return run(Arguments{"openssl", "cmp", "-config", "", "-batch", "-total_timeout", "30", "-server",
                         url_.substr(std::string("http://").size()), "-path", ".well-known/cmp"} +
                   arguments,
               server_.beside_it());
  }

 private:
  [[nodiscard]] std::string folder() const { return scratch_ / "ra"; }

  const MockServer& server_;
  ScratchDirectory scratch_;
  std::optional<Process> process_;
  std::string url_;
};

Arguments protection(Downward down, const openssl::KeyAndCertificate& own) {
  const Arguments trusted{"--trusted", mock_world().root.certificate};
  switch (down) {
    case Downward::shared_secret:
      return trusted + Arguments{"--ref", "dev", "--secret", "pass:s3cret"};
    case Downward::secret:
      return trusted + Arguments{"--ref", "device-1", "--secret", "pass:open"};
    case Downward::certificate:
      break;
  }
  return trusted + Arguments{"--cert", own.certificate, "--key", own.key};
}

bool is_new_certificate_good() {
  const std::string& root = mock_world().root.certificate;
  return openssl::is_good_certificate(mock_world().file("new.crt"), mock_world().ready("ec").key, root, root);
}

void enrol(const Ra& ra, const std::string& command, Downward down, bool implicit) {
  CAPTURE(command, implicit);
  std::filesystem::remove(mock_world().file("new.crt"));
  const auto own = command == "kur" ? mock_world().ready("ec") : mock_world().from_factory("ec");
  const Finished done = ra.cmpkit(
      Arguments{"enroll", "--cmd", command, "--certout", mock_world().file("new.crt"), "--subject", "/CN=device-1"} +
      protection(down, own) + asking_for(command, mock_world().ready("ec")) +
      (implicit ? Arguments{"--implicit-confirm"} : Arguments{}));
  const auto result = result_of(done);
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  CHECK(result["exchanges"].size() == (implicit ? 1 : 2));
  CHECK(is_new_certificate_good());
}

TEST_CASE("our client enrols through our RA with OpenSSL's mock server") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const auto way = GENERATE(from_range(all_ways));
  const bool implicit = GENERATE(false, true);
  CAPTURE(in_words(way), openssl::version());
  const MockServer server(handing_out(mock_world().ready("ec")) +
                          (implicit ? Arguments{"-grant_implicitconf"} : Arguments{}));
  const Ra ra(server, way.up);
  for (const char* command : {"ir", "cr", "p10cr"}) enrol(ra, command, way.down, implicit);
  if (way.down == Downward::certificate && way.up == Upward::unchanged) enrol(ra, "kur", way.down, implicit);
}

TEST_CASE("our client comes back through our RA when OpenSSL's mock server asks for it") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const auto way = GENERATE(from_range(all_ways));
  CAPTURE(in_words(way), openssl::version());
  // Of newer versions -poll_count counts for each message, the pkiConf too; so the certConf is spared.
  const MockServer server(handing_out(mock_world().ready("ec")) +
                          Arguments{"-poll_count", "2", "-check_after", "1", "-grant_implicitconf"});
  const Ra ra(server, way.up);
  const Finished done =
      ra.cmpkit(Arguments{"enroll", "--certout", mock_world().file("new.crt"), "--subject", "/CN=device-1"} +
                protection(way.down, mock_world().from_factory("ec")) + asking_for("ir", mock_world().ready("ec")) +
                Arguments{"--implicit-confirm"});
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(requests_of(result_of(done)) == std::vector<std::string>{"ir", "pollReq", "pollReq"});
}

TEST_CASE("our client has a certificate revoked through our RA by OpenSSL's mock server") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const auto up = GENERATE(Upward::unchanged, Upward::by_signature, Upward::by_secret);
  CAPTURE(static_cast<int>(up), openssl::version());
  const MockServer server(handing_out(mock_world().ready("ec")));
  const Ra ra(server, up);
  const Finished done = ra.cmpkit(Arguments{"revoke", "--revreason", "keyCompromise"} +
                                  protection(Downward::certificate, mock_world().ready("ec")));
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(result_of(done)["result"] == "revoked");
}

TEST_CASE("our client asks OpenSSL's mock server through our RA") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const auto way = GENERATE(from_range(all_ways));
  CAPTURE(in_words(way), openssl::version());
  const MockServer server({});
  const Ra ra(server, way.up);
  const Finished done =
      ra.cmpkit(Arguments{"genm", "--infotype", "caCerts"} + protection(way.down, mock_world().from_factory("ec")));
  INFO(done.out << done.err);
  CHECK(done.status == 0);
}

TEST_CASE("what OpenSSL's mock server refuses our client hears from our RA in kind") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const auto way = GENERATE(from_range(all_ways));
  CAPTURE(in_words(way), openssl::version());
  const MockServer server(
      {"-rsp_cert", mock_world().ready("ec").certificate, "-pkistatus", "2", "-failure", "9", "-statusstring", "no"});
  const Ra ra(server, way.up);
  const Finished done =
      ra.cmpkit(Arguments{"enroll", "--certout", mock_world().file("refused.crt"), "--subject", "/CN=device-1"} +
                protection(way.down, mock_world().from_factory("ec")) + asking_for("ir", mock_world().ready("ec")));
  INFO(done.out << done.err);
  CHECK(done.status == 1);
  CHECK(result_of(done)["failure"]["failInfo"] == "badPOP");
}

TEST_CASE("OpenSSL's client enrols through our RA with OpenSSL's mock server") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const auto up = GENERATE(Upward::by_signature, Upward::by_secret);
  CAPTURE(static_cast<int>(up), openssl::version());
  const MockServer server(handing_out(mock_world().ready("ec")));
  const Ra ra(server, up);
  const auto device = mock_world().from_factory("ec");
  const auto credential = GENERATE_COPY(values<Arguments>(
      {{"-ref", "device-1", "-secret", "pass:open"}, {"-cert", device.certificate, "-key", device.key}}));
  std::filesystem::remove(mock_world().file("new.crt"));
  const Finished done =
      ra.openssl(Arguments{"-cmd", "ir", "-trusted", mock_world().root.certificate, "-subject", "/CN=device-1",
                           "-newkey", mock_world().ready("ec").key, "-certout", mock_world().file("new.crt")} +
                 credential);
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  CHECK(is_new_certificate_good());
}

}  // namespace
}  // namespace cmpkit::test
