// Records to put into stores.
#pragma once

#include "cmpkit/cmp/store.h"

namespace cmpkit::test {

inline Octets octets(std::string_view text) { return copy_of(bytes_of(text)); }

inline cmp::Time at(int seconds) { return cmp::Time{std::chrono::seconds{seconds}}; }

/// Every field differs from its default, so that one which is not kept is noticed.
inline cmp::Transaction transaction(std::string_view id, std::string_view sender = "secret 1") {
  cmp::Transaction out;
  out.sender = octets(sender);
  out.transaction_id = octets(id);
  out.state = cmp::Transaction::State::awaiting_confirmation;
  out.by_secret = true;
  out.granted = {{-1, octets("certificate of " + std::string(id))}};
  out.updates = octets("old serial");
  out.delayed_request = octets("request");
  out.profile = "profile";
  out.polls = 3;
  out.confirmed = true;
  out.request_nonce = octets("their nonce");
  out.sender_nonce = octets("nonce");
  out.request_digest = octets("digest");
  out.response = octets("response");
  out.deadline = at(1000);
  out.route = "route";
  out.operation = "ir";
  out.replaced = true;
  out.upstream = octets("message for upstream");
  out.upstream_nonce = octets("nonce of upstream");
  out.arrived = octets("answer of upstream");
  return out;
}

inline cmp::IssuedCertificate issued(std::string_view serial, std::string_view key = "key 1") {
  cmp::IssuedCertificate out;
  out.serial = octets(serial);
  out.certificate = octets("certificate " + std::string(serial));
  out.holder = octets("secret 1");
  out.key_digest = octets(key);
  out.subject = octets("/cn=subject of " + std::string(key));
  out.profile = "profile";
  out.status_since = at(7);
  out.on_crl = true;
  out.reason = asn1::CRLReason::superseded;
  out.update_until = at(9);
  return out;
}

inline cmp::StoredSecret secret(const std::string& reference) {
  cmp::StoredSecret out;
  out.reference = reference;
  out.secret = octets("secret of " + reference);
  out.uses = 1;
  out.max_uses = 3;
  out.expires = at(70);
  return out;
}

inline cmp::StoredApproval approval(std::string id) {
  cmp::StoredApproval out;
  out.id = std::move(id);
  out.since = at(40);
  out.operation = "ir";
  out.profile = "profile";
  out.requester = "secret device-1";
  out.subject = "/CN=device";
  out.key = "ec:P-256";
  out.reason = "none";
  return out;
}

inline cmp::StoredDevice device(std::string serial, std::string manufacturer = "ACME") {
  cmp::StoredDevice out;
  out.manufacturer = std::move(manufacturer);
  out.serial = std::move(serial);
  out.model = "pump";
  out.key_digest = octets("digest of its key");
  out.certificate_digest = octets("digest of its IDevID");
  out.state = cmp::StoredDevice::State::onboarded;
  out.since = at(60);
  out.certificate = octets("serial number");
  return out;
}

inline cmp::AuditEntry audit_entry(std::string action) {
  cmp::AuditEntry out;
  out.time = at(50);
  out.actor = "secret device-1";
  out.action = std::move(action);
  out.result = "granted";
  return out;
}

inline cmp::Change change(cmp::Transaction value) { return {std::move(value), {}, {}}; }
inline cmp::Change change(cmp::IssuedCertificate value) { return {{}, {std::move(value)}, {}}; }
inline cmp::Change change(cmp::StoredSecret value) {
  cmp::Change out;
  out.secret = std::move(value);
  return out;
}
inline cmp::Change change(cmp::StoredApproval value) {
  cmp::Change out;
  out.approval = std::move(value);
  return out;
}
inline cmp::Change change(std::vector<cmp::StoredDevice> values) {
  cmp::Change out;
  out.devices = std::move(values);
  return out;
}

}  // namespace cmpkit::test
