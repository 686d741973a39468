// `cmpkit ra serve` before a CA that knows no CMP: a script around `openssl x509`.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ra.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

/// What the CA's program says instead of signing, where such a file is there; and what it was asked.
constexpr const char* program_before_it = R"sh(#!/bin/sh
cd "$(dirname "$0")"
echo "$CMPKIT_ID $CMPKIT_PROFILE $CMPKIT_SIGNED_BY_DEVICE" >> asked
if [ -e wait ]; then exit 75; fi
if [ -e no ]; then cat no >&2; exit 1; fi
if [ -e junk ]; then cat junk; exit 0; fi
tee "$CMPKIT_ID.csr" | ./sign.sh
)sh";
constexpr const char* revoking_program = R"sh(#!/bin/sh
cd "$(dirname "$0")"
{ echo "$CMPKIT_REASON"; cat; } > revoked
)sh";

void openssl(const Arguments& arguments) {
  Arguments all{"openssl"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  check_done(test::run(all));
}

/// An RA before a CA of two files, made as `cmpkit ra init` says.
class ScriptedRa : public RaFolder {
 public:
  ScriptedRa() {
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "30", "-subj",
             "/CN=Old CA", "-addext", "keyUsage=critical,keyCertSign", "-keyout", scratch("ca.key"), "-out", root()});
    const Finished made = cmpkit({"ra", "init", folder(), "--upstream", "command", "--upstream-trusted", root(),
                                  "--secret", "device-1=pass:open"});
    check_done(made);
    CHECK_THAT(made.out, ContainsSubstring("openssl req -new -key " + *this / "ra.key"));
    CHECK_THAT(made.out, ContainsSubstring(*this / "sign.sh"));
    openssl({"req", "-new", "-key", *this / "ra.key", "-subj", "/CN=cmpkit RA", "-addext",
             "extendedKeyUsage=1.3.6.1.5.5.7.3.28", "-out", scratch("ra.csr")});
    openssl({"x509", "-req", "-in", scratch("ra.csr"), "-CA", root(), "-CAkey", scratch("ca.key"), "-copy_extensions",
             "copy", "-days", "30", "-set_serial", "1", "-out", *this / "ra.crt"});
    for (const char* name : {"ra.chain.crt", "ca.crt"}) std::filesystem::copy_file(root(), *this / name);
    std::filesystem::copy_file(scratch("ca.key"), *this / "ca.key");
    write("before.sh", program_before_it, Access::program);
    write("revoke.sh", revoking_program, Access::program);
    edit(*this / "ra.toml", "command = [\"./sign.sh\"]\n#revoke_command",
         "command = [\"./before.sh\"]\nrevoke_command");
    edit(*this / "ra.toml", "#check_after = \"60s\"                # after 75", "check_after = \"1s\"  # after 75");
  }
  [[nodiscard]] std::string root() const { return scratch("ca.crt"); }
  void write(const std::string& name, const std::string& text, Access access = Access::shared) const {
    REQUIRE(write_file(*this / name, bytes_of(text), access));
  }
  [[nodiscard]] Finished enroll(const std::string& url, const Arguments& options = {}) const {
    return test::run(enrollment(root(), *this, url, options));
  }
  [[nodiscard]] std::vector<std::string> asked() const { return lines_of(text_in(*this / "asked")); }
  /// OpenSSL's view of the certificate that the device got.
  void check_certificate() const {
    openssl({"verify", "-x509_strict", "-CAfile", root(), scratch("device-1.crt")});
    const auto certified = test::run({"openssl", "x509", "-in", scratch("device-1.crt"), "-noout", "-pubkey"});
    CHECK(certified.out == test::run({"openssl", "pkey", "-in", scratch("device-1.key"), "-pubout"}).out);
  }
};

