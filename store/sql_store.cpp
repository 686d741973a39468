#include "store/sql_store.h"

#include "store/connection_pool.h"
#include "store/record_encoding.h"
#include "store/schema.h"
#include "store/writer.h"

namespace cmpkit::store {
namespace {

using cmp::Commit;
using cmp::IssuedCertificate;
using cmp::StoredApproval;
using cmp::StoredCrl;
using cmp::StoredSecret;
using cmp::StoreError;
using cmp::Transaction;

template <class T>
using Result = tl::expected<T, StoreError>;

/// The record in the last two columns, version and record.
Result<Transaction> transaction_in(const Row& row) {
  auto decoded = decode_transaction(octets_of(row[1]));
  if (!decoded) return tl::unexpected(StoreError{"a transaction cannot be read: " + decoded.error()});
  decoded->version = number_of(row[0]);
  return std::move(*decoded);
}

Result<IssuedCertificate> certificate_in(const Row& row) {
  auto decoded = decode_certificate(octets_of(row[1]));
  if (!decoded) return tl::unexpected(StoreError{"a certificate cannot be read: " + decoded.error()});
  decoded->version = number_of(row[0]);
  return std::move(*decoded);
}

StoredCrl crl_in(const Row& row) {
  return {static_cast<std::uint32_t>(number_of(row[0])),
          number_of(row[1]),
          time_of(row[2]),
          time_of(row[3]),
          number_of(row[4]),
          copy_of(octets_of(row[5]))};
}

/// Each row as a record, or the first error.
template <class T>
Result<std::vector<T>> all_of(const Result<Rows>& rows, Result<T> (*record_in)(const Row&)) {
  if (!rows) return tl::unexpected(rows.error());
  std::vector<T> out;
  for (const Row& row : *rows) {
    auto record = record_in(row);
    if (!record) return tl::unexpected(record.error());
    out.push_back(std::move(*record));
  }
  return out;
}

template <class T>
Result<std::optional<T>> first_of(const Result<Rows>& rows, Result<T> (*record_in)(const Row&)) {
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  return record_in(rows->front());
}

class SqlStore final : public cmp::Store {
 public:
  SqlStore(std::unique_ptr<SqlDatabase> database, const cmp::Crypto& crypto, std::size_t readers)
      : crypto_(crypto), database_(std::move(database)), readers_(*database_, readers), writer_(*database_, crypto) {}

  Result<std::vector<Transaction>> transactions(Bytes transaction_id) override {
    return all_of(ask("SELECT version, record FROM transactions WHERE transaction_id = $1", {value_of(transaction_id)}),
                  transaction_in);
  }

  Result<std::optional<IssuedCertificate>> certificate(Bytes serial) override {
    return first_of(ask("SELECT version, record FROM certificates WHERE serial = $1", {value_of(serial)}),
                    certificate_in);
  }

  Result<std::vector<IssuedCertificate>> certificates_for(Bytes key_digest) override {
    return all_of(ask("SELECT version, record FROM certificates WHERE key_digest = $1", {value_of(key_digest)}),
                  certificate_in);
  }

  Result<std::vector<IssuedCertificate>> certificates_named(Bytes subject) override {
    return all_of(
        ask("SELECT version, record FROM certificates WHERE subject = $1", {subject_column(subject, crypto_)}),
        certificate_in);
  }

  Result<std::vector<IssuedCertificate>> revoked(std::uint32_t partition, std::uint32_t partitions) override {
    auto found = all_of(ask("SELECT version, record FROM certificates WHERE on_crl = 1", {}), certificate_in);
    if (found)
      std::erase_if(*found,
                    [&](const auto& each) { return cmp::serial_partition(each.serial, partitions) != partition; });
    return found;
  }

  Result<std::uint64_t> revocations() override {
    return ask("SELECT revocations FROM counters", {}).map([](const Rows& rows) {
      return rows.empty() ? 0 : number_of(rows[0][0]);
    });
  }

  Result<std::optional<StoredCrl>> crl(std::uint32_t partition) override {
    return ask("SELECT part, number, this_update, next_update, revision, der FROM crls WHERE part = $1",
               {value_of(std::uint64_t{partition})})
        .map([](const Rows& rows) { return rows.empty() ? std::nullopt : std::optional(crl_in(rows.front())); });
  }

  Result<std::optional<Octets>> request(Bytes) override { return std::nullopt; }
  Result<std::vector<IssuedCertificate>> list(const cmp::CertificateQuery&) override {
    return std::vector<IssuedCertificate>{};
  }
  Result<cmp::StoreStatistics> statistics() override { return cmp::StoreStatistics{}; }
  Result<std::optional<StoredSecret>> secret(std::string_view) override { return std::nullopt; }
  Result<std::vector<StoredSecret>> secrets() override { return std::vector<StoredSecret>{}; }
  Result<std::optional<StoredApproval>> approval(std::string_view) override { return std::nullopt; }
  Result<std::vector<StoredApproval>> approvals(StoredApproval::State) override {
    return std::vector<StoredApproval>{};
  }
  Result<std::vector<cmp::AuditRecord>> audit(std::uint64_t, std::size_t) override {
    return std::vector<cmp::AuditRecord>{};
  }

  Result<Commit> commit(const cmp::Change& change) override { return writer_.commit(change); }

  Result<std::vector<Transaction>> expired(cmp::Time now, std::size_t count) override {
    return all_of(ask("SELECT version, record FROM transactions WHERE deadline <= $1 LIMIT $2",
                      {value_of(now), value_of(std::uint64_t{count})}),
                  transaction_in);
  }

  Result<Commit> forget(const Transaction& transaction) override { return writer_.forget(transaction); }
  Result<std::size_t> forget_approvals(cmp::Time) override { return 0; }

 private:
  /// The SQL is a literal.
  Result<Rows> ask(const char* sql, std::vector<Value> parameters) {
    const Statement statement{sql, std::move(parameters)};
    auto answers = readers_.run({&statement, 1});
    if (!answers) return tl::unexpected(StoreError{std::move(answers.error().text)});
    return std::move(answers->front());
  }

  const cmp::Crypto& crypto_;
  const std::unique_ptr<SqlDatabase> database_;
  ConnectionPool readers_;
  Writer writer_;
};

}  // namespace

Result<std::unique_ptr<cmp::Store>> open_sql_store(std::unique_ptr<SqlDatabase> database, const cmp::Crypto& crypto,
                                                   Migration migration, std::size_t readers) {
  if (auto prepared = prepare(*database, migration); !prepared) return tl::unexpected(prepared.error());
  return std::make_unique<SqlStore>(std::move(database), crypto, readers);
}

}  // namespace cmpkit::store
