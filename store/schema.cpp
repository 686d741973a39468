#include "store/schema.h"

#include <array>

#include "store/batch/certificates.h"
#include "store/record_encoding.h"

namespace cmpkit::store {
namespace {

using cmp::StoreError;

/// Numbers that are kept as constants of cmpkit::cmp's enumerations: transactions.state 2 is `done`.
///
/// A transaction or certificate (from format 2 on a secret or approval, from format 3 on a device) is its `record`
/// (record_encoding.h); the other columns are what is searched for. certificates.subject is the SHA-256 of
/// subject_key(): subjects may be longer than an index permits.
constexpr const char* format_1 = R"(
CREATE TABLE counters (certificates BIGINT NOT NULL, revocations BIGINT NOT NULL);
INSERT INTO counters (certificates, revocations) VALUES (0, 0);

CREATE TABLE transactions (
  transaction_id {blob} NOT NULL,
  sender {blob} NOT NULL,
  version BIGINT NOT NULL,
  state BIGINT NOT NULL,
  deadline BIGINT NOT NULL,
  record {blob} NOT NULL,
  PRIMARY KEY (transaction_id, sender));
CREATE INDEX transactions_by_deadline ON transactions (deadline);

CREATE TABLE certificates (
  id {key} PRIMARY KEY,
  serial {blob} NOT NULL UNIQUE,
  key_digest {blob} NOT NULL,
  subject {blob} NOT NULL,
  status BIGINT NOT NULL,
  on_crl BIGINT NOT NULL,
  version BIGINT NOT NULL,
  record {blob} NOT NULL);
CREATE INDEX certificates_by_key ON certificates (key_digest);
CREATE INDEX certificates_by_subject ON certificates (subject);
CREATE INDEX certificates_on_crl ON certificates (id) WHERE on_crl = 1;

CREATE TABLE crls (
  part BIGINT PRIMARY KEY,
  number BIGINT NOT NULL,
  this_update BIGINT NOT NULL,
  next_update BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  der {blob} NOT NULL);
)";

/// Secrets, approvals, requests, the audit log, and counters of all that is asked for often. Certificates that are
/// valid are most of them: whoever lists those finds them without an index.
constexpr const char* format_2 = R"(
ALTER TABLE counters ADD COLUMN unconfirmed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN valid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN updated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN rejected BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN revoked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN delayed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN awaiting BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN done BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN on_crl BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN secrets BIGINT NOT NULL DEFAULT 0;
UPDATE counters SET
  unconfirmed = (SELECT count(*) FROM certificates WHERE status = 0),
  valid = (SELECT count(*) FROM certificates WHERE status = 1),
  updated = (SELECT count(*) FROM certificates WHERE status = 2),
  rejected = (SELECT count(*) FROM certificates WHERE status = 3),
  held = (SELECT count(*) FROM certificates WHERE status = 4),
  revoked = (SELECT count(*) FROM certificates WHERE status = 5),
  delayed = (SELECT count(*) FROM transactions WHERE state = 0),
  awaiting = (SELECT count(*) FROM transactions WHERE state = 1),
  done = (SELECT count(*) FROM transactions WHERE state = 2),
  on_crl = (SELECT count(*) FROM certificates WHERE on_crl = 1);

CREATE INDEX transactions_open ON transactions (sender) WHERE state <> 2;
CREATE INDEX certificates_by_status ON certificates (status, serial) WHERE status <> 1;

CREATE TABLE requests (id {key} PRIMARY KEY, request {blob} NOT NULL);
CREATE TABLE secrets (reference {blob} PRIMARY KEY, version BIGINT NOT NULL, record {blob} NOT NULL);
CREATE TABLE approvals (
  id {blob} PRIMARY KEY,
  version BIGINT NOT NULL,
  state BIGINT NOT NULL,
  since BIGINT NOT NULL,
  record {blob} NOT NULL);
CREATE INDEX approvals_by_state ON approvals (state, since, id);
CREATE INDEX approvals_by_time ON approvals (since);
CREATE TABLE audit (number {key} PRIMARY KEY, entry {blob} NOT NULL, hash {blob} NOT NULL);
)";

/// Of an RA: what waits to be sent upstream (state 3) or to be answered there (4), and the devices it knows. The index
/// of transactions costs a CA nothing: its transactions are in neither state.
constexpr const char* format_3 = R"(
ALTER TABLE counters ADD COLUMN queued BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN relayed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN devices BIGINT NOT NULL DEFAULT 0;
CREATE INDEX transactions_upstream ON transactions (state, deadline) WHERE state >= 3;

CREATE TABLE devices (
  manufacturer {blob} NOT NULL,
  serial {blob} NOT NULL,
  version BIGINT NOT NULL,
  state BIGINT NOT NULL,
  certificate {blob},
  record {blob} NOT NULL,
  PRIMARY KEY (manufacturer, serial));
CREATE INDEX devices_by_state ON devices (state, manufacturer, serial);
CREATE INDEX devices_by_certificate ON devices (certificate) WHERE certificate IS NOT NULL;
)";

