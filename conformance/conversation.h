// An end entity that knows how each next message of an operation looks when it is right, and remembers what was said.
#pragma once

#include <list>

#include "conformance/draft.h"
#include "conformance/exchange.h"
#include "conformance/peer.h"

namespace cmpkit::conformance {

/// A message that is right in its place.
enum class Base : std::uint8_t {
  ir,
  cr,
  kur,
  p10cr,
  cert_conf,
  rr,
  genm,
  poll_req,
  error,
  repeat,    // the last message once more, octet for octet
  approval,  // an RA's nested message that approves the one in it (RFC 9483 Section 5.2.2.1)
  batch,     // an RA's nested message of its own around any (RFC 9483 Section 5.2.2.2)
};

/// The type of its body; of `repeat` that of the last message is not known here: certConf stands for it.
asn1::PKIBody::Type type_of(Base base);

using Posted = tl::expected<transport::HttpReply, transport::TransportError>;

class Conversation {
 public:
  /// kur and rr are about the certificate of `credential`. `other` is what changes take for a stranger. The peer must
  /// outlive this.
  Conversation(const Peer& peer, cmp::Credential credential, cmp::SignatureCredential other);

  /// The next message, with the changes made to it, is sent. The result lives as long as the conversation. The error
  /// says what could not be built.
  tl::expected<const Exchange*, std::string> say(Base base, std::span<const Change* const> changes,
                                                 const Form& form = {});

  // The same in two steps, for messages that travel within others. Drafts live as long as the conversation.
  tl::expected<Draft*, std::string> compose(Base base, std::span<const Change* const> changes);
  /// `approval` or `batch` around messages, with the changes made to it.
  tl::expected<Draft*, std::string> enclose(Base base, std::span<const Draft* const> inside,
                                            std::span<const Change* const> changes);
  /// Takes in what came for a message of ours, which travelled in these octets; they must live as long as this.
  const Exchange* hear(Draft& draft, Bytes sent, Posted transfer);

  /// The certificate granted last, with its key and chain; nothing where none was.
  [[nodiscard]] std::optional<cmp::SignatureCredential> granted() const;
  /// In the order in which they were made.
  [[nodiscard]] const std::list<Exchange>& exchanges() const { return exchanges_; }

 private:
  Draft draft(Base base);
  void begin(Draft& draft);
  void go_on(Draft& draft);
  tl::expected<void, std::string> fill(Draft& draft, Base base);
  tl::expected<void, std::string> fill_request(Draft& draft, Base base);
  tl::expected<void, std::string> fill_csr(Draft& draft);
  tl::expected<void, std::string> fill_confirmation(Draft& draft);
  tl::expected<void, std::string> fill_revocation(Draft& draft);
  tl::expected<std::shared_ptr<const cmp::Signer>, std::string> new_key();
  void authenticate(Exchange& exchange);
  void learn(const Exchange& exchange);
  [[nodiscard]] Bytes own_certificate() const;

  const Peer& peer_;
  cmp::Credential credential_;
  cmp::SignatureCredential other_;
  std::list<Draft> drafts_;
  std::list<Reply> replies_;
  std::list<Exchange> exchanges_;

  Octets transaction_id_, own_nonce_, peer_nonce_, peer_name_;
  Octets asked_nonce_;  // senderNonce of the last message that was no pollReq
  std::int64_t cert_req_id_ = 0;
  std::int64_t poll_id_ = -1;
  std::shared_ptr<const cmp::Signer> key_;  // of the last certificate request
  Octets certificate_;                      // granted last
  std::vector<Octets> peer_certificates_;   // extraCerts of all replies
};

}  // namespace cmpkit::conformance
