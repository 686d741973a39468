// What callers see when the database fails, and what happens after it.
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <thread>

#include "cmpkit/cmp/botan.h"
#include "store/sql_store.h"
#include "store/sqlite_connection.h"
#include "tests/store/records.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::store {
namespace {

using cmp::Commit;
using test::change;
using test::transaction;

enum class Fault {
  none,
  commit_fails,        // nothing is stored
  answer_is_lost,      // all is stored, and the caller does not know
  connection_is_lost,  // found when a transaction begins, once
  no_connection,
};

class FaultyConnection final : public SqlConnection {
 public:
  FaultyConnection(std::unique_ptr<SqlConnection> connection, std::atomic<Fault>& fault)
      : connection_(std::move(connection)), fault_(fault) {}

  tl::expected<std::vector<Rows>, SqlError> run(std::span<const Statement> statements) override {
    const bool commits = std::string_view(statements.back().sql) == "COMMIT";
    Fault expected = Fault::connection_is_lost;
    if (fault_.compare_exchange_strong(expected, Fault::none)) return lost();
    if (commits && fault_ == Fault::commit_fails) return tl::unexpected(SqlError{"the disk is full", false});
    auto answers = connection_->run(statements);
    if (commits && fault_ == Fault::answer_is_lost) return lost();
    return answers;
  }
  tl::expected<void, SqlError> run_script(const std::string& sql) override { return connection_->run_script(sql); }

 private:
  static tl::unexpected<SqlError> lost() { return tl::unexpected(SqlError{"the connection was lost", true}); }
  std::unique_ptr<SqlConnection> connection_;
  std::atomic<Fault>& fault_;
};

class FaultyDatabase final : public SqlDatabase {
 public:
  FaultyDatabase(std::string file, std::atomic<Fault>& fault) : file_(std::move(file)), fault_(fault) {}
  tl::expected<std::unique_ptr<SqlConnection>, SqlError> connect() override {
    if (fault_ == Fault::no_connection) return tl::unexpected(SqlError{"nobody listens there", true});
    return connect_sqlite(file_, SqliteUse::makes).map([&](auto connection) -> std::unique_ptr<SqlConnection> {
      return std::make_unique<FaultyConnection>(std::move(connection), fault_);
    });
  }
  [[nodiscard]] std::span<const Statement> begin_exclusive() const override { return {&begin_, 1}; }
  [[nodiscard]] std::string octets_type() const override { return "BLOB"; }

 private:
  const std::string file_;
  std::atomic<Fault>& fault_;
  const Statement begin_{"BEGIN IMMEDIATE", {}};
};

struct FaultyStore {
  test::ScratchDirectory folder;
  std::atomic<Fault> fault = Fault::none;
  std::unique_ptr<cmp::Store> store = open_sql_store(std::make_unique<FaultyDatabase>(folder / "store.db", fault),
                                                     cmp::botan_crypto(), Migration::automatic, 4)
                                          .value();
};

TEST_CASE("when a commit of the database fails every caller in the batch gets the error, and the next batch works") {
  FaultyStore faulty;
  faulty.fault = Fault::commit_fails;
  std::atomic<int> errors = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i)
    callers.emplace_back([&, i] {
      const auto result = faulty.store->commit(change(transaction("T" + std::to_string(i))));
      if (!result && result.error().text == "the disk is full") ++errors;
    });
  callers.clear();  // joins
  CHECK(errors == 8);
  faulty.fault = Fault::none;
  CHECK(faulty.store->statistics()->transactions == std::array<std::uint64_t, 5>{});
  for (int i = 0; i < 8; ++i) CHECK(faulty.store->commit(change(transaction("T" + std::to_string(i)))) == Commit::done);
}

TEST_CASE("a caller that lost the answer finds out by the version that its change is stored") {
  FaultyStore faulty;
  faulty.fault = Fault::answer_is_lost;
  CHECK_FALSE(faulty.store->commit(change(transaction("T1"))).has_value());
  faulty.fault = Fault::none;
  CHECK(faulty.store->commit(change(transaction("T1"))) == Commit::conflict);
  CHECK(faulty.store->transactions(bytes_of("T1"))->front().version == 1);
}

TEST_CASE("a connection that was lost meanwhile is made anew") {
  FaultyStore faulty;
  REQUIRE(faulty.store->commit(change(transaction("T1"))) == Commit::done);
  REQUIRE(faulty.store->transactions(bytes_of("T1"))->size() == 1);
  faulty.fault = Fault::connection_is_lost;
  CHECK(faulty.store->commit(change(transaction("T2"))) == Commit::done);
  faulty.fault = Fault::connection_is_lost;
  CHECK(faulty.store->transactions(bytes_of("T2"))->size() == 1);
}

TEST_CASE("while there is no database every call fails, and afterwards none does") {
  FaultyStore faulty;
  REQUIRE(faulty.store->commit(change(transaction("T1"))) == Commit::done);
  faulty.fault = Fault::commit_fails;
  REQUIRE_FALSE(faulty.store->commit(change(transaction("T2"))).has_value());  // the connection is given up
  faulty.fault = Fault::no_connection;
  CHECK(faulty.store->commit(change(transaction("T2"))).error().text == "nobody listens there");
  CHECK(faulty.store->transactions(bytes_of("T1")).error().text == "nobody listens there");
  CHECK_FALSE(faulty.store->forget_approvals(test::at(1)).has_value());
  faulty.fault = Fault::none;
  CHECK(faulty.store->commit(change(transaction("T2"))) == Commit::done);
  CHECK(faulty.store->transactions(bytes_of("T1"))->size() == 1);
}

}  // namespace
}  // namespace cmpkit::store
