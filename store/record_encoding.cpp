#include "store/record_encoding.h"

#include "cmpkit/asn1/table.h"

namespace cmpkit::store {
namespace {

using asn1::field;
using asn1::OctetString;
using cmp::IssuedCertificate;
using cmp::StoredApproval;
using cmp::StoredDevice;
using cmp::StoredSecret;
using cmp::Transaction;

/// Records are ours, so they may be larger than what a peer sends.
constexpr asn1::Limits limits{1U << 30U, 1'000'000, 16};

using List = asn1::SequenceOf<OctetString>;

struct GrantRecord {
  std::int64_t cert_req_id = 0;
  OctetString certificate;
  static constexpr auto asn1 = asn1::sequence(field<&GrantRecord::cert_req_id>, field<&GrantRecord::certificate>);
};

/// What an RA keeps of a message that it passes on.
struct RelayRecord {
  OctetString route, operation;
  bool replaced = false;
  OctetString upstream, upstream_nonce, arrived;
  static constexpr auto asn1 =
      asn1::sequence(field<&RelayRecord::route>, field<&RelayRecord::operation>, field<&RelayRecord::replaced>,
                     field<&RelayRecord::upstream>, field<&RelayRecord::upstream_nonce>, field<&RelayRecord::arrived>);
};

struct TransactionRecord {
  static constexpr std::int64_t current_version = 2;
  std::int64_t version = current_version;
  OctetString sender, transaction_id;
  std::int64_t state = 0;
  bool by_secret = false;
  asn1::SequenceOf<GrantRecord> granted;
  OctetString updates;
  List sender_certificates;
  bool confirmed = false;
  OctetString request_nonce, sender_nonce, request_digest, response;
  std::int64_t deadline = 0;  // seconds since 1970, like all times
  OctetString delayed_request, profile;
  std::int64_t polls = 0;
  std::optional<RelayRecord> relay;  // from version 2 on; absent: nothing of it is kept
  static constexpr auto asn1 = asn1::sequence(
      field<&TransactionRecord::version>, field<&TransactionRecord::sender>, field<&TransactionRecord::transaction_id>,
      field<&TransactionRecord::state>, field<&TransactionRecord::by_secret>, field<&TransactionRecord::granted>,
      field<&TransactionRecord::updates>, field<&TransactionRecord::sender_certificates>,
      field<&TransactionRecord::confirmed>, field<&TransactionRecord::request_nonce>,
      field<&TransactionRecord::sender_nonce>, field<&TransactionRecord::request_digest>,
      field<&TransactionRecord::response>, field<&TransactionRecord::deadline>,
      field<&TransactionRecord::delayed_request>, field<&TransactionRecord::profile>, field<&TransactionRecord::polls>,
      field<&TransactionRecord::relay>);
};

struct CertificateRecord {
  static constexpr std::int64_t current_version = 2;
  std::int64_t version = current_version;
  OctetString serial, certificate, holder, key_digest, subject;
  std::int64_t status = 0, status_since = 0;
  bool on_crl = false;
  std::int64_t reason = 0, update_until = 0;
  std::optional<OctetString> profile;  // from version 2 on
  static constexpr auto asn1 = asn1::sequence(
      field<&CertificateRecord::version>, field<&CertificateRecord::serial>, field<&CertificateRecord::certificate>,
      field<&CertificateRecord::holder>, field<&CertificateRecord::key_digest>, field<&CertificateRecord::subject>,
      field<&CertificateRecord::status>, field<&CertificateRecord::status_since>, field<&CertificateRecord::on_crl>,
      field<&CertificateRecord::reason>, field<&CertificateRecord::update_until>, field<&CertificateRecord::profile>);
};

struct SecretRecord {
  static constexpr std::int64_t current_version = 1;
  std::int64_t version = current_version;
  OctetString reference, secret;
  std::int64_t uses = 0, max_uses = 0;
  std::optional<std::int64_t> expires;
  static constexpr auto asn1 =
      asn1::sequence(field<&SecretRecord::version>, field<&SecretRecord::reference>, field<&SecretRecord::secret>,
                     field<&SecretRecord::uses>, field<&SecretRecord::max_uses>, field<&SecretRecord::expires>);
};

struct ApprovalRecord {
  static constexpr std::int64_t current_version = 1;
  std::int64_t version = current_version;
  OctetString id;
  std::int64_t state = 0, since = 0;
  OctetString operation, profile, requester, subject, key, reason;
  static constexpr auto asn1 =
      asn1::sequence(field<&ApprovalRecord::version>, field<&ApprovalRecord::id>, field<&ApprovalRecord::state>,
                     field<&ApprovalRecord::since>, field<&ApprovalRecord::operation>, field<&ApprovalRecord::profile>,
                     field<&ApprovalRecord::requester>, field<&ApprovalRecord::subject>, field<&ApprovalRecord::key>,
                     field<&ApprovalRecord::reason>);
};

struct DeviceRecord {
  static constexpr std::int64_t current_version = 1;
  std::int64_t version = current_version;
  OctetString manufacturer, serial, model, key_digest, certificate_digest;
  std::int64_t state = 0, since = 0;
  OctetString certificate;
  static constexpr auto asn1 = asn1::sequence(
      field<&DeviceRecord::version>, field<&DeviceRecord::manufacturer>, field<&DeviceRecord::serial>,
      field<&DeviceRecord::model>, field<&DeviceRecord::key_digest>, field<&DeviceRecord::certificate_digest>,
      field<&DeviceRecord::state>, field<&DeviceRecord::since>, field<&DeviceRecord::certificate>);
};

std::int64_t seconds_of(cmp::Time time) { return time.time_since_epoch().count(); }
cmp::Time time_of(std::int64_t seconds) { return cmp::Time{std::chrono::seconds{seconds}}; }

/// A record as it was declared, or why it cannot be read.
template <class Record>
Decoded<Record> decode_record(Bytes octets) {
  auto record = asn1::decode<Record>(octets, limits);
  if (!record) return tl::unexpected("the record is damaged: " + record.error().text());
  if (record->version < 1 || record->version > Record::current_version)
    return tl::unexpected("the record is of version " + std::to_string(record->version) +
                          " and this program knows versions up to " + std::to_string(Record::current_version));
  return std::move(*record);
}

tl::unexpected<std::string> impossible(std::string_view what) {
  return tl::unexpected("the record is damaged: its " + std::string(what) + " is none that there is");
}

template <class Enum>
bool is_one_of(std::int64_t value, Enum last) {
  return value >= 0 && value <= static_cast<std::int64_t>(last);
}

bool is_count(std::int64_t value) { return value >= 0 && value <= UINT32_MAX; }

/// Nothing where there is nothing to keep: transactions of a CA are not larger than they were.
std::optional<RelayRecord> relay_record(const Transaction& transaction) {
  RelayRecord out{bytes_of(transaction.route), bytes_of(transaction.operation), transaction.replaced,
                  transaction.upstream,        transaction.upstream_nonce,      transaction.arrived};
  if (out.route.empty() && !out.replaced && out.upstream.empty() && out.upstream_nonce.empty() && out.arrived.empty())
    return std::nullopt;
  return out;
}

}  // namespace

Octets encode(const Transaction& transaction) {
  TransactionRecord out;
  out.sender = transaction.sender;
  out.transaction_id = transaction.transaction_id;
  out.state = static_cast<std::int64_t>(transaction.state);
  out.by_secret = transaction.by_secret;
  for (const auto& [id, certificate] : transaction.granted) out.granted.push_back({id, certificate});
  out.updates = transaction.updates;
  out.sender_certificates = {transaction.sender_certificates.begin(), transaction.sender_certificates.end()};
  out.confirmed = transaction.confirmed;
  out.request_nonce = transaction.request_nonce;
  out.sender_nonce = transaction.sender_nonce;
  out.request_digest = transaction.request_digest;
  out.response = transaction.response;
  out.deadline = seconds_of(transaction.deadline);
  out.delayed_request = transaction.delayed_request;
  out.profile = bytes_of(transaction.profile);
  out.polls = transaction.polls;
  out.relay = relay_record(transaction);
  return asn1::encode(out);
}

Decoded<Transaction> decode_transaction(Bytes octets) {
  const auto record = decode_record<TransactionRecord>(octets);
  if (!record) return tl::unexpected(record.error());
  if (!is_one_of(record->state, Transaction::State::relayed)) return impossible("state");
  if (!is_count(record->polls)) return impossible("number of polls");
  Transaction out;
  out.sender = copy_of(record->sender);
  out.transaction_id = copy_of(record->transaction_id);
  out.state = static_cast<Transaction::State>(record->state);
  out.by_secret = record->by_secret;
  for (const GrantRecord& each : record->granted) out.granted.push_back({each.cert_req_id, copy_of(each.certificate)});
  out.updates = copy_of(record->updates);
  for (const Bytes each : record->sender_certificates) out.sender_certificates.push_back(copy_of(each));
  out.confirmed = record->confirmed;
  out.request_nonce = copy_of(record->request_nonce);
  out.sender_nonce = copy_of(record->sender_nonce);
  out.request_digest = copy_of(record->request_digest);
  out.response = copy_of(record->response);
  out.deadline = time_of(record->deadline);
  out.delayed_request = copy_of(record->delayed_request);
  out.profile = text_of(record->profile);
  out.polls = static_cast<std::uint32_t>(record->polls);
  if (!record->relay) return out;
  out.route = text_of(record->relay->route);
  out.operation = text_of(record->relay->operation);
  out.replaced = record->relay->replaced;
  out.upstream = copy_of(record->relay->upstream);
  out.upstream_nonce = copy_of(record->relay->upstream_nonce);
  out.arrived = copy_of(record->relay->arrived);
  return out;
}

Octets encode(const IssuedCertificate& certificate) {
  CertificateRecord out;
  out.serial = certificate.serial;
  out.certificate = certificate.certificate;
  out.holder = certificate.holder;
  out.key_digest = certificate.key_digest;
  out.subject = certificate.subject;
  out.status = static_cast<std::int64_t>(certificate.status);
  out.status_since = seconds_of(certificate.status_since);
  out.on_crl = certificate.on_crl;
  out.reason = static_cast<std::int64_t>(certificate.reason);
  out.update_until = seconds_of(certificate.update_until);
  out.profile = bytes_of(certificate.profile);
  return asn1::encode(out);
}

Decoded<IssuedCertificate> decode_certificate(Bytes octets) {
  const auto record = decode_record<CertificateRecord>(octets);
  if (!record) return tl::unexpected(record.error());
  if (!is_one_of(record->status, IssuedCertificate::Status::revoked)) return impossible("status");
  if (!is_one_of(record->reason, asn1::CRLReason::aACompromise)) return impossible("reason");
  IssuedCertificate out;
  out.serial = copy_of(record->serial);
  out.certificate = copy_of(record->certificate);
  out.holder = copy_of(record->holder);
  out.key_digest = copy_of(record->key_digest);
  out.subject = copy_of(record->subject);
  out.status = static_cast<IssuedCertificate::Status>(record->status);
  out.status_since = time_of(record->status_since);
  out.on_crl = record->on_crl;
  out.reason = static_cast<asn1::CRLReason::Value>(record->reason);
  out.update_until = time_of(record->update_until);
  if (record->profile) out.profile = text_of(*record->profile);
  return out;
}

Octets encode(const StoredSecret& secret) {
  SecretRecord out;
  out.reference = bytes_of(secret.reference);
  out.secret = secret.secret;
  out.uses = secret.uses;
  out.max_uses = secret.max_uses;
  if (secret.expires) out.expires = seconds_of(*secret.expires);
  return asn1::encode(out);
}

Decoded<StoredSecret> decode_secret(Bytes octets) {
  const auto record = decode_record<SecretRecord>(octets);
  if (!record) return tl::unexpected(record.error());
  if (!is_count(record->uses) || !is_count(record->max_uses)) return impossible("number of uses");
  StoredSecret out;
  out.reference = text_of(record->reference);
  out.secret = copy_of(record->secret);
  out.uses = static_cast<std::uint32_t>(record->uses);
  out.max_uses = static_cast<std::uint32_t>(record->max_uses);
  if (record->expires) out.expires = time_of(*record->expires);
  return out;
}

Octets encode(const StoredApproval& approval) {
  ApprovalRecord out;
  out.id = bytes_of(approval.id);
  out.state = static_cast<std::int64_t>(approval.state);
  out.since = seconds_of(approval.since);
  out.operation = bytes_of(approval.operation);
  out.profile = bytes_of(approval.profile);
  out.requester = bytes_of(approval.requester);
  out.subject = bytes_of(approval.subject);
  out.key = bytes_of(approval.key);
  out.reason = bytes_of(approval.reason);
  return asn1::encode(out);
}

Decoded<StoredApproval> decode_approval(Bytes octets) {
  const auto record = decode_record<ApprovalRecord>(octets);
  if (!record) return tl::unexpected(record.error());
  if (!is_one_of(record->state, StoredApproval::State::rejected)) return impossible("state");
  StoredApproval out;
  out.id = text_of(record->id);
  out.state = static_cast<StoredApproval::State>(record->state);
  out.since = time_of(record->since);
  out.operation = text_of(record->operation);
  out.profile = text_of(record->profile);
  out.requester = text_of(record->requester);
  out.subject = text_of(record->subject);
  out.key = text_of(record->key);
  out.reason = text_of(record->reason);
  return out;
}

Octets encode(const StoredDevice& device) {
  DeviceRecord out;
  out.manufacturer = bytes_of(device.manufacturer);
  out.serial = bytes_of(device.serial);
  out.model = bytes_of(device.model);
  out.key_digest = device.key_digest;
  out.certificate_digest = device.certificate_digest;
  out.state = static_cast<std::int64_t>(device.state);
  out.since = seconds_of(device.since);
  out.certificate = device.certificate;
  return asn1::encode(out);
}

Decoded<StoredDevice> decode_device(Bytes octets) {
  const auto record = decode_record<DeviceRecord>(octets);
  if (!record) return tl::unexpected(record.error());
  if (!is_one_of(record->state, StoredDevice::State::decommissioned)) return impossible("state");
  StoredDevice out;
  out.manufacturer = text_of(record->manufacturer);
  out.serial = text_of(record->serial);
  out.model = text_of(record->model);
  out.key_digest = copy_of(record->key_digest);
  out.certificate_digest = copy_of(record->certificate_digest);
  out.state = static_cast<StoredDevice::State>(record->state);
  out.since = time_of(record->since);
  out.certificate = copy_of(record->certificate);
  return out;
}

}  // namespace cmpkit::store
