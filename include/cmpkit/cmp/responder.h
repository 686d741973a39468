// The server side of CMP (RFC 9483 Sections 4 and 5.1): octets of a request in, octets of the response out. A value
// without threads or I/O: any thread may hand it any message of any transaction at any time.
//
//   octets -> decode -> header and state -> protection -> authorisation -> body -> decision -> commit -> response
#pragma once

#include <memory>

#include "cmpkit/cmp/authority.h"
#include "cmpkit/cmp/information.h"
#include "cmpkit/cmp/key_generation.h"
#include "cmpkit/cmp/server.h"

namespace cmpkit::cmp {

/// Lets clients wait although the answer could be given (RFC 9483 Section 4.4): for tests of how they poll, and for
/// load. Safe to use from several threads at once.
class DelayPolicy {
 public:
  virtual ~DelayPolicy() = default;
  /// When to poll; nothing: answer now. `polls`: how often this request was polled for so far. Asked only for requests
  /// that have passed all checks (DL-07).
  [[nodiscard]] virtual std::optional<std::chrono::seconds> delay(asn1::PKIBody::Type request, unsigned polls) = 0;
};

struct ResponderConfiguration : ServerConfiguration {
  std::optional<KeyGenerationAuthority> key_generation;  // makes keys for who asks; none: a request without a key is
                                                         // refused
  std::vector<InformationSource*> information;           // who answers genm; not owned
  DelayPolicy* delay = nullptr;  // not owned; null: nothing is delayed but what the authority delays

  bool refuse_used_keys = false;           // a key that was certified before is badCertTemplate (E-30)
  bool grant_implicit_confirm = true;      // where the client asks for it (H-81)
  bool revoke_rejected = true;             // a certificate that the client rejects, also by silence (C-07)
  bool several_per_message = false;        // several CertReqMsg, RevDetails or InfoTypeAndValue in one message
                                           // (RFC 9810; RFC 9483 allows one)
  std::chrono::seconds confirm_wait{300};  // until silence counts as rejection (H-82, C-07)
};

class Responder {
 public:
  /// Checks the configuration: a reason in words where it cannot work. The authority, the store and what the
  /// environment refers to must outlive the responder.
  static tl::expected<std::unique_ptr<Responder>, std::string> create(ResponderConfiguration configuration,
                                                                      Authority& authority, Store& store,
                                                                      Environment environment);
  ~Responder();

  /// Answers one message. Every input gets an answer; nothing is stored before the message is authenticated.
  /// `profile` is the one named by the endpoint (`/.well-known/cmp/p/<name>`), empty for none; a certProfile in the
  /// header goes before it. Thread-safe.
  [[nodiscard]] Reply respond(Bytes request, std::string_view profile = {});

  /// Ends up to `count` transactions whose time is over: an unconfirmed certificate counts as rejected (C-07), a
  /// finished transaction is forgotten, and so is one that nobody polls for any more. To be called now and then.
  /// Returns how many it ended. Thread-safe.
  std::size_t expire(std::size_t count = 1000);

 private:
  class Engine;
  explicit Responder(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace cmpkit::cmp
