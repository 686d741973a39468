// The driver of PostgreSQL, against a cluster of its own.
#include "store/postgresql_database.h"

#include <signal.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <limits>
#include <thread>

#include "tests/support/postgresql_cluster.h"

namespace cmpkit::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using store::PostgresqlOptions;
using store::Row;
using store::Rows;
using store::SqlConnection;
using store::SqlDatabase;
using store::SqlError;
using store::Statement;
using store::Value;

using Results = tl::expected<std::vector<Rows>, SqlError>;

constexpr PostgresqlOptions impatient{.connections = 1, .connect_timeout = std::chrono::seconds{1}};

PostgresqlCluster& cluster() {
  if (PostgresqlCluster::missing()) SKIP(*PostgresqlCluster::missing());
  return PostgresqlCluster::shared();
}

std::unique_ptr<SqlDatabase> database(const std::string& uri, const PostgresqlOptions& options = {}) {
  auto out = store::postgresql_database(uri, options);
  INFO((out ? "" : out.error().text));
  REQUIRE(out);
  return *std::move(out);
}

std::unique_ptr<SqlConnection> connect(SqlDatabase& to) {
  auto out = to.connect();
  INFO((out ? "" : out.error().text));
  REQUIRE(out);
  return *std::move(out);
}

std::unique_ptr<SqlConnection> new_connection(const PostgresqlOptions& options = {}) {
  return connect(*database(cluster().new_database(), options));
}

Results run(SqlConnection& connection, std::vector<Statement> statements) { return connection.run(statements); }

Row only_row(const Results& results) {
  INFO((results ? "" : results.error().text));
  REQUIRE(results);
  REQUIRE(results->size() == 1);
  REQUIRE(results->front().size() == 1);
  return results->front().front();
}

SqlError error_of(const Results& results) {
  REQUIRE_FALSE(results);
  return results.error();
}

void make_table(SqlConnection& connection) {
  REQUIRE(connection.run_script("CREATE TABLE t (id BIGINT PRIMARY KEY, value BYTEA); CREATE TABLE u (x BIGINT);"));
}

constexpr const char* insert = "INSERT INTO t (id, value) VALUES ($1, $2)";
constexpr const char* select = "SELECT id, value FROM t WHERE id = $1";
constexpr const char* count = "SELECT count(*) FROM t";
constexpr const char* begin = "BEGIN";
constexpr const char* commit = "COMMIT";
constexpr const char* rollback = "ROLLBACK";

Statement inserted(std::int64_t id, Value value = {}) { return {insert, {Value{id}, std::move(value)}}; }
std::int64_t rows_in(SqlConnection& connection) {
  return std::get<std::int64_t>(only_row(run(connection, {{count, {}}})).front());
}

/// The process that serves the connection.
pid_t server_of(SqlConnection& connection) {
  const Row row = only_row(run(connection, {{"SELECT pg_backend_pid()", {}}}));
  return static_cast<pid_t>(std::get<std::int64_t>(row.front()));
}

