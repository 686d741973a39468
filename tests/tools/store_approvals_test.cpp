#include "tools/store_approvals.h"

#include <catch2/catch_test_macros.hpp>

namespace cmpkit::tools {
namespace {

using State = cmp::StoredApproval::State;
constexpr cmp::Time noon{std::chrono::seconds{1'800'000'000}};

/// A question by the holder of a secret.
struct Question {
  explicit Question(const std::string& id) : question{id, request, "/CN=device 7", "gateway", "ec:P-256"} {
    requester.kind = cmp::Requester::Kind::secret;
    requester.identity = copy_of(bytes_of("one"));
    request.type = asn1::PKIBody::ir;
    request.requester = &requester;
  }
  cmp::Requester requester;
  cmp::CertificateRequest request;
  cmp::ApprovalQuestion question;
};

struct Fixture {
  cmp::ApprovalAnswer ask(const std::string& id, cmp::Time now = noon) {
    const Question asked(id);
    return StoreApprovals(*store, std::chrono::seconds{5}).ask(asked.question, now);
  }
  /// As `cmpkit ca approve` and `reject` do.
  void decide(const std::string& id, State state, const std::string& reason = {}) {
    cmp::Change change;
    change.approval = find_waiting(*store, id).value();
    change.approval->state = state;
    change.approval->reason = reason;
    REQUIRE(store->commit(change) == cmp::Commit::done);
  }
  std::unique_ptr<cmp::Store> store = cmp::memory_store();
};

TEST_CASE("a request that is asked about waits, once, with all that is to be known about it") {
  Fixture fixture;
  for (int time = 0; time < 2; ++time) {
    const auto answer = fixture.ask("aa", noon + std::chrono::seconds{time});
    REQUIRE(std::holds_alternative<cmp::Waiting>(answer));
    CHECK(std::get<cmp::Waiting>(answer).check_after == std::chrono::seconds{5});
  }
  const auto waiting = fixture.store->approvals(State::waiting).value();
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].id == "aa");
  CHECK(waiting[0].since == noon);
  CHECK(waiting[0].operation == "ir");
  CHECK(waiting[0].profile == "gateway");
  CHECK(waiting[0].requester == "secret one");
  CHECK(waiting[0].subject == "/CN=device 7");
  CHECK(waiting[0].key == "ec:P-256");
}

TEST_CASE("a decision is told to who asks, and what is decided waits no longer") {
  Fixture fixture;
  for (const char* id : {"aa", "bb"}) fixture.ask(id);
  fixture.decide("aa", State::approved);
  fixture.decide("bb", State::rejected, "stolen");
  CHECK(std::holds_alternative<cmp::Approved>(fixture.ask("aa")));
  CHECK(std::get<cmp::Rejected>(fixture.ask("bb")).reason == "stolen");
  CHECK(fixture.store->approvals(State::waiting)->empty());
}

TEST_CASE("a request is found by how its id begins, where that is enough") {
  Fixture fixture;
  CHECK(find_waiting(*fixture.store, "").error() == "no request is waiting");
  fixture.ask("ab1");
  CHECK(find_waiting(*fixture.store, "")->id == "ab1");
  fixture.ask("ab2");
  CHECK(find_waiting(*fixture.store, "ab2")->id == "ab2");
  CHECK(find_waiting(*fixture.store, "ab").error() == "2 requests are meant; name one by its ID");
  CHECK(find_waiting(*fixture.store, "b").error() == "no such request is waiting: b");
}

}  // namespace
}  // namespace cmpkit::tools
