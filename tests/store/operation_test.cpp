// What those who operate a CA ask a store: lists, figures, approvals, the audit log.
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <thread>

#include "cmpkit/cmp/audit.h"
#include "tests/store/records.h"
#include "tests/store/stores.h"

namespace cmpkit::test {
namespace {

using cmp::CertificateQuery;
using cmp::Commit;
using cmp::IssuedCertificate;
using cmp::Store;
using cmp::StoredApproval;
using Status = cmp::IssuedCertificate::Status;

IssuedCertificate with_status(IssuedCertificate certificate, Status status) {
  certificate.status = status;
  return certificate;
}

std::vector<std::string> serials(const std::vector<IssuedCertificate>& certificates) {
  std::vector<std::string> out;
  for (const auto& each : certificates) out.emplace_back(text_of(each.serial));
  return out;
}
using Serials = std::vector<std::string>;

TEMPLATE_LIST_TEST_CASE("a store keeps the request that led to a certificate", "[store]", AllStores) {
  const auto store = TestType::make();
  IssuedCertificate asked_for = issued("S1");
  asked_for.request = octets("request of S1");
  REQUIRE(store->commit({{}, {asked_for, issued("S2", "key 2")}, {}}) == Commit::done);
  CHECK(store->request(bytes_of("S1")).value() == octets("request of S1"));
  CHECK_FALSE(store->request(bytes_of("S2"))->has_value());
  CHECK_FALSE(store->request(bytes_of("S3"))->has_value());
  CHECK(store->certificate(bytes_of("S1")).value()->request.empty());

  const auto known = store->certificate(bytes_of("S1")).value().value();
  REQUIRE(store->commit(change(with_status(known, Status::valid))) == Commit::done);
  CHECK(store->request(bytes_of("S1")).value() == octets("request of S1"));
}

TEMPLATE_LIST_TEST_CASE("a store lists certificates page after page", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK(store->list({})->empty());
  REQUIRE(store->commit({{},
                         {issued("b"), issued("aa"), with_status(issued("c"), Status::valid), issued("a"),
                          with_status(issued("d"), Status::revoked), with_status(issued("e"), Status::revoked)},
                         {}}) == Commit::done);
  CHECK(serials(*store->list({})) == Serials{"a", "aa", "b", "c", "d", "e"});
  CHECK(serials(*store->list({.after = {}, .status = {}, .subject = {}, .count = 2})) == Serials{"a", "aa"});
  CHECK(serials(*store->list({.after = octets("aa"), .status = {}, .subject = {}, .count = 2})) == Serials{"b", "c"});
  CHECK(serials(*store->list({.after = octets("bb"), .status = {}, .subject = {}, .count = 1})) == Serials{"c"});
  CHECK(store->list({.after = octets("e"), .status = {}, .subject = {}})->empty());
  CHECK(store->list({})->front().profile == "profile");
}

TEMPLATE_LIST_TEST_CASE("a store lists the certificates of a status", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit({{},
                         {issued("a"), with_status(issued("b"), Status::valid), issued("c"),
                          with_status(issued("d"), Status::valid), with_status(issued("e"), Status::held)},
                         {}}) == Commit::done);
  const auto of = [&](Status status, std::string_view after = "") {
    return serials(*store->list({.after = octets(after), .status = status, .subject = {}}));
  };
  CHECK(of(Status::unconfirmed) == Serials{"a", "c"});
  CHECK(of(Status::unconfirmed, "a") == Serials{"c"});
  CHECK(of(Status::valid) == Serials{"b", "d"});
  CHECK(of(Status::valid, "b") == Serials{"d"});
  CHECK(of(Status::revoked).empty());
  const auto known = store->certificate(bytes_of("a")).value().value();
  REQUIRE(store->commit(change(with_status(known, Status::revoked))) == Commit::done);
  CHECK(of(Status::revoked) == Serials{"a"});
  CHECK(of(Status::unconfirmed) == Serials{"c"});
}

TEMPLATE_LIST_TEST_CASE("a store lists the certificates whose subject has a text in it", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit({{}, {issued("a", "pump 1"), issued("b", "valve"), issued("c", "pump 2")}, {}}) ==
          Commit::done);
  const auto with = [&](std::string subject, std::string_view after = "", std::size_t count = 10) {
    return serials(*store->list({.after = octets(after), .status = {}, .subject = std::move(subject), .count = count}));
  };
  CHECK(with("pump") == Serials{"a", "c"});
  CHECK(with("pump", "a") == Serials{"c"});
  CHECK(with("pump", "", 1) == Serials{"a"});
  CHECK(with("subject of valve") == Serials{"b"});
  CHECK(with("turbine").empty());
}