/// Where the certificates have their names' hashes. One that cannot be read keeps it.
tl::expected<void, SqlError> write_subjects(SqlConnection& connection) {
  for (Value last = std::int64_t{0};;) {
    const Statement question{"SELECT id, record FROM certificates WHERE id > $1 ORDER BY id LIMIT 1000", {last}};
    const auto answers = connection.run({&question, 1});
    if (!answers) return tl::unexpected(answers.error());
    std::vector<Statement> updates;
    for (const Row& row : answers->front()) {
      last = row[0];
      const auto certificate = decode_certificate(octets_of(row[1]));
      if (certificate && certificate->subject.size() <= longest_subject_column)
        updates.push_back({"UPDATE certificates SET subject = $2 WHERE id = $1", {last, certificate->subject}});
    }
    if (answers->front().empty()) return {};
    if (auto done = connection.run(updates); !done) return tl::unexpected(done.error());
  }
}

/// What leads from a format to the next one: a script, then what SQL cannot say.
struct Step {
  const char* script;
  tl::expected<void, SqlError> (*rest)(SqlConnection&);
};
tl::expected<void, SqlError> nothing(SqlConnection&) { return {}; }

/// From format 0, which has no tables, on.
constexpr std::array steps = {Step{format_1, nothing}, Step{format_2, write_subjects}, Step{format_3, nothing}};
constexpr unsigned current_format = steps.size();

StoreError error_of(const SqlError& error) { return {error.text}; }

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

std::string script(const char* step, const SqlDatabase& database) {
  return replaced(replaced(step, "{blob}", database.octets_type()), "{key}", database.key_type());
}

/// 0: there is the table, but no format in it.
tl::expected<unsigned, SqlError> format_in(SqlConnection& connection) {
  const Statement question{"SELECT format FROM store_format", {}};
  const auto rows = connection.run({&question, 1});
  if (!rows) return tl::unexpected(rows.error());
  const Rows& found = rows->front();
  return found.empty() ? 0 : static_cast<unsigned>(number_of(found.front().front()));
}

tl::expected<void, StoreError> check_known(unsigned format) {
  if (format <= current_format) return {};
  return tl::unexpected(StoreError{"the store has format " + std::to_string(format) + " and this program knows up to " +
                                   std::to_string(current_format) + ": use the program that wrote it, or a later one"});
}

tl::expected<void, SqlError> take_step(const Step& step, const SqlDatabase& database, SqlConnection& connection) {
  if (auto done = connection.run_script(script(step.script, database)); !done) return done;
  return step.rest(connection);
}

/// With the tables to itself: inside a transaction.
tl::expected<Migrated, SqlError> step_up(const SqlDatabase& database, SqlConnection& connection) {
  auto made = connection.run_script("CREATE TABLE IF NOT EXISTS store_format (format BIGINT NOT NULL)");
  if (!made) return tl::unexpected(made.error());
  const auto from = format_in(connection);
  if (!from) return tl::unexpected(from.error());
  if (*from >= current_format) return Migrated{*from, *from};
  for (unsigned format = *from; format < current_format; ++format)
    if (auto done = take_step(steps[format], database, connection); !done) return tl::unexpected(done.error());
  auto noted = connection.run_script("DELETE FROM store_format; INSERT INTO store_format VALUES (" +
                                     std::to_string(current_format) + ")");
  if (!noted) return tl::unexpected(noted.error());
  return Migrated{*from, current_format};
}

}  // namespace

tl::expected<Migrated, StoreError> migrate(SqlDatabase& database) {
  auto connection = database.connect();
  if (!connection) return tl::unexpected(error_of(connection.error()));
  if (auto begun = (*connection)->run(database.begin_exclusive()); !begun)
    return tl::unexpected(error_of(begun.error()));
  const auto migrated = step_up(database, **connection);  // after an error the connection ends, and all of it with it
  if (!migrated) return tl::unexpected(error_of(migrated.error()));
  if (auto known = check_known(migrated->from); !known) return tl::unexpected(known.error());
  const Statement commit{"COMMIT", {}};
  if (auto done = (*connection)->run({&commit, 1}); !done) return tl::unexpected(error_of(done.error()));
  return *migrated;
}

tl::expected<void, StoreError> prepare(SqlDatabase& database, Migration migration) {
  auto connection = database.connect();
  if (!connection) return tl::unexpected(error_of(connection.error()));
  const auto format = format_in(**connection);  // an error: there are no tables, which migrate() would make
  if (format == current_format) return {};
  if (format && *format > current_format) return check_known(*format);
  if (migration == Migration::automatic) return migrate(database).map([](const Migrated&) {});
  if (!format) return tl::unexpected(StoreError{"the store is empty, or cannot be read: " + format.error().text});
  return tl::unexpected(StoreError{"the store has the earlier format " + std::to_string(*format) +
                                   ": it has to be migrated to format " + std::to_string(current_format) + " first"});
}

}  // namespace cmpkit::store
