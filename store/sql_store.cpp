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
using cmp::StoredDevice;
using cmp::StoredSecret;
using cmp::StoreError;
using cmp::Transaction;

template <class T>
using Result = tl::expected<T, StoreError>;

/// The record in the last two columns, version and record.
template <class T>
Result<T> versioned(const Row& row, Decoded<T> (*decode)(Bytes), const char* what) {
  auto decoded = decode(octets_of(row[1]));
  if (!decoded) return tl::unexpected(StoreError{std::string(what) + " cannot be read: " + decoded.error()});
  decoded->version = number_of(row[0]);
  return std::move(*decoded);
}

Result<Transaction> transaction_in(const Row& row) { return versioned(row, decode_transaction, "a transaction"); }
Result<IssuedCertificate> certificate_in(const Row& row) { return versioned(row, decode_certificate, "a certificate"); }
Result<StoredSecret> secret_in(const Row& row) { return versioned(row, decode_secret, "a secret"); }
Result<StoredApproval> approval_in(const Row& row) { return versioned(row, decode_approval, "an approval"); }
Result<StoredDevice> device_in(const Row& row) { return versioned(row, decode_device, "a device"); }

Result<cmp::AuditRecord> audit_record_in(const Row& row) {
  return cmp::AuditRecord{number_of(row[0]), copy_of(octets_of(row[1])), copy_of(octets_of(row[2]))};
}

