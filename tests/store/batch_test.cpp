// What one transaction of the database makes of the changes of several callers.
#include "store/batch/batch.h"

#include <catch2/catch_test_macros.hpp>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/store/sqlite.h"
#include "store/sqlite_connection.h"
#include "tests/store/records.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::store {
namespace {

using cmp::Commit;
using test::change;
using test::issued;
using test::octets;
using test::transaction;

/// A file with tables, and a connection to it.
class Tables {
 public:
  /// Carries out the changes as one batch; what became of each.
  std::vector<Commit> carry_out(const std::vector<cmp::Change>& changes) {
    Batch batch(cmp::botan_crypto());
    for (const auto& each : changes) batch.add(each);
    batch.answer(connection_->run(batch.questions()).value());
    std::vector<Commit> out;
    for (const auto& each : changes) out.push_back(batch.apply(each).value());
    REQUIRE(connection_->run(batch.writes()).has_value());
    return out;
  }
  [[nodiscard]] cmp::Store& store() { return *store_; }

 private:
  test::ScratchDirectory folder_;
  std::unique_ptr<cmp::Store> store_ = open_sqlite(folder_ / "store.db", cmp::botan_crypto()).value();
  std::unique_ptr<SqlConnection> connection_ = connect_sqlite(folder_ / "store.db", SqliteUse::opens).value();
};

using Commits = std::vector<Commit>;

TEST_CASE("changes to different records are done in one batch") {
  Tables tables;
  CHECK(tables.carry_out({change(transaction("T1")), change(transaction("T2")), change(issued("S1"))}) ==
        Commits{Commit::done, Commit::done, Commit::done});
  CHECK(tables.store().transactions(bytes_of("T2"))->size() == 1);
  CHECK(tables.store().certificate(bytes_of("S1"))->has_value());
}

TEST_CASE("of changes to one record in a batch the first one wins, and the others leave nothing behind") {
  Tables tables;
  cmp::Change second = change(transaction("T1"));
  second.certificates = {issued("S2")};
  second.audit = {test::audit_entry("second")};
  CHECK(tables.carry_out({change(transaction("T1")), second, change(issued("S1")), change(issued("S1"))}) ==
        Commits{Commit::done, Commit::conflict, Commit::done, Commit::conflict});
  CHECK_FALSE(tables.store().certificate(bytes_of("S2"))->has_value());
  CHECK(tables.store().audit(0, 10)->empty());
  CHECK(tables.store().statistics()->certificates[0] == 1);
}

TEST_CASE("a change may go on from what another one in its batch has made") {
  Tables tables;
  cmp::Transaction next = transaction("T1");
  next.version = 1;
  next.polls = 9;
  cmp::IssuedCertificate valid = issued("S1");
  valid.version = 1;
  valid.status = cmp::IssuedCertificate::Status::valid;
  CHECK(tables.carry_out({change(transaction("T1")), change(next), change(issued("S1")), change(valid)}) ==
        Commits{Commit::done, Commit::done, Commit::done, Commit::done});
  const auto found = tables.store().transactions(bytes_of("T1"))->front();
  CHECK(found.version == 2);
  CHECK(found.polls == 9);
  CHECK(tables.store().certificate(bytes_of("S1")).value()->version == 2);
  CHECK(tables.store().statistics()->certificates == std::array<std::uint64_t, 6>{0, 1, 0, 0, 0, 0});
}

TEST_CASE("expectations, quotas and uses count what the batch has done so far") {
  Tables tables;
  REQUIRE(tables.store().commit(change(test::secret("device"))) == Commit::done);  // two more uses
  cmp::Change use = change(transaction("T1"));
  use.certificates = {issued("S1")};
  use.expectations = {{cmp::Expectation::Of::key, octets("key 1"), 0}};
  use.secret_used = "device";
  use.quota = {.per_sender = 2, .in_all = 0};
  const auto other = [&](std::string_view id, std::string_view serial, std::string_view key) {
    cmp::Change out = use;
    out.transaction = transaction(id);
    out.certificates = {issued(serial, key)};
    out.expectations.front().value = octets(key);
    return out;
  };
  cmp::Change third = other("T4", "S4", "key 4");
  third.quota = {};
  CHECK(tables.carry_out(
            {use, other("T2", "S2", "key 1"), other("T2", "S2", "key 2"), other("T3", "S3", "key 3"), third}) ==
        Commits{Commit::done, Commit::conflict, Commit::done, Commit::over_quota, Commit::secret_used_up});
  CHECK(tables.store().secret("device").value()->uses == 3);
}

}  // namespace
}  // namespace cmpkit::store