TEMPLATE_LIST_TEST_CASE("a store finds subjects among more certificates than it looks at in one go", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  cmp::Change many;
  for (int i = 0; i < 2500; ++i)
    many.certificates.push_back(issued(std::to_string(10'000 + i), i % 1200 == 0 ? "x" : "y"));
  REQUIRE(store->commit(many) == Commit::done);
  CHECK(serials(*store->list({.after = {}, .status = {}, .subject = "of x", .count = 10})) ==
        Serials{"10000", "11200", "12400"});
}

TEMPLATE_LIST_TEST_CASE("a store knows how much it holds", "[store]", AllStores) {
  const auto store = TestType::make();
  IssuedCertificate quiet = with_status(issued("b", "key 2"), Status::valid);
  quiet.on_crl = false;
  cmp::Change all{transaction("T1"), {issued("a"), quiet, with_status(issued("c"), Status::revoked)}, {}};
  all.secret = secret("device 1");
  all.approval = approval("A1");
  all.audit = {audit_entry("ir"), audit_entry("certConf")};
  REQUIRE(store->commit(all) == Commit::done);
  auto statistics = store->statistics().value();
  CHECK(statistics.certificates == std::array<std::uint64_t, 6>{1, 1, 0, 0, 0, 1});
  CHECK(statistics.transactions == std::array<std::uint64_t, 5>{0, 1, 0, 0, 0});
  CHECK(statistics.on_crl == 2);
  CHECK(statistics.approvals == 1);
  CHECK(statistics.secrets == 1);
  CHECK(statistics.audit_entries == 2);

  IssuedCertificate released = with_status(store->certificate(bytes_of("a")).value().value(), Status::valid);
  released.on_crl = false;
  cmp::Change next{store->transactions(bytes_of("T1"))->front(), {released}, {}};
  next.transaction->state = cmp::Transaction::State::done;
  next.secret = store->secret("device 1").value();
  next.secret->secret.clear();
  next.approval = store->approval("A1").value();
  next.approval->state = StoredApproval::State::approved;
  REQUIRE(store->commit(next) == Commit::done);
  statistics = store->statistics().value();
  CHECK(statistics.certificates == std::array<std::uint64_t, 6>{0, 2, 0, 0, 0, 1});
  CHECK(statistics.transactions == std::array<std::uint64_t, 5>{0, 0, 1, 0, 0});
  CHECK(statistics.on_crl == 1);
  CHECK(statistics.approvals == 0);
  CHECK(statistics.secrets == 0);
  REQUIRE(store->forget(store->transactions(bytes_of("T1")).value()) == 1U);
  CHECK(store->statistics()->transactions == std::array<std::uint64_t, 5>{});
}

TEMPLATE_LIST_TEST_CASE("a store gives back an approval as it was put in", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK_FALSE(store->approval("A1")->has_value());
  REQUIRE(store->commit(change(approval("A1"))) == Commit::done);
  const auto found = store->approval("A1").value().value();
  const StoredApproval expected = approval("A1");
  CHECK(found.id == "A1");
  CHECK(found.state == StoredApproval::State::waiting);
  CHECK(found.since == expected.since);
  CHECK(found.operation == expected.operation);
  CHECK(found.profile == expected.profile);
  CHECK(found.requester == expected.requester);
  CHECK(found.subject == expected.subject);
  CHECK(found.key == expected.key);
  CHECK(found.reason == expected.reason);
  CHECK(found.version == 1);
}

TEMPLATE_LIST_TEST_CASE("an approval is decided once", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit(change(approval("A1"))) == Commit::done);
  CHECK(store->commit(change(approval("A1"))) == Commit::conflict);
  StoredApproval decided = store->approval("A1").value().value();
  decided.state = StoredApproval::State::rejected;
  CHECK(store->commit(change(decided)) == Commit::done);
  decided.state = StoredApproval::State::approved;
  CHECK(store->commit(change(decided)) == Commit::conflict);
  CHECK(store->approval("A1").value()->state == StoredApproval::State::rejected);
}

TEMPLATE_LIST_TEST_CASE("a store lists approvals by state, the oldest first, and forgets old ones", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  const auto add = [&](std::string id, int since, StoredApproval::State state) {
    StoredApproval each = approval(std::move(id));
    each.since = at(since);
    each.state = state;
    REQUIRE(store->commit(change(each)) == Commit::done);
  };
  add("A1", 30, StoredApproval::State::waiting);
  add("A2", 10, StoredApproval::State::waiting);
  add("A3", 20, StoredApproval::State::approved);
  const auto waiting = store->approvals(StoredApproval::State::waiting).value();
  REQUIRE(waiting.size() == 2);
  CHECK(waiting[0].id == "A2");
  CHECK(waiting[1].id == "A1");
  CHECK(store->approvals(StoredApproval::State::approved)->front().id == "A3");
  CHECK(store->approvals(StoredApproval::State::rejected)->empty());

  CHECK(store->forget_approvals(at(10)) == 0U);
  CHECK(store->forget_approvals(at(30)) == 2U);
  CHECK(store->approval("A1")->has_value());
  CHECK_FALSE(store->approval("A2")->has_value());
  CHECK_FALSE(store->approval("A3")->has_value());
}

TEMPLATE_LIST_TEST_CASE("the audit log is chained in the order of the commits", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK(store->audit(0, 10)->empty());
  cmp::Change two = change(transaction("T1"));
  two.audit = {audit_entry("first"), audit_entry("second")};
  REQUIRE(store->commit(two) == Commit::done);
  CHECK(store->commit(two) == Commit::conflict);  // which is not in the log
  cmp::Change third;
  third.audit = {audit_entry("third")};
  REQUIRE(store->commit(third) == Commit::done);

  cmp::AuditVerifier verifier(cmp::botan_crypto());
  const auto records = store->audit(0, 10).value();
  REQUIRE(records.size() == 3);
  for (const auto& record : records) CHECK(verifier.add(record).has_value());
  CHECK(cmp::decode_audit_entry(records[0].entry)->action == "first");
  CHECK(cmp::decode_audit_entry(records[1].entry)->action == "second");
  CHECK(cmp::decode_audit_entry(records[2].entry)->action == "third");
  CHECK(store->audit(0, 2)->size() == 2);
  REQUIRE(store->audit(2, 10)->size() == 1);
  CHECK(store->audit(2, 10)->front().number == 3);
  CHECK(store->audit(3, 10)->empty());
}

TEMPLATE_LIST_TEST_CASE("the audit log has no gap and no fork when many threads write it", "[store]", AllStores) {
  const auto store = TestType::make();
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < 8; ++writer)
    writers.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        cmp::Change change;
        change.audit = {audit_entry("ir"), audit_entry("certConf")};
        (void)store->commit(change);
      }
    });
  writers.clear();  // joins
  cmp::AuditVerifier verifier(cmp::botan_crypto());
  const auto records = store->audit(0, 1000).value();
  CHECK(records.size() == 8 * 20 * 2);
  CHECK(std::ranges::all_of(records, [&](const auto& record) { return verifier.add(record).has_value(); }));
}

}  // namespace
}  // namespace cmpkit::test
