#include "store/sqlite_connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <unordered_map>

#include "store/sqlite_error.h"

namespace cmpkit::store {
namespace {

/// How long somebody else's transaction may hold us up: a migration, a backup.
constexpr std::chrono::milliseconds patience{10'000};

/// No mmap: an error of the disk would be a signal, not an error. The WAL is copied into the file every 16 MB: pages
/// that change often are copied once. After a reader has kept it from that, the file is cut down again.
constexpr const char* pragmas = R"(
PRAGMA synchronous = FULL;
PRAGMA cache_size = -65536;
PRAGMA wal_autocheckpoint = 4096;
PRAGMA journal_size_limit = 67108864;
PRAGMA temp_store = MEMORY;
)";

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Closer>;

/// Its statement is ready for the next use when this ends.
class Execution {
 public:
  explicit Execution(sqlite3_stmt* statement) : statement_(statement) {}
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  ~Execution() { sqlite3_reset(statement_); }

  /// The parameters outlive this.
  int bind(std::span<const Value> parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (const int code = bind(static_cast<int>(i) + 1, parameters[i]); code != SQLITE_OK) return code;
    return SQLITE_OK;
  }
  int step() { return sqlite3_step(statement_); }

  [[nodiscard]] Row row() const {
    Row out;
    const int count = sqlite3_column_count(statement_);
    for (int i = 0; i < count; ++i) out.push_back(column(i));
    return out;
  }

 private:
  int bind(int index, const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement_, index, *number);
    const auto* octets = std::get_if<Octets>(&value);
    if (octets == nullptr) return sqlite3_bind_null(statement_, index);
    if (octets->empty()) return sqlite3_bind_zeroblob(statement_, index, 0);  // a null pointer would be NULL
    return sqlite3_bind_blob64(statement_, index, octets->data(), octets->size(), SQLITE_STATIC);
  }
  [[nodiscard]] Value column(int index) const {
    const int type = sqlite3_column_type(statement_, index);
    if (type == SQLITE_NULL) return {};
    if (type == SQLITE_INTEGER) return sqlite3_column_int64(statement_, index);
    const auto* octets = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, index));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, index));
    return octets == nullptr ? Octets{} : Octets(octets, octets + size);
  }

  sqlite3_stmt* statement_;
};

class SqliteConnection final : public SqlConnection {
 public:
  SqliteConnection(std::unique_ptr<sqlite3, Closer> database, std::string file)
      : file_(std::move(file)), database_(std::move(database)) {}

  tl::expected<std::vector<Rows>, SqlError> run(std::span<const Statement> statements) override {
    std::vector<Rows> out;
    for (const Statement& statement : statements) {
      auto rows = run(statement);
      if (!rows) return tl::unexpected(std::move(rows.error()));
      out.push_back(std::move(*rows));
    }
    return out;
  }

  tl::expected<void, SqlError> run_script(const std::string& sql) override {
    if (const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
      return tl::unexpected(error(code));
    return {};
  }

  /// It stays so for the file. Where another process does the same at this moment SQLite does not wait by itself.
  tl::expected<void, SqlError> use_wal() {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    for (;;) {
      auto done = run_script("PRAGMA journal_mode = WAL");
      const bool is_busy = !done && (sqlite3_errcode(database_.get()) & 0xFF) == SQLITE_BUSY;
      if (!is_busy || std::chrono::steady_clock::now() > give_up) return done;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }

 private:
  tl::expected<Rows, SqlError> run(const Statement& statement) {
    const auto prepared = prepare(statement.sql);
    if (!prepared) return tl::unexpected(prepared.error());
    Execution execution(*prepared);
    Rows rows;
    int code = execution.bind(statement.parameters);
    if (code == SQLITE_OK)
      while ((code = execution.step()) == SQLITE_ROW) rows.push_back(execution.row());
    if (code != SQLITE_DONE) return tl::unexpected(error(code));
    return rows;
  }

  tl::expected<sqlite3_stmt*, SqlError> prepare(const char* sql) {
    Prepared& kept = prepared_[sql];
    if (kept) return kept.get();
    std::string text = sql;
    std::ranges::replace(text, '$', '?');  // ?1 is the first one; $1 would be a name
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (code != SQLITE_OK) return tl::unexpected(error(code));
    kept.reset(made);
    return made;
  }

  [[nodiscard]] SqlError error(int code) const {
    const bool may_write = sqlite3_db_readonly(database_.get(), "main") == 0;
    if (code == SQLITE_CANTOPEN && !may_write) code = SQLITE_READONLY;  // it is there; what goes beside it cannot be
    return {sqlite_error_text(file_, code, sqlite3_errmsg(database_.get())), false};
  }

  std::string file_;
  std::unique_ptr<sqlite3, Closer> database_;
  std::unordered_map<const char*, Prepared> prepared_;  // finalized before the database is closed
};

/// Makes the file so that only its owner can read it; SQLite gives the files beside it the same mode. One that is there
/// is not opened: closing it would give up the locks of all connections of this process (POSIX: fcntl), and another
/// process that ends would take itself for the last one and delete the WAL under us.
tl::expected<void, SqlError> make_file(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0 && errno != EEXIST && errno != EACCES && errno != EROFS)  // the last two SQLite reports itself
    return tl::unexpected(SqlError{"the store " + file + " cannot be made: " + std::strerror(errno), false});
  if (descriptor >= 0) ::close(descriptor);
  return {};
}

}  // namespace

tl::expected<std::unique_ptr<SqlConnection>, SqlError> connect_sqlite(const std::string& file, SqliteUse use) {
  if (use == SqliteUse::makes)
    if (auto made = make_file(file); !made) return tl::unexpected(made.error());
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<sqlite3, Closer> database(opened);
  if (code != SQLITE_OK)
    return tl::unexpected(
        SqlError{sqlite_error_text(file, code, opened == nullptr ? "no memory" : sqlite3_errmsg(opened)), false});
  sqlite3_busy_timeout(opened, static_cast<int>(patience.count()));
  auto connection = std::make_unique<SqliteConnection>(std::move(database), file);
  if (auto wal = connection->use_wal(); !wal) return tl::unexpected(wal.error());
  if (auto set = connection->run_script(pragmas); !set) return tl::unexpected(set.error());
  return connection;
}

}  // namespace cmpkit::store
