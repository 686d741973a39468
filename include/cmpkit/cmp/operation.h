// An operation of a client (RFC 9483 Section 4): one request, its answer however long that takes, and the confirmation
// where there is one. Enrollment, Revocation and Inquiry are its kinds. A value: octets go in; "send this", "wake me
// then" or "finished so" comes out. The caller moves the octets and waits.
//
//           start()             answer              pkiConf
//   idle -----------> awaiting ---------> [certConf ---------> ] done
//                     |   ^  ^ \ refused, malformed ---------> done
//             waiting v   |   \ \ systemUnavail (E-14)
//                    polling   resting (the message again at wake_at, or the request in a new transaction)
//           (pollReq at wake_at)
//
// What is awaited can be saved at any time and gone on with later, in another process.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/secret_octets.h"
#include "cmpkit/cmp/tolerance.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::cmp {

/// What came in answer to a genm, taken apart and checked. Which members are set depends on what was asked; see
/// inquiry.h.
struct Answer {
  Octets type;                       // content octets of the OID in the genp
  Octets value;                      // DER of the infoValue; empty: absent
  std::vector<Octets> certificates;  // DER: caCerts, caProtEncCert
  std::vector<Octets> crls;          // DER: crls, currentCRL
  bool crls_verified = false;        // signed by a CA that we trust; false: its certificate is not known here
  std::vector<Octets> algorithms;    // DER AlgorithmIdentifiers: signKeyPairTypes, encKeyPairTypes, ...
  std::string language;              // suppLangTags
  // rootCaKeyUpdate, checked by S-10: the new root, certified by itself and by the old one; and the old one by the new
  Octets new_with_new, new_with_old, old_with_new;  // DER; empty: there is none
};

/// How an operation ended. It explains itself.
struct Outcome {
  bool success = false;
  std::string text;  // one sentence for a person

  // What the server said, where it said so
  std::optional<asn1::PKIStatus> status;
  std::optional<FailInfo> fail_info;   // the first bit
  asn1::PKIFailureInfo all_fail_info;  // all of them
  std::string server_text;             // its statusString and errorDetails
  bool authenticated = false;          // its word was protected and checked
  std::optional<Refusal> refusal;      // what we did not accept, where it was us
  std::vector<Deviation> tolerated;    // the switches of Tolerance that were needed, as far as this process saw
  unsigned retries = 0;                // how often the server was not available, and was asked again (Retry::later)

  // Of an enrolment
  Octets certificate;                      // DER; set where one was issued, accepted by us or not
  std::vector<Octets> chain;               // issuers of it, as far as extraCerts held them, nearest first (untrusted)
  std::vector<Octets> ca_pubs;             // DER; where the option ca_pubs lets us take them
  std::vector<std::string> modifications;  // how the certificate differs from what was asked, a sentence each
  SecretOctets private_key;                // PKCS #8; set where the server made the key and it is that of `certificate`
  Octets encrypted_key;                    // DER of the EncryptedKey that it came in

  // Of an inquiry
  std::optional<Answer> answer;
};

/// What the caller is to do next. Exactly one of `send`, `wake_at` and `done` is set.
struct Output {
  std::optional<Octets> send;   // hand these octets to the server, and its answer to receive()
  std::optional<Time> wake_at;  // call wake() at this time or later
  std::optional<Outcome> done;
  bool unavailable = false;  // with wake_at: the server said that it is not available (E-14); else it lets us wait
};

/// For one thread at a time; what it refers to (options, environment) outlives it.
class Operation {
 public:
  class Machine;  // of the implementation
  Operation(Operation&&) noexcept;
  Operation& operator=(Operation&&) noexcept;
  virtual ~Operation();

  /// What is to be done now: the request at first; later, as after a failed transfer or resume(), the last message
  /// again octet for octet, or the time to wake.
  [[nodiscard]] Output start();
  /// One whole message from the server.
  [[nodiscard]] Output receive(Bytes der);
  /// The time that `wake_at` named has come: the next pollReq, or what a server that was not available gets again.
  /// Earlier: the time again.
  [[nodiscard]] Output wake();

  /// What is awaited, for resume() of the same kind with the same options. Holds no secrets and no private keys, but is
  /// believed: keep it where nobody else writes. Empty: nothing is awaited, as before start() and at the end.
  [[nodiscard]] Octets save() const;

  /// The checks made so far, in this process.
  [[nodiscard]] const Trail& trail() const;
  /// Of the last message received, for progress lines: `ip`; empty before.
  [[nodiscard]] std::string_view last_received() const;

 protected:
  explicit Operation(std::unique_ptr<Machine> machine);

 private:
  std::unique_ptr<Machine> machine_;
};

}  // namespace cmpkit::cmp