TEST_CASE("ra serve with a command: a device gets, renews and revokes a certificate of openssl x509") {
  const ScriptedRa ra;
  const RaServer server(ra);
  check_done(ra.enroll(server.url, {"--profile", "tls"}));
  ra.check_certificate();
  const auto first = ra.asked();
  REQUIRE(first.size() == 1);
  CHECK_THAT(first.front(), ContainsSubstring(" tls no"));

  const Arguments own{"--server",     server.url,
                      "--cert",       ra.scratch("device-1.crt"),
                      "--key",        ra.scratch("device-1.key"),
                      "--trusted",    ra.root(),
                      "--extracerts", ra.root()};
  Arguments update{"update", "--newkey", ra.scratch("new.key"), "--certout", ra.scratch("new.crt")};
  update.insert(update.end(), own.begin(), own.end());
  check_done(cmpkit(update));
  Arguments revocation{"revoke", "--revreason", "superseded"};
  revocation.insert(revocation.end(), own.begin(), own.end());
  check_done(cmpkit(revocation));
  const auto told = lines_of(text_in(ra / "revoked"));
  CHECK(told.front() == "4");
  CHECK(serial_of(ra / "revoked") == serial_of(ra.scratch("device-1.crt")));
}

TEST_CASE("ra serve with a command: a PKCS #10 request of a device comes to the program as it is") {
  const ScriptedRa ra;
  const RaServer server(ra);
  const std::string key = ra.scratch("device-1.key"), request = ra.scratch("device-1.csr");
  REQUIRE(test::run({"openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key}).status == 0);
  REQUIRE(test::run({"openssl", "req", "-new", "-key", key, "-subj", "/CN=device-1", "-out", request}).status == 0);
  check_done(cmpkit({"enroll", "--cmd", "p10cr", "--csr", request, "--server", server.url, "--ref", "device-1",
                     "--secret", "pass:open", "--trusted", ra.root(), "--certout", ra.scratch("device-1.crt")}));
  ra.check_certificate();
  const auto asked = ra.asked();
  REQUIRE(asked.size() == 1);
  CHECK(asked.front().ends_with(" yes"));
  const std::string id = asked.front().substr(0, asked.front().find(' '));
  CHECK(text_in(ra / (id + ".csr")) == text_in(request));
}

TEST_CASE("ra serve with a command: while the program has not decided the device polls, also over a restart") {
  const ScriptedRa ra;
  ra.write("wait", "");
  auto server = std::make_unique<RaServer>(ra);
  Process device(enrollment(ra.root(), ra, server->url, patient), patient_process());
  wait_until([&] { return file_exists(ra / "asked") && ra.asked().size() >= 2; });
  const Arguments address = server->same_address();
  server->kill();
  std::filesystem::remove(ra / "wait");
  server = std::make_unique<RaServer>(ra, address);
  check_done(device.wait());
  ra.check_certificate();
  const auto asked = ra.asked();
  CHECK(std::ranges::count(asked, asked.front()) == static_cast<std::ptrdiff_t>(asked.size()));
}

TEST_CASE("ra serve with a command: a refusal and its reason reach the device; a program that fails does not look so") {
  const ScriptedRa ra;
  RaServer server(ra);
  ra.write("no", "not in our book\nsecond line\n");
  const Finished refused = ra.enroll(server.url);
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("not in our book") && !ContainsSubstring("second line"));
  CHECK_THAT(refused.err, ContainsSubstring("badRequest"));
  std::filesystem::remove(ra / "no");

  ra.write("junk", "this is no certificate");
  const Finished junk = ra.enroll(server.url, {"--retries", "0"});
  CHECK(junk.status == 1);
  CHECK_THAT(junk.err, ContainsSubstring("systemUnavail"));
  ra.write("junk", text_in(ra.root()));
  const Finished other = ra.enroll(server.url, {"--retries", "0"});
  CHECK(other.status == 1);
  CHECK_THAT(other.err, ContainsSubstring("systemFailure"));
  std::filesystem::remove(ra / "before.sh");
  const Finished gone = ra.enroll(server.url, {"--retries", "0"});
  CHECK(gone.status == 1);
  CHECK_THAT(gone.err, ContainsSubstring("systemUnavail"));

  const std::string log = server.stop().err;
  CHECK_THAT(log, ContainsSubstring("the program printed no certificate"));
  CHECK_THAT(log, ContainsSubstring("is for another key"));
  CHECK_THAT(log, ContainsSubstring("cannot run"));
}

}  // namespace
}  // namespace cmpkit::tools
