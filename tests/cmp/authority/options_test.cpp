// A CA that cannot work is refused when it is created, with the reason.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/cmp/authority/asked.h"

namespace cmpkit::cmp::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using std::chrono::days;

std::string complaint(CertificateAuthorityOptions options, const Environment& environment) {
  const auto authority = CertificateAuthority::create(std::move(options), environment);
  REQUIRE_FALSE(authority.has_value());
  return authority.error();
}

TEST_CASE("a CA with the wrong key or certificates is not created") {
  const TestCa ca, other;
  struct Row {
    const char* name;
    std::function<void(CertificateAuthorityOptions&)> change;
    const char* text;
  };
  const Octets leaf =
      granted(Asked().public_key(copy_of(other.signer->public_key())).from(*ca.authority())).certificate;
  const std::vector<Row> rows = {
      {"no key", [](auto& o) { o.signer.reset(); }, "no key"},
      {"no certificate", [](auto& o) { o.chain.clear(); }, "no certificate"},
      {"an unreadable certificate", [](auto& o) { o.chain.front().pop_back(); }, "unreadable"},
      {"an unreadable issuer", [](auto& o) { o.chain.back().pop_back(); }, "unreadable"},
      {"another key", [&](auto& o) { o.signer = other.signer; }, "key is not the one in its certificate"},
      {"no CA's certificate",
       [&](auto& o) {
         o.signer = other.signer;
         o.chain = {leaf, ca.certificate, ca.root};
       },
       "not that of a CA"},
      {"a chain in the wrong order", [](auto& o) { o.chain.push_back(o.chain.front()); }, "is not issued by"},
      {"another root of the same name", [&](auto& o) { o.chain.back() = other.root; }, "is not issued by"},
      {"no profile", [](auto& o) { o.profiles.clear(); }, "no certificate profile"},
      {"two profiles of one name", [](auto& o) { o.profiles.push_back(o.profiles.front()); },
       "two certificate profiles"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto options = ca.options({CertificateProfile{}});
    row.change(options);
    CHECK_THAT(complaint(std::move(options), ca.environment()), ContainsSubstring(row.text));
  }
}

TEST_CASE("a CA whose certificate has ended is not created, and one that ends later issues nothing more") {
  TestCa ca;
  const auto authority = ca.authority();
  Asked asked;
  CHECK_FALSE(granted(asked.from(*authority)).certificate.empty());
  ca.clock.time = CertificateView::decode(ca.certificate)->not_after();
  CHECK_THAT(complaint(ca.options({CertificateProfile{}}), ca.environment()), ContainsSubstring("expired"));

  CertificateRequest request{};
  request.public_key = asked.public_key_der();
  request.subject = {asked.subject_der()};
  CHECK(refused(authority->issue(request, ca.clock.time)).fail_info == FailInfo::systemFailure);
}

TEST_CASE("a profile that is not understood is refused with the setting and the text") {
  struct Row {
    const char* name;
    std::function<void(CertificateProfile&)> change;
    const char* text;
  };
  const std::vector<Row> rows = {
      {"no validity", [](auto& p) { p.validity = days{0}; }, "validity"},
      {"backdated before the beginning", [](auto& p) { p.backdate = p.validity; }, "backdate"},
      {"no keys", [](auto& p) { p.keys.clear(); }, "keys is empty"},
      {"an unknown key", [](auto& p) { p.keys = {"ec", "dsa"}; }, "\"dsa\" is not known"},
      {"an alias of a key", [](auto& p) { p.keys = {"prime256v1"}; }, "\"prime256v1\" is not known"},
      {"RSA without size", [](auto& p) { p.keys = {"rsa"}; }, "\"rsa\" is not known"},
      {"RSA without a number", [](auto& p) { p.keys = {"rsa:big"}; }, "\"rsa:big\" is not known"},
      {"weak RSA", [](auto& p) { p.keys = {"rsa:1024"}; }, "too small"},
      {"a use of CAs", [](auto& p) { p.key_usage = {"keyCertSign"}; }, "key_usage: \"keyCertSign\""},
      {"an unknown use", [](auto& p) { p.key_usage = {"signing"}; }, "key_usage: \"signing\""},
      {"an unknown purpose", [](auto& p) { p.purposes = {"clientAuth!"}; }, "purposes: \"clientAuth!\""},
      {"an unknown usual purpose", [](auto& p) { p.default_purposes = {"x"}; }, "default_purposes: \"x\""},
      {"an unknown extension", [](auto& p) { p.extensions = {"1.2.x"}; }, "extensions: \"1.2.x\""},
      {"an unknown usual use", [](auto& p) { p.default_key_usage = {"signing"}; }, "default_key_usage: \"signing\""},
      {"an unknown attribute", [](auto& p) { p.subject_required = {"name?"}; }, "subject_required: \"name?\""},
      {"two attributes in one", [](auto& p) { p.subject_allowed = {"O/CN"}; }, "subject_allowed: \"O/CN\""},
      {"a fixed subject that is no name", [](auto& p) { p.subject_fixed = "O=x"; }, "subject_fixed: \"O=x\""},
      {"a usual subject that is no name", [](auto& p) { p.subject_default = "/X?=x"; }, "subject_default"},
      {"a name of no kind", [](auto& p) { p.names_allowed = {"*.example"}; }, "names_allowed: \"*.example\""},
      {"a required name of no kind", [](auto& p) { p.names_required = {"dns:x"}; }, "names_required: \"dns:x\""},
      {"an added extension without value", [](auto& p) { p.added_extensions = {"1.2.3"}; }, "added_extensions"},
      {"an added extension without DER", [](auto& p) { p.added_extensions = {"1.2.3=0500"}; }, "has no DER:"},
      {"an added extension cut off", [](auto& p) { p.added_extensions = {"1.2.3=DER:0501"}; }, "digits of one DER"},
      {"a short-lived CA", [](auto& p) { p.short_lived = true, p.ca_path_length = 0; }, "short_lived"},
      {"a unique subject without store", [](auto& p) { p.subject_unique = true; }, "needs the store"},
  };
  const TestCa ca;
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CertificateProfile profile;
    profile.name = "mine";
    row.change(profile);
    const std::string text = complaint(ca.options({profile}), ca.environment());
    CHECK_THAT(text, ContainsSubstring(row.text));
    CHECK_THAT(text, ContainsSubstring("profile \"mine\""));
  }
}

TEST_CASE("a profile takes keys by kind, by type and by size") {
  struct Row {
    const char* entry;
    const char* key;
    bool taken;
  };
  const std::vector<Row> rows = {
      {"ec", "ec:P-384", true},
      {"ec", "ec:brainpoolP256r1", true},
      {"ec", "ed25519", false},
      {"ec:P-256", "ec:P-256", true},
      {"ec:P-256", "ec:P-384", false},
      {"rsa:2048", "rsa:3072", true},
      {"rsa:3072", "rsa:2048", false},
      {"ec", "rsa:2048", false},
      {"ml-dsa", "ml-dsa-44", true},
      {"ml-dsa-65", "ml-dsa-44", false},
      {"ed25519", "ed25519", true},
      {"ed25519", "ed448", false},
      {"slh-dsa", "slh-dsa-shake-128f", true},
  };
  const TestCa ca;
  for (const Row& row : rows) {
    CAPTURE(row.entry, row.key);
    CertificateProfile profile;
    profile.keys = {row.entry};
    const Decision decision = Asked().key(row.key).from(*ca.authority(profile));
    CHECK(std::holds_alternative<Granted>(decision) == row.taken);
  }
}

}  // namespace
}  // namespace cmpkit::cmp::test
