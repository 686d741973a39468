// What is stored: the records of transactions, certificates, CRLs, secrets, approvals and the audit log. All own their
// octets. `version` and what follows a `// the store sets` is filled in by the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmpkit/asn1/extensions.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// One PKI management operation at a server (ST-1).
struct Transaction {
  enum class State : std::uint8_t {
    delayed,                // the answer to its first request is not decided yet; the client polls
    awaiting_confirmation,  // a certificate is granted, certConf is due
    done,                   // nothing further is due; kept so that a retry gets its answer and the ID is not reused
    queued,                 // at an RA: a message of it waits to be sent upstream
    relayed,                // at an RA: a message of it was sent upstream and is not answered
  };

  /// A certificate granted in it.
  struct Grant {
    std::int64_t cert_req_id = 0;
    Octets certificate;  // DER
  };

  // The key (H-65): who, and which operation of theirs.
  Octets sender;  // digest of the certificate, or the reference of the secret, with its kind in front
  Octets transaction_id;

  std::uint64_t version = 0;  // of the stored state; 0: not stored yet
  State state = State::done;
  bool by_secret = false;      // kind of protection (P-02)
  std::vector<Grant> granted;  // what certConf is about
  Octets updates;              // kur: serial number of the certificate that is updated
  std::vector<Octets>
      sender_certificates;  // DER; the sender's certificate and chain, where later messages may omit them (P-06)
  bool confirmed = false;   // a certConf that accepts was answered (C-08)
  Octets request_nonce;     // senderNonce of the last request: the next one has another (H-70)
  Octets sender_nonce;      // of our last response (V-20)
  Octets request_digest;    // of the last request but for its protection, so that a retry is known
  Octets response;          // our answer to it
  Time deadline{};          // delayed, awaiting: when it is too late; done: when it may be forgotten

  Octets delayed_request;   // the request, whole, whose answer the client polls for; empty: none
  std::string profile;      // of the endpoint that the delayed request came to
  std::uint32_t polls = 0;  // how often it was polled for

  // At an RA, of what it passes on (relay.h):
  std::string route;      // Route::name; empty: it is answered here
  std::string operation;  // type of the request that began it: `ir`
  bool replaced = false;  // the protection of its messages is replaced, both ways
  Octets upstream;        // queued, relayed: the message for upstream, whole
  Octets upstream_nonce;  // senderNonce of upstream's last answer
  Octets arrived;         // upstream's answer, whole, that the client has not polled for yet
};

/// An issued certificate.
struct IssuedCertificate {
  enum class Status : std::uint8_t {
    unconfirmed,
    valid,
    updated,   // replaced by a confirmed key update; still valid to those who rely on it
    rejected,  // by the client, or by its silence
    held,      // revoked, but may be released (certificateHold)
    revoked,
  };
  Octets serial;        // content octets of the serialNumber
  Octets certificate;   // DER
  Octets holder;        // the transaction's sender
  Octets key_digest;    // SHA-256 of the SubjectPublicKeyInfo
  Octets subject;       // subject_key() of its subject
  std::string profile;  // that it was issued by
  Octets request;       // the message that led to it, whole. Stored with a new certificate; reading does not give it:
                        // see Store::request()
  Status status = Status::unconfirmed;
  Time status_since{};
  bool on_crl = false;                                           // it is on CRLs that are made from now on
  asn1::CRLReason::Value reason = asn1::CRLReason::unspecified;  // where it is on CRLs
  Time update_until{};        // a key update of it awaits its confirmation until then
  std::uint64_t version = 0;  // of the stored state; 0: not stored yet
};

/// A CRL as it was signed.
struct StoredCrl {
  std::uint32_t partition = 0;  // which part of the certificates; 0 where there is one CRL for all
  std::uint64_t number = 0;     // CRLNumber, from 1
  Time this_update{}, next_update{};
  std::uint64_t revision = 0;  // Store::revocations() when it was made
  Octets der;
};

/// A shared secret that is kept in the store.
struct StoredSecret {
  std::string reference;        // senderKID
  Octets secret;                // empty: to be removed
  std::uint32_t uses = 0;       // how many requests for certificates were granted by it, or are forwarded to be
  std::uint32_t max_uses = 0;   // 0: any number
  std::optional<Time> expires;  // no operation begins from then on; one that has begun goes on
  std::uint64_t version = 0;

  [[nodiscard]] bool is_used_up() const { return max_uses != 0 && uses >= max_uses; }
};

/// A request that somebody has to approve, and what was decided.
struct StoredApproval {
  enum class State : std::uint8_t { waiting, approved, rejected };
  std::string id;  // ApprovalQuestion::id
  State state = State::waiting;
  Time since{};                    // when it was asked for first
  std::string operation, profile;  // `ir`, `iot-device`
  std::string requester;           // `secret device-1`, `certificate /CN=x`
  std::string subject, key;
  std::string reason;  // of a rejection, for the client
  std::uint64_t version = 0;
};

/// A device that the operator knows of.
struct StoredDevice {
  enum class State : std::uint8_t {
    manufactured,    // its IDevID is known, and no more
    onboarded,       // a certificate of the operator was issued to it
    in_operation,    // ... and confirmed
    decommissioned,  // it gets no certificates any more
  };
  std::string manufacturer, serial;  // together they name it
  std::string model;
  Octets key_digest;          // SHA-256 of the SubjectPublicKeyInfo that its IDevID has; empty: any
  Octets certificate_digest;  // SHA-256 of its IDevID certificate; empty: any
  State state = State::manufactured;
  Time since{};               // of the state
  Octets certificate;         // serial number of the certificate that it was issued last; empty: none
  std::uint64_t version = 0;  // of the stored state; 0: not stored yet
};

/// A decision, for the audit log.
struct AuditEntry {
  Time time{};
  std::string actor;      // `certificate /CN=x`, `secret device-1`, `operator alice`, `time`
  std::string action;     // type of the request, `ir`; or `approve`, `reject`, `revoke`, `expire`, `crl`, ...
  std::string result;     // `granted`, `refused`, `waiting`, `confirmed`, `rejected`, `revoked`, ...
  Octets transaction_id;  // empty: in none
  std::vector<Octets> certificates;  // the serial numbers that it is about
  std::string reason;                // of a refusal: its text; else what else is to be said
  std::string trail;                 // the checks made, in their order: trail_text()
};

/// An entry as the log keeps it, chained to the one before.
struct AuditRecord {
  std::uint64_t number = 0;  // from 1, without gaps
  Octets entry;              // encode_audit_entry()
  Octets hash;               // audit_hash() of the one before and this one
};

}  // namespace cmpkit::cmp