Result<Octets> octets_in(const Row& row) { return copy_of(octets_of(row[0])); }

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

  Result<std::vector<Transaction>> transactions_in(Transaction::State state, std::size_t count) override {
    // What an RA looks for has an index; SQLite takes it only where its condition is written out.
    const bool is_upstream = state == Transaction::State::queued || state == Transaction::State::relayed;
    const char* sql = is_upstream
                          ? "SELECT version, record FROM transactions WHERE state = $1 AND state >= 3"
                            " ORDER BY deadline LIMIT $2"
                          : "SELECT version, record FROM transactions WHERE state = $1 ORDER BY deadline LIMIT $2";
    return all_of(ask(sql, {value_of(static_cast<std::uint64_t>(state)), value_of(std::uint64_t{count})}),
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

  Result<std::optional<Octets>> request(Bytes serial) override {
    return first_of(ask("SELECT request FROM requests WHERE id = (SELECT id FROM certificates WHERE serial = $1)",
                        {value_of(serial)}),
                    octets_in);
  }

  Result<std::vector<IssuedCertificate>> list(const cmp::CertificateQuery& query) override;
  Result<cmp::StoreStatistics> statistics() override;

  Result<std::optional<StoredSecret>> secret(std::string_view reference) override {
    return first_of(ask("SELECT version, record FROM secrets WHERE reference = $1", {value_of(reference)}), secret_in);
  }

  Result<std::vector<StoredSecret>> secrets() override {
    return all_of(ask("SELECT version, record FROM secrets ORDER BY reference", {}), secret_in);
  }

  Result<std::optional<StoredApproval>> approval(std::string_view id) override {
    return first_of(ask("SELECT version, record FROM approvals WHERE id = $1", {value_of(id)}), approval_in);
  }

  Result<std::vector<StoredApproval>> approvals(StoredApproval::State state) override {
    return all_of(ask("SELECT version, record FROM approvals WHERE state = $1 ORDER BY since, id",
                      {value_of(static_cast<std::uint64_t>(state))}),
                  approval_in);
  }

  Result<std::optional<StoredDevice>> device(std::string_view manufacturer, std::string_view serial) override {
    return first_of(ask("SELECT version, record FROM devices WHERE manufacturer = $1 AND serial = $2",
                        {value_of(manufacturer), value_of(serial)}),
                    device_in);
  }

  Result<std::optional<StoredDevice>> device_with(Bytes certificate) override {
    return first_of(ask("SELECT version, record FROM devices WHERE certificate = $1", {value_of(certificate)}),
                    device_in);
  }

  Result<std::vector<StoredDevice>> devices(const cmp::DeviceQuery& query) override;

  Result<std::vector<cmp::AuditRecord>> audit(std::uint64_t after, std::size_t count) override {
    return all_of(ask("SELECT number, entry, hash FROM audit WHERE number > $1 ORDER BY number LIMIT $2",
                      {value_of(after), value_of(std::uint64_t{count})}),
                  audit_record_in);
  }

  Result<Commit> commit(const cmp::Change& change) override { return writer_.commit(change); }

  Result<std::vector<Transaction>> expired(cmp::Time now, std::size_t count) override {
    return all_of(ask("SELECT version, record FROM transactions WHERE deadline <= $1 ORDER BY deadline LIMIT $2",
                      {value_of(now), value_of(std::uint64_t{count})}),
                  transaction_in);
  }

  Result<std::size_t> forget(std::span<const Transaction> transactions) override {
    return writer_.forget(transactions);
  }
  Result<std::size_t> forget_approvals(cmp::Time before) override { return writer_.forget_approvals(before); }

 private:
  Result<std::vector<Rows>> ask(std::span<const Statement> statements) {
    return readers_.run(statements).map_error([](SqlError error) { return StoreError{std::move(error.text)}; });
  }
  /// The SQL is a literal.
  Result<Rows> ask(const char* sql, std::vector<Value> parameters) {
    const Statement statement{sql, std::move(parameters)};
    return ask({&statement, 1}).map([](std::vector<Rows> answers) { return std::move(answers.front()); });
  }
  Result<std::vector<IssuedCertificate>> page(const cmp::CertificateQuery& query);

  const cmp::Crypto& crypto_;
  const std::unique_ptr<SqlDatabase> database_;
  ConnectionPool readers_;
  Writer writer_;
};

/// What is asked by the text of a subject has no index: it looks at all that follow, so many at a time.
constexpr std::size_t page_size = 1000;

Result<std::vector<IssuedCertificate>> SqlStore::list(const cmp::CertificateQuery& query) {
  if (query.subject.empty()) return page(query);
  std::vector<IssuedCertificate> out;
  cmp::CertificateQuery rest = query;
  rest.count = page_size;
  for (;;) {
    auto found = page(rest);
    if (!found) return found;
    for (IssuedCertificate& each : *found) {
      rest.after = each.serial;
      if (text_of(each.subject).find(query.subject) != std::string_view::npos) out.push_back(std::move(each));
      if (out.size() == query.count) return out;
    }
    if (found->size() < page_size) return out;
  }
}

/// A page of those with this status, of whatever subject.
Result<std::vector<IssuedCertificate>> SqlStore::page(const cmp::CertificateQuery& query) {
  const Value after = value_of(Bytes(query.after)), count = value_of(std::uint64_t{query.count});
  if (!query.status)
    return all_of(
        ask("SELECT version, record FROM certificates WHERE serial > $1 ORDER BY serial LIMIT $2", {after, count}),
        certificate_in);
  if (query.status == IssuedCertificate::Status::valid)  // no index has them
    return all_of(
        ask("SELECT version, record FROM certificates WHERE status = 1 AND serial > $1 ORDER BY serial LIMIT $2",
            {after, count}),
        certificate_in);
  return all_of(ask("SELECT version, record FROM certificates WHERE status = $3 AND status <> 1 AND serial > $1"
                    " ORDER BY serial LIMIT $2",
                    {after, count, value_of(static_cast<std::uint64_t>(*query.status))}),
                certificate_in);
}

/// No device has two empty names, so what follows those is all of them.
Result<std::vector<StoredDevice>> SqlStore::devices(const cmp::DeviceQuery& query) {
  std::vector<Value> parameters = {value_of(query.after_manufacturer), value_of(query.after_serial),
                                   value_of(std::uint64_t{query.count})};
  if (!query.state)
    return all_of(ask("SELECT version, record FROM devices WHERE (manufacturer, serial) > ($1, $2)"
                      " ORDER BY manufacturer, serial LIMIT $3",
                      std::move(parameters)),
                  device_in);
  parameters.push_back(value_of(static_cast<std::uint64_t>(*query.state)));
  return all_of(ask("SELECT version, record FROM devices WHERE state = $4 AND (manufacturer, serial) > ($1, $2)"
                    " ORDER BY manufacturer, serial LIMIT $3",
                    std::move(parameters)),
                device_in);
}

Result<cmp::StoreStatistics> SqlStore::statistics() {
  const Statement questions[] = {
      Counters::question(),
      {"SELECT count(*) FROM approvals WHERE state = 0", {}},
      {"SELECT number FROM audit ORDER BY number DESC LIMIT 1", {}},
  };
  const auto answers = ask(questions);
  if (!answers) return tl::unexpected(answers.error());
  const auto first_number = [](const Rows& rows) { return rows.empty() ? 0 : number_of(rows[0][0]); };
  const Counters counters = Counters::in((*answers)[0]);
  cmp::StoreStatistics out;
  out.certificates = counters.by_status;
  out.transactions = counters.by_state;
  out.on_crl = counters.on_crl;
  out.secrets = counters.secrets;
  out.devices = counters.devices;
  out.approvals = first_number((*answers)[1]);
  out.audit_entries = first_number((*answers)[2]);
  return out;
}

}  // namespace

Result<std::unique_ptr<cmp::Store>> open_sql_store(std::unique_ptr<SqlDatabase> database, const cmp::Crypto& crypto,
                                                   Migration migration, std::size_t readers) {
  if (auto prepared = prepare(*database, migration); !prepared) return tl::unexpected(prepared.error());
  return std::make_unique<SqlStore>(std::move(database), crypto, readers);
}

}  // namespace cmpkit::store
