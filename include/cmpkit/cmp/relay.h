// The registration authority (RFC 9483 Section 5): octets of a message from downstream in; an answer, or what is to be
// sent upstream, out. A value without threads or I/O, beside Responder and with the same pipeline and store.
//
//   receive() -> checks, policy -> reply | forward --(the caller's network)--> resume() -> reply
//
// What is under way upstream is stored first, so it may be resumed by another process, days later. Where upstream takes
// long (offline, batches, an approval), the RA lets the client poll (RFC 9483 Section 5.1.5).
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cmpkit/cmp/responder.h"

namespace cmpkit::cmp {

/// How messages go upstream (RFC 9483 Section 5.2).
enum class Forwarding {
  unchanged,
  add,        // in a nested message that says: approved
  replace,    // with our protection; a kur and a request for central key generation: add
};

/// Whom we send to.
struct Upstream {
  std::string name;
  std::optional<Credential> credential;     // protects what we replace or add (which needs a signature, and so do
                                            // batches); none: all goes unchanged
  const TrustStore* trust = nullptr;        // anchors for signed answers; null: only answers under our secret
  Octets sender;                            // DER Name: whose certificate signs its answers (P-12); empty: any that
                                            // leads to `trust` may, so that should be for nobody else
  Octets recipient;                         // DER Name for the header of what we protect; empty: as the client wrote
  Tolerance tolerance;                      // of this peer's mistakes
  bool online = true;                       // false: answers take long, so clients are told to poll
  std::size_t batch = 0;                    // so many messages at most in one nested message, which collect()
                                            // gives; 0: each on its own. Not online
  std::chrono::seconds check_after{60};     // not online: when clients are to poll
  std::chrono::seconds give_up{24 * 3600};  // not online: without an answer until then it is systemUnavail
};

/// Which way messages take. The first that fits counts.
struct Route {
  std::string name;
  std::set<asn1::PKIBody::Type> operations;  // of ir, cr, kur, p10cr, rr, genm; empty: all. What follows a request
                                             // takes its way
  std::vector<std::string> profiles;         // named by the request (certProfile, or else the URL); empty: any or none
  std::string upstream;                      // Upstream::name; empty: RelayConfiguration::local answers
  Forwarding forwarding = Forwarding::replace;
  bool transparent = false;  // unchanged, to an upstream that is online: nothing but the header is checked, nothing is
                             // stored, nobody is authenticated or asked. For messages whose protection we cannot check
  std::string profile;       // certProfile to ask for upstream, and that of the URL; empty: the request's
  bool ra_verified = false;  // replace: raVerified also where the template stays as it is
  bool original = false;     // replace: origPKIMessage goes along
};

struct RelayConfiguration : ServerConfiguration {
  std::vector<Upstream> upstreams;
  std::vector<Route> routes;
  Responder* local = nullptr;  // not owned; uses the same store; answers what a route without upstream leads to, and
                               // what no route takes. Null: that is refused
};

/// What is to be sent upstream.
struct Forward {
  std::string ticket;               // for resume() and fail(): letters, digits and hyphens, at most 200; the same again
                                    // where the same message is to be sent again, but for what came in a batch
  std::string upstream;             // Upstream::name
  Octets message;                   // DER of a PKIMessage
  asn1::PKIBody::Type operation{};  // for the label of the URL: that of the request, inside or before it
  Octets information;               // genm: content octets of the first infoType, for the label; empty: none
  std::string profile;              // for the URL; empty: none
};

/// What is to be done. Neither: an answer of upstream was taken in, and the client will fetch it by polling.
struct Relayed {
  std::optional<Reply> reply;      // to whom the message came from
  std::vector<Forward> forwards;   // where `reply` is empty, it comes from the resume() or fail() of the last of them
  std::optional<Refusal> refusal;  // resume(), fail(): why there is no good answer of upstream; for the log. Its field
                                   // is `store` where the answer could not be kept: it is to be brought again
};

/// Why upstream has given no answer (RFC 9483 Section 6.1).
enum class NoAnswer {
  unavailable,  // it was not reached, or not in time: systemUnavail
  unusable,     // something came that is no CMP message, such as an unexpected HTTP status: systemFailure
};

class Relay {
 public:
  /// Checks the configuration: a reason in words where it cannot work. What it points to, the store and what the
  /// environment refers to must outlive the relay.
  static tl::expected<std::unique_ptr<Relay>, std::string> create(RelayConfiguration configuration, Store& store,
                                                                  Environment environment);
  ~Relay();

  /// One message from downstream; `profile` as for Responder::respond(). Every input gets an answer, sooner or later.
  /// Nothing is stored before the message is authenticated. Thread-safe.
  [[nodiscard]] Relayed receive(Bytes message, std::string_view profile = {});

  /// Upstream's answer to what was forwarded with this ticket, in this process or another one. A reply only where
  /// somebody waits for it in this exchange. An answer that is none (wrong, not authentic, for somebody else) is
  /// reported downstream as systemFailure and changes nothing: the client may ask again. Thread-safe.
  [[nodiscard]] Relayed resume(std::string_view ticket, Bytes answer);

  /// There is no answer: why, for the log. The client is told so; the same message from it is forwarded again.
  /// Thread-safe.
  [[nodiscard]] Relayed fail(std::string_view ticket, std::string_view cause, NoAnswer kind = NoAnswer::unavailable);

  /// Batches of what waits for one, to be called now and then. Thread-safe.
  [[nodiscard]] std::vector<Forward> collect();

  /// What was forwarded to upstreams that are not online and is not answered: for a caller that starts again and does
  /// not know what it has sent. Thread-safe.
  [[nodiscard]] std::vector<Forward> under_way();

  /// Ends up to `count` transactions whose time is over: without an answer from upstream the client gets systemUnavail
  /// at its next poll, what is finished is forgotten. To be called now and then. Returns how many. Thread-safe.
  std::size_t expire(std::size_t count = 1000);

 private:
  class Engine;
  explicit Relay(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace cmpkit::cmp
