// The client side of certificate enrolment (RFC 9483 Section 4.1): ir, cr, kur or p10cr, polling where the server asks
// for it, and certConf unless implicit confirmation is granted. A value: octets go in; "send this", "wake me then" or
// "finished so" comes out. The caller moves the octets and waits.
//
//            start()                     ip/cp/kup                            pkiConf
//   Idle ---------------> AwaitingResponse -----------> AwaitingConfirmation ---------> Done
//                              |  ^  \ implicit confirmation granted, or refused ------> Done
//                      waiting v  | final response
//                             Polling (pollReq at wake_at)
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/trail.h"
#include "cmpkit/cmp/trust.h"

namespace cmpkit::cmp {

struct EnrollmentOptions {
  asn1::PKIBody::Type type = asn1::PKIBody::ir;  // ir, cr, kur or p10cr
  Credential credential;                         // protects all our messages; kur: the certificate to update (K-01)
  const TrustStore* trust = nullptr;             // anchors for signed responses; required with a SignatureCredential

  const TrustStore* certificate_trust = nullptr;  // anchors the new certificate must lead to; null: not checked
  Octets recipient;                               // DER Name of the CA; empty: NULL-DN (H-20)
  Octets subject;                         // DER Name; empty: NULL-DN, or for kur that of the old certificate (K-02)
  Octets extensions;                      // DER Extensions to ask for (subjectAltName, ...); empty: none
  std::shared_ptr<const Signer> new_key;  // ir, cr, kur: the key to certify, which proves possession
  Octets certification_request;           // p10cr: DER of the signed CertificationRequest
  std::string profile;                    // certProfile to ask for; empty: none (H-83)
  bool implicit_confirm = true;           // ask for it (H-80)

  std::chrono::seconds max_poll_time{std::chrono::hours{24}};  // of all polling together (DL-05)
  bool accept_ca_pubs = false;                                 // take trust anchors from an authenticated ip
  bool accept_unprotected_errors = false;                      // believe a rejection that nobody signed (E-15)
  MacLimits mac_limits{};
  asn1::Limits limits{};
};

/// How an enrolment ended.
struct Outcome {
  bool success = false;
  Octets certificate;                     // DER; set where one was accepted
  std::vector<Octets> chain;              // issuers of it, as far as extraCerts held them, nearest first (untrusted)
  std::vector<Octets> ca_pubs;            // where accept_ca_pubs allows
  std::optional<asn1::PKIStatus> status;  // what the server said, where it said so
  std::optional<FailInfo> fail_info;
  std::string server_text;         // its statusString and errorDetails
  bool authenticated = false;      // the server's word was protected and checked
  std::optional<Refusal> refusal;  // what we did not accept, where it was us
  std::string text;                // one sentence for a person
};

/// What the caller is to do next. Exactly one of `send`, `wake_at` and `done` is set.
struct Output {
  std::optional<Octets> send;   // hand these octets to the server, and its answer to receive()
  std::optional<Time> wake_at;  // call wake() at this time or later
  std::optional<Outcome> done;
};

class Enrollment {
 public:
  /// A reason in words where the options cannot work together. What the options and the environment point to must
  /// outlive the enrolment.
  static tl::expected<Enrollment, std::string> create(EnrollmentOptions options, Environment environment);
  Enrollment(Enrollment&&) noexcept;
  Enrollment& operator=(Enrollment&&) noexcept;
  ~Enrollment();

  /// The request. Once.
  [[nodiscard]] Output start();
  /// One whole message from the server.
  [[nodiscard]] Output receive(Bytes der);
  /// The time that `wake_at` named has come: the next pollReq.
  [[nodiscard]] Output wake();

  /// The checks made so far.
  [[nodiscard]] const Trail& trail() const;
  /// Of the last message received, for progress lines: `ip`; empty before.
  [[nodiscard]] std::string_view last_received() const;

 private:
  class Machine;
  explicit Enrollment(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

}  // namespace cmpkit::cmp