TEST_CASE("PostgreSQL: values come back as they went in", "[postgresql]") {
  const auto connection = new_connection();
  make_table(*connection);
  const Octets all_octets{0, 1, 127, 128, 255, '\\', '\'', 0};
  const std::vector<Value> values{Value{}, Value{Octets{}}, Value{all_octets}, Value{Octets(100'000, 7)}};
  const std::vector<std::int64_t> ids{0, -1, std::numeric_limits<std::int64_t>::min(),
                                      std::numeric_limits<std::int64_t>::max()};
  for (std::size_t i = 0; i < ids.size(); ++i) REQUIRE(run(*connection, {inserted(ids[i], values[i])}));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    CHECK(only_row(run(*connection, {{select, {Value{ids[i]}}}})) == Row{Value{ids[i]}, values[i]});
  }
}

TEST_CASE("PostgreSQL: integers and truth are read in every width, text as octets", "[postgresql]") {
  const auto connection = new_connection();
  const Row row = only_row(
      run(*connection,
          {{"SELECT -2::smallint, -70000::integer, 5000000000::bigint, true, 'text'::text, NULL::integer", {}}}));
  CHECK(row == Row{Value{std::int64_t{-2}}, Value{std::int64_t{-70000}}, Value{std::int64_t{5'000'000'000}},
                   Value{std::int64_t{1}}, Value{Octets{'t', 'e', 'x', 't'}}, Value{}});
  CHECK_THAT(error_of(run(*connection, {{"SELECT 1.5::numeric", {}}})).text, ContainsSubstring("1700"));
}

TEST_CASE("PostgreSQL: each statement of a run has its own rows", "[postgresql]") {
  const auto connection = new_connection();
  make_table(*connection);
  const auto results = run(*connection, {{begin, {}},
                                         inserted(1),
                                         inserted(2),
                                         {count, {}},
                                         {select, {Value{std::int64_t{2}}}},
                                         {select, {Value{std::int64_t{3}}}},
                                         {commit, {}}});
  REQUIRE(results);
  REQUIRE(results->size() == 7);
  CHECK((*results)[3] == Rows{{Value{std::int64_t{2}}}});
  CHECK((*results)[4].size() == 1);
  CHECK((*results)[5].empty());
}

TEST_CASE("PostgreSQL: a run larger than all buffers in between gets through", "[postgresql]") {
  const auto connection = new_connection();
  make_table(*connection);
  std::vector<Statement> statements;
  for (int i = 0; i < 100; ++i) {
    statements.push_back(inserted(i, Value{Octets(200'000, 1)}));
    statements.push_back({select, {Value{std::int64_t{i}}}});
  }
  const auto results = connection->run(statements);
  REQUIRE(results);
  CHECK(std::get<Octets>(results->back().front()[1]).size() == 200'000);
}

TEST_CASE("PostgreSQL: a run stops at the first error, and the connection is good after ROLLBACK", "[postgresql]") {
  const auto connection = new_connection();
  make_table(*connection);
  const SqlError error = error_of(
      run(*connection, {{begin, {}}, inserted(1), inserted(1), {"INSERT INTO u VALUES (1)", {}}, {commit, {}}}));
  CHECK_FALSE(error.is_lost);
  CHECK_THAT(error.text, ContainsSubstring("duplicate key"));

  CHECK_THAT(error_of(run(*connection, {{count, {}}})).text, ContainsSubstring("transaction is aborted"));
  REQUIRE(run(*connection, {{rollback, {}}}));
  CHECK(rows_in(*connection) == 0);
  // What was not prepared because of the error is prepared when it is used again.
  REQUIRE(run(*connection, {{"INSERT INTO u VALUES (1)", {}}, inserted(1)}));
}

TEST_CASE("PostgreSQL: COMMIT after an error is no success", "[postgresql]") {
  const auto connection = new_connection();
  make_table(*connection);
  REQUIRE_FALSE(run(*connection, {{begin, {}}, inserted(1), inserted(1)}));
  CHECK_THAT(error_of(run(*connection, {{commit, {}}})).text, ContainsSubstring("nothing was committed"));
}

TEST_CASE("PostgreSQL: a script that fails changes nothing", "[postgresql]") {
  const auto connection = new_connection();
  make_table(*connection);
  REQUIRE_FALSE(connection->run_script("INSERT INTO t (id) VALUES (1); INSERT INTO nowhere VALUES (1);"));
  CHECK(rows_in(*connection) == 0);

  REQUIRE(run(*connection, {{begin, {}}}));
  REQUIRE_FALSE(connection->run_script("INSERT INTO t (id) VALUES (1); INSERT INTO nowhere VALUES (1);"));
  REQUIRE(run(*connection, {{rollback, {}}}));
  CHECK(rows_in(*connection) == 0);
}

TEST_CASE("PostgreSQL: a script in a transaction takes part in it, and may take its time", "[postgresql]") {
  const auto connection = new_connection(impatient);
  make_table(*connection);
  REQUIRE(run(*connection, {{begin, {}}}));
  REQUIRE(connection->run_script("INSERT INTO t (id) VALUES (1); SELECT pg_sleep(1.2);"));
  REQUIRE(run(*connection, {{rollback, {}}}));
  CHECK(rows_in(*connection) == 0);
  CHECK_THAT(error_of(run(*connection, {{"SELECT pg_sleep(5)", {}}})).text, ContainsSubstring("took too long"));
}

TEST_CASE("PostgreSQL: one at a time writes, and sees what was committed before", "[postgresql]") {
  const auto to = database(cluster().new_database());
  const auto one = connect(*to), other = connect(*to);
  // The worst default there is: a transaction would see what was there when it began to wait for the lock.
  REQUIRE(other->run_script("SET default_transaction_isolation = 'repeatable read'"));
  make_table(*one);
  REQUIRE(one->run(to->begin_exclusive()));

  std::atomic<std::int64_t> seen = -1;
  std::jthread waits([&] {
    if (!other->run(to->begin_exclusive())) return;
    const auto results = run(*other, {{count, {}}, {commit, {}}});
    if (results) seen = std::get<std::int64_t>(results->front().front().front());
  });
  REQUIRE(run(*one, {inserted(1)}));
  CHECK(seen == -1);
  REQUIRE(run(*one, {{commit, {}}}));
  waits.join();
  CHECK(seen == 1);
}

TEST_CASE("PostgreSQL: who leaves a transaction alone loses the lock", "[postgresql]") {
  const std::string uri = cluster().new_database();
  const auto to = database(uri), in_haste = database(uri, impatient);
  const auto one = connect(*in_haste), other = connect(*to);
  REQUIRE(one->run(in_haste->begin_exclusive()));
  CHECK(other->run(to->begin_exclusive()));
  CHECK(error_of(run(*one, {{commit, {}}})).is_lost);
}

TEST_CASE("PostgreSQL: COMMIT waits for the disk, whatever the database's default is", "[postgresql]") {
  const std::string uri = cluster().new_database();
  const std::string name = uri.substr(uri.rfind('/') + 1);
  const auto setting = [&] {
    const auto connection = connect(*database(uri));
    return std::get<Octets>(only_row(run(*connection, {{"SELECT current_setting('synchronous_commit')", {}}}))[0]);
  };
  cluster().command(uri, "ALTER DATABASE " + name + " SET synchronous_commit = off");
  CHECK(text_of(setting()) == "on");
  cluster().command(uri, "ALTER DATABASE " + name + " SET synchronous_commit = remote_apply");
  CHECK(text_of(setting()) == "remote_apply");
}

TEST_CASE("PostgreSQL: a server that goes away is an error that says so, and comes back to a new connection",
          "[postgresql]") {
  const std::string uri = cluster().new_database();
  const auto to = database(uri);
  const auto connection = connect(*to);
  make_table(*connection);
  REQUIRE(run(*connection, {inserted(1)}));
  REQUIRE(run(*connection, {{begin, {}}, inserted(2)}));
  cluster().stop_immediately();

  const SqlError error = error_of(run(*connection, {inserted(3), {commit, {}}}));
  CHECK(error.is_lost);
  CHECK(error_of(run(*connection, {{count, {}}})).is_lost);
  CHECK(connection->run_script("SELECT 1").error().is_lost);
  const auto refused = to->connect();
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().text, ContainsSubstring("start the server"));

  cluster().start();
  CHECK(rows_in(*connect(*to)) == 1);
}

TEST_CASE("PostgreSQL: a server that ends the connection is told", "[postgresql]") {
  const std::string uri = cluster().new_database();
  const auto to = database(uri);
  const auto connection = connect(*to), other = connect(*to);
  const Value victim{static_cast<std::int64_t>(server_of(*connection))};
  REQUIRE(run(*other, {{"SELECT pg_terminate_backend($1::integer)", {victim}}}));
  const SqlError error = error_of(run(*connection, {{"SELECT 1", {}}}));
  CHECK(error.is_lost);
  CHECK_THAT(error.text, ContainsSubstring("terminating connection"));
}

TEST_CASE("PostgreSQL: a server that says nothing is given up after a while", "[postgresql]") {
  const auto connection = new_connection(impatient);
  const pid_t server = server_of(*connection);
  REQUIRE(::kill(server, SIGSTOP) == 0);
  const auto start = std::chrono::steady_clock::now();
  const SqlError error = error_of(run(*connection, {{"SELECT 1", {}}}));
  ::kill(server, SIGCONT);
  CHECK(error.is_lost);
  CHECK_THAT(error.text, ContainsSubstring("does not answer"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
}

TEST_CASE("PostgreSQL: of several hosts the one is taken that is there", "[postgresql]") {
  std::string uri = cluster().new_database();
  uri.insert(uri.find('@') + 1, "127.0.0.1:1,");
  CHECK(run(*connect(*database(uri)), {{"SELECT 1::bigint", {}}}));
}

TEST_CASE("PostgreSQL: why there is no connection is said with what to do", "[postgresql]") {
  const std::string uri = cluster().new_database();
  const auto why = [](const std::string& of) {
    const auto refused = database(of)->connect();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find(PostgresqlCluster::password) == std::string::npos);
    return refused.error().text;
  };
  CHECK_THAT(why(cluster().uri("missing")), ContainsSubstring("createdb"));
  std::string wrong = uri;
  CHECK_THAT(why(wrong.replace(wrong.find("horse"), 5, "mouse")), ContainsSubstring("look at user and password"));

  cluster().command(uri, "CREATE ROLE visitor LOGIN PASSWORD 'correct-horse'");
  std::string visitor = uri;
  visitor.replace(visitor.find("//cmpkit"), 8, "//visitor");
  const auto connection = connect(*database(visitor));
  cluster().command(uri, "CREATE TABLE mine (x BIGINT)");
  CHECK_THAT(error_of(run(*connection, {{"SELECT x FROM mine", {}}})).text, ContainsSubstring("owner"));

  cluster().command(uri,
                    "ALTER DATABASE " + uri.substr(uri.rfind('/') + 1) + " SET default_transaction_read_only = on");
  CHECK_THAT(why(uri), ContainsSubstring("can be written to"));
}

TEST_CASE("PostgreSQL: a URI that is wrong is refused without being quoted", "[postgresql]") {
  const char* const uri = GENERATE("", "host=localhost password=hidden", "postgresql://user:hid%zzden@host/db",
                                   "postgresql://user:hidden/x@host/db", "postgresql://user:hi@dden@host/db",
                                   "postgresql://user:1/hidden@host/db", "postgresql://host/db?hidden");
  CAPTURE(uri);
  const auto refused = store::postgresql_database(uri);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text.find("hid") == std::string::npos);
  CHECK(refused.error().text.find("den") == std::string::npos);
}

}  // namespace
}  // namespace cmpkit::test
