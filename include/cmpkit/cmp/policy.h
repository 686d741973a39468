// The policy of an RA (RFC 9483 Sections 5.1 and 5.2): one object that is asked about every request, in the same way
// for ir, cr, p10cr, kur, rr and genm, and is told what came of it. Asked once the request is authenticated, permitted
// (permission.h) and right as far as the protocol goes; possession of the key has been proved.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cmpkit/cmp/approvals.h"
#include "cmpkit/cmp/authority.h"
#include "cmpkit/cmp/permission.h"

namespace cmpkit::cmp {

/// Which certificate an rr is about. Views into the request.
struct RevocationWish {
  Bytes serial;       // content octets of the serialNumber; empty: not given
  asn1::Name issuer;  // empty octets: not given
  asn1::CRLReason::Value reason{};
};

/// What is decided about. Views into the request.
struct PolicyQuestion {
  asn1::PKIBody::Type type{};                       // ir, cr, p10cr, kur, rr or genm
  const Requester* requester = nullptr;             // who asks, as the protection proved
  const Permission* permission = nullptr;           // that lets it ask
  const CertificateRequest* certificate = nullptr;  // ir, cr, p10cr, kur; else null. `subject` is the one that the
                                                    // permission gives
  const RevocationWish* revocation = nullptr;       // rr
  asn1::Oid information{};                          // genm: the first infoType; empty: none
  Bytes transaction_id;                             // with the requester it names this request, also when asked again
};

/// The request may go on. What is set takes the place of what was asked for; the proof of possession becomes raVerified
/// then. Nothing may be set for a kur, and where the message is forwarded with its own protection: that is a
/// refusal.
struct PolicyGrant {
  std::optional<Octets> subject;     // DER Name
  std::optional<Octets> extensions;  // DER Extensions
  std::string profile;               // certProfile to ask for upstream; empty: as it is
};

using PolicyDecision = std::variant<PolicyGrant, Refusal, Waiting>;

/// What came of a request that the policy granted.
struct PolicyOutcome {
  enum class Kind {
    issued,     // `certificate`; not confirmed yet
    confirmed,  // `certificate`, by certConf or because the CA asks for none
    rejected,   // `certificate`, by the client
    revoked,    // `serial`; also: put on hold or released
    answered,   // genm
    refused,    // by the CA, or nobody answered: `text`
  };
  Kind kind{};
  asn1::PKIBody::Type type{};            // of the request
  const Requester* requester = nullptr;  // null: time ended the transaction, nobody sent anything
  Bytes certificate;                     // DER
  Bytes serial;                          // rr: of the certificate revoked
  Bytes transaction_id;
  std::string_view text;
};

/// Safe to use from several threads at once. Must not wait for anybody: what takes long answers `Waiting` and is asked
/// again when the client polls.
class Policy {
 public:
  virtual ~Policy() = default;

  [[nodiscard]] virtual PolicyDecision decide(const PolicyQuestion& question, Time now) = 0;

  /// Told once for each outcome (again, where the commit lost a race). What it returns is stored in one commit with
  /// the outcome, as Change::devices. Nothing by default.
  [[nodiscard]] virtual std::vector<StoredDevice> learn(const PolicyOutcome& outcome, Time now);
};

/// Asks each in turn: the first that refuses or waits decides. Of what is changed the last word counts. The policies
/// must outlive it.
std::unique_ptr<Policy> all_of(std::vector<Policy*> policies);

/// Who has no place in the inventory gets nothing.
struct InventoryPolicyOptions {
  /// Manufacturer by anchor: the IDevIDs of one vendor lead to its anchors (DER). Where none fits, the organization
  /// in the IDevID's subject names it.
  struct Vendor {
    std::string name;
    std::vector<Octets> anchors;
  };
  std::vector<Vendor> vendors;
  /// Applies to enrolments by this permission only; empty: to all. Those of others are granted, renewals apart.
  std::vector<std::string> permissions;
};

/// Decides by the inventory in the store (StoredDevice): an ir, cr or p10cr that is signed by an IDevID (IEEE 802.1AR:
/// the device's serial number is the attribute serialNumber of its subject) is granted where the device is known, its
/// key or certificate is the expected one if there is one, and it is not decommissioned. Learns what is issued,
/// confirmed and revoked. Store and crypto must outlive it.
std::unique_ptr<Policy> inventory_policy(InventoryPolicyOptions options, Store& store, const Crypto& crypto);

/// An operator approves each ir, cr and p10cr by this permission (empty: of all): Waiting until then.
std::unique_ptr<Policy> approval_policy(std::vector<std::string> permissions, Approvals& approvals,
                                        const Crypto& crypto);

}  // namespace cmpkit::cmp
