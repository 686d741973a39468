// Profiles whose requests somebody has to approve.
#include "cmpkit/cmp/approvals.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/cmp/authority/asked.h"

namespace cmpkit::cmp::test {
namespace {

using Catch::Matchers::ContainsSubstring;

struct Scripted final : Approvals {
  ApprovalAnswer ask(const ApprovalQuestion& question, Time) override {
    ids.push_back(question.id);
    subject = question.subject;
    key = question.key;
    return answer;
  }
  ApprovalAnswer answer = Waiting{std::chrono::seconds{7}, "an operator has to approve this"};
  std::vector<std::string> ids;
  std::string subject, key;
};

struct CaWithApproval {
  CaWithApproval() {
    CertificateProfile profile;
    profile.approval = true;
    auto options = ca.options({profile});
    options.approvals = &approvals;
    authority = CertificateAuthority::create(std::move(options), ca.environment()).value();
  }
  TestCa ca;
  Scripted approvals;
  std::unique_ptr<CertificateAuthority> authority;
};

TEST_CASE("a request waits until it is approved, and is then granted") {
  CaWithApproval ca;
  Asked asked;
  const Decision waiting = asked.subject("/CN=device 7").from(*ca.authority);
  REQUIRE(std::holds_alternative<Waiting>(waiting));
  CHECK(std::get<Waiting>(waiting).check_after == std::chrono::seconds{7});
  CHECK(ca.approvals.subject == "/CN=device 7");
  CHECK(ca.approvals.key == "ec:P-256");
  ca.approvals.answer = Approved{};
  CHECK_FALSE(granted(asked.from(*ca.authority)).certificate.empty());
}

TEST_CASE("a request that is not approved is refused with the reason") {
  CaWithApproval ca;
  ca.approvals.answer = Rejected{"this device was stolen"};
  const Refusal refusal = refused(Asked().from(*ca.authority));
  CHECK(refusal.fail_info == FailInfo::badCertTemplate);
  CHECK_THAT(refusal.text, ContainsSubstring("not approved: this device was stolen"));
}

TEST_CASE("DL-07 what is refused anyway is not asked about") {
  CaWithApproval ca;
  refused(Asked().key("rsa:2048").ca(true).from(*ca.authority));
  CHECK(ca.approvals.ids.empty());
}

TEST_CASE("a request has one id for as long as it is polled for, and nobody else has it") {
  CaWithApproval ca;
  const Requester secret{Requester::Kind::secret, copy_of(bytes_of("one")), {}};
  const Requester certificate{Requester::Kind::certificate, copy_of(bytes_of("one")), {}};
  const Requester other{Requester::Kind::secret, copy_of(bytes_of("on")), {}};
  const auto key = PrivateKey::generate("ec:P-256").value(), other_key = PrivateKey::generate("ec:P-256").value();
  const auto ask = [&](
                       const Requester& who, std::string_view transaction,
                       const std::function<void(Asked&)>& change = [](Asked&) {}) {
    Asked asked;
    asked.public_key(copy_of(key.public_key())).asked_by(who).transaction(transaction);
    change(asked);
    (void)asked.from(*ca.authority);
  };
  ask(secret, "1234");
  ask(secret, "1234");
  ask(certificate, "1234");
  ask(other, "e1234");
  ask(secret, "1235");
  // What is approved is the request, not whatever comes under its transactionID.
  ask(secret, "1234", [](Asked& a) { a.subject("/CN=somebody else"); });
  ask(secret, "1234", [&](Asked& a) { a.public_key(copy_of(other_key.public_key())); });
  ask(secret, "1234", [](Asked& a) { a.dns_name("other.example"); });
  ask(secret, "1234", [](Asked& a) { a.validity({}, now + std::chrono::days{2}); });
  const auto& ids = ca.approvals.ids;
  REQUIRE(ids.size() == 9);
  CHECK(ids[0] == ids[1]);
  CHECK(ids[0].size() == 32);
  for (std::size_t i = 2; i < ids.size(); ++i)
    for (std::size_t j = 1; j < i; ++j) CHECK(ids[i] != ids[j]);
}

TEST_CASE("a request for a key has one id, although the key is another one each time it is polled for") {
  CaWithApproval ca;
  (void)Asked().key_generated().transaction("1234").from(*ca.authority);
  (void)Asked().key_generated().transaction("1234").from(*ca.authority);
  (void)Asked().transaction("1234").from(*ca.authority);
  const auto& ids = ca.approvals.ids;
  REQUIRE(ids.size() == 3);
  CHECK(ids[0] == ids[1]);
  CHECK(ids[2] != ids[0]);
}

TEST_CASE("a profile with approval needs somebody who approves") {
  const TestCa ca;
  CertificateProfile profile;
  profile.approval = true;
  const auto authority = CertificateAuthority::create(ca.options({profile}), ca.environment());
  REQUIRE_FALSE(authority);
  CHECK_THAT(authority.error(), ContainsSubstring("nobody who approves"));
}

}  // namespace
}  // namespace cmpkit::cmp::test
