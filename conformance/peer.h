// The server under test: how it is reached, what we may use against it, and what it can do.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/trust.h"
#include "cmpkit/transport/handler.h"
#include "cmpkit/transport/http_client.h"

namespace cmpkit::conformance {

/// The names under which a server says what it can do, and cases what they need of it.
namespace feature {
inline constexpr std::string_view certificate = "certificate";    // requests signed by a certificate of another PKI
inline constexpr std::string_view secret = "secret";              // requests protected by a shared secret
inline constexpr std::string_view issued = "issued";              // requests signed by a certificate of its own PKI
inline constexpr std::string_view no_signature = "no-signature";  // Peer::no_signature is there
inline constexpr std::string_view registration_authority = "registration-authority";  // ... and the RA
inline constexpr std::string_view ir = "ir", cr = "cr", p10cr = "p10cr", kur = "kur", rr = "rr", genm = "genm",
                                  cert_conf = "certConf", poll_req = "pollReq", error = "error";
inline constexpr std::string_view implicit = "implicitConfirm";
inline constexpr std::string_view any_subject = "any-subject";      // whoever is known may ask for every name
inline constexpr std::string_view bound_subject = "bound-subject";  // ... for its own name only
inline constexpr std::string_view one = "one-per-message";  // one request, question, ... in a message (RFC 9483)
inline constexpr std::string_view several = "several-per-message";  // ... or several (RFC 9810)
inline constexpr std::string_view knows_issued = "knows-issued";    // which certificates its PKI issued and revoked
inline constexpr std::string_view revive = "removeFromCRL";
inline constexpr std::string_view delay = "delay";            // the profile `Peer::delaying` delays what it grants
inline constexpr std::string_view delay_ends = "delay-ends";  // ... for less than ten seconds
inline constexpr std::string_view profiles = "profiles";
inline constexpr std::string_view clock = "messageTime";  // messageTime is looked at
inline constexpr std::string_view time = "time";          // an hour passes in no time
inline constexpr std::string_view http = "http";
inline constexpr std::string_view labels = "labels";              // operation labels in the path (RFC 9483 Section 6.1)
inline constexpr std::string_view nested_twice = "nested-twice";  // what an RA approves may be approved by another one

// of an RA: how it is configured
inline constexpr std::string_view unchanged = "forwards-unchanged";  // every message (RFC 9483 Section 5.2.1)
inline constexpr std::string_view adds = "adds-protection";          // to every request (Section 5.2.2.1)
inline constexpr std::string_view replaces = "replaces-protection";  // of every message, where it may (Section 5.2.3)
inline constexpr std::string_view online = "online";                 // asks the CA while the device waits
inline constexpr std::string_view batches = "batches";               // lets devices poll, and sends batches
inline constexpr std::string_view checks = "checks";                 // whatever it forwards, both ways (V-63)
inline constexpr std::string_view signs = "signs";                   // what it protects for the CA
inline constexpr std::string_view gives_up = "gives-up";             // on a CA that is silent, within ten seconds
}  // namespace feature

/// How a message is posted; the default is as RFC 9811 Section 3 wants it.
struct Form {
  std::string_view path;  // empty: that of the server's URL
  std::string_view method = "POST";
  std::string_view content_type = transport::pkixcmp;
  friend bool operator==(const Form&, const Form&) = default;
};

struct Peer {
  explicit Peer(const cmp::Environment& e) : environment(e) {}

  std::string name;  // for the report
  cmp::Environment environment;
  /// Hands a message to the server. The status of the reply is 0 where there is no HTTP.
  std::function<tl::expected<transport::HttpReply, transport::TransportError>(const Form& form, Bytes message)> post;
  /// Lets time pass.
  std::function<void(std::chrono::seconds)> wait;

  Octets recipient;  // DER Name of the CA; empty: NULL-DN
  Octets subject;    // DER Name to ask for
  std::string key_type = "ec:P-256";
  std::shared_ptr<const cmp::Signer> new_key;           // the key to certify; null: a new one of `key_type` each time
  std::optional<cmp::SignatureCredential> certificate;  // of another PKI that it trusts
  std::optional<cmp::SignatureCredential>
      issued;  // of its own PKI; none: such a one is got by an enrolment where needed
  std::optional<cmp::SecretCredential> secret;
  std::optional<cmp::SignatureCredential> registration_authority;  // of an RA below it that it lets act for others
  std::optional<cmp::SignatureCredential>
      no_signature;                        // of a PKI that it trusts; its keyUsage has no digitalSignature
  const cmp::TrustStore* trust = nullptr;  // anchors for what it signs
  Octets root;                             // DER certificate: rootCaCert asks about it
  std::string delaying;                    // certProfile of feature::delay

  // Where it is ours: what protects its answers, so that the suite can change them and see what our client makes of it.
  // Of an RA: what protects the answers of the CA that the suite plays above it.
  std::optional<cmp::SignatureCredential> server;               // with digitalSignature
  std::optional<cmp::SignatureCredential> server_no_signature;  // of the same PKI, without

  // Of an RA: for the CA above it.
  std::optional<cmp::SignatureCredential> issuer;  // issues certificates
  const cmp::TrustStore* requesters = nullptr;     // anchors of the RA and of devices
  std::optional<cmp::SecretCredential> ra_secret;  // protects what the RA sends; none: it signs

  std::set<std::string, std::less<>> features;
  /// Rules that it is known to break, with the reason: their failures are reported and do not count.
  std::map<std::string, std::string, std::less<>> tolerated;

  [[nodiscard]] bool has(std::string_view feature) const { return features.find(feature) != features.end(); }
};

}  // namespace cmpkit::conformance
