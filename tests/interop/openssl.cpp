#include "tests/interop/openssl.h"

#include <catch2/catch_test_macros.hpp>

namespace cmpkit::test::openssl {
namespace {

Finished openssl(const Arguments& arguments) {
  Arguments all{"openssl"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run(all);
}

std::optional<std::string> look_for_it() {
  if (!find_program("openssl")) return "openssl is not installed";
  if (openssl({"cmp", "-help"}).status != 0) return version() + " has no cmp command";
  return std::nullopt;
}

}  // namespace

const std::optional<std::string>& missing() {
  static const std::optional<std::string> reason = look_for_it();
  return reason;
}

const std::string& version() {
  static const std::string text = openssl({"version"}).out;
  static const std::string line = text.substr(0, text.find('\n'));
  return line;
}

bool client_has(const std::string& option) {
  static const std::string help = openssl({"cmp", "-help"}).err;
  return help.find("\n " + option + " ") != std::string::npos;
}

void must(const Arguments& arguments) {
  const Finished done = openssl(arguments);
  INFO("openssl " << arguments.front() << ": " << done.err);
  REQUIRE(done.status == 0);
}

Finished cmp(const Arguments& arguments) {
  Arguments all{"cmp", "-config", "", "-batch", "-total_timeout", "30"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return openssl(all);
}

void make_key(const std::string& type, const std::string& path) {
  if (type == "ec") must({"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path});
  if (type == "rsa") must({"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", path});
  if (type == "ed25519") must({"genpkey", "-algorithm", "ED25519", "-out", path});
}

void make_root(const KeyAndCertificate& files, const std::string& subject) {
  must({"req", "-x509", "-new", "-key", files.key, "-subj", subject, "-days", "30", "-out", files.certificate});
}

void make_certificate(const KeyAndCertificate& files, const std::string& subject, const KeyAndCertificate& issuer,
                      const std::string& purposes) {
  const std::string request = files.certificate + ".csr";
  Arguments asking{"req",  "-new", "-key", files.key, "-subj", subject, "-addext", "keyUsage=critical,digitalSignature",
                   "-out", request};
  if (!purposes.empty()) asking.insert(asking.end(), {"-addext", "extendedKeyUsage=" + purposes});
  must(asking);
  must({"x509", "-req", "-in", request, "-CA", issuer.certificate, "-CAkey", issuer.key, "-CAcreateserial", "-days",
        "30", "-copy_extensions", "copy", "-out", files.certificate});
}

void make_request(const std::string& key, const std::string& subject, const std::string& path) {
  must({"req", "-new", "-key", key, "-subj", subject, "-out", path});
}

bool is_good_certificate(const std::string& certificate, const std::string& key, const std::string& ca,
                         const std::string& root) {
  const Finished path = openssl({"verify", "-CAfile", root, "-untrusted", ca, certificate});
  const Finished certified = openssl({"x509", "-in", certificate, "-noout", "-pubkey"});
  const Finished ours = openssl({"pkey", "-in", key, "-pubout"});
  return path.status == 0 && certified.status == 0 && certified.out == ours.out;
}

}  // namespace cmpkit::test::openssl
