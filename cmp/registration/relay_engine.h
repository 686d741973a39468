// The relay's inside. A message goes
//
//   from downstream: Received -> Authenticated -> Admitted -> judged (checks, policy) -> passed on -> committed ->
//   Forward from upstream:   found by its ticket -> checked -> taken (what it means) -> committed -> Reply, or kept for
//   a poll
//
// The transaction's record says where it stands:
//   state queued, relayed   `upstream` waits to be sent, or is sent; where `response` is empty the client waits in its
//                           exchange, else it was told to poll
//   `arrived` set           upstream has answered, and the client will get it when it polls
//   `delayed_request` set   the client's message that is not answered finally
//   `upstream_nonce` set, nothing under way: the client has got upstream's word that it is to poll, so polls go
//   upstream
#pragma once

#include "cmp/registration/upstream_message.h"
#include "cmp/responder/certificate_request.h"
#include "cmp/responder/reception.h"
#include "cmpkit/cmp/relay.h"

namespace cmpkit::cmp {

class Relay::Engine : private Reception {
 public:
  Engine(RelayConfiguration configuration, Store& store, Environment environment);
  tl::expected<void, std::string> prepare();

  Relayed receive(Bytes message, std::string_view profile, unsigned attempt = 0);
  Relayed resume(std::string_view ticket, Bytes answer, unsigned attempt = 0);
  Relayed fail(std::string_view ticket, std::string_view cause);
  std::vector<Forward> collect();
  std::vector<Forward> under_way();
  std::size_t expire(std::size_t count);

 private:
  /// An upstream as it is used.
  struct Peer {
    const Upstream* settings = nullptr;
    std::unique_ptr<Protector> signer;      // where its credential is a signature
    std::unique_ptr<SharedSecrets> secret;  // where it is a secret
  };
  struct Way {
    const Route* route = nullptr;
    const Peer* peer = nullptr;
  };
  /// What goes on: judged, and how.
  struct Passage {
    Forwarding forwarding{};
    Alterations alterations;
    std::string profile;  // for the URL
  };
  using Verdict = std::variant<Passage, Response, Waiting, Refusal>;

  // relay.cpp: the way of a message
  tl::expected<void, std::string> check_routes() const;
  tl::expected<void, std::string> add_peer(const Upstream& upstream);
  [[nodiscard]] const Peer* peer_named(std::string_view name) const;
  [[nodiscard]] const Route* route_of(const Received& received) const;
  [[nodiscard]] const Route* route_named(std::string_view name) const;
  [[nodiscard]] std::optional<Way> way_of(const Transaction& transaction) const;
  Relayed pass_transparently(const Received& received, const Route& route) const;
  Relayed answer_locally(Received received, Reply reply);
  Relayed answer(const Authenticated& from, const Way& way, Reply reply);
  Relayed answer_repeated(const Authenticated& from, const Way& way, Reply reply);
  Relayed answer_request(const Authenticated& from, const Way& way, Reply reply);
  Relayed answer_follow_up(const Authenticated& from, const Way& way, Reply reply);
  /// What became of a conflict: the message from the beginning.
  Relayed answer_anew(const Authenticated& from, Reply reply);
  Relayed refuse(const Authenticated& from, Refusal refusal, Reply reply);
  Relayed refuse_in_body(const Admitted& operation, Response response, Reply reply);

  // relay_judgement.cpp: checks and policy
  Verdict judge(const Admitted& operation, const Way& way, Reply& reply);
  std::optional<Refusal> check_revocation(const Admitted& operation, RevocationWish& wish, Trail& trail) const;
  Verdict apply(const PolicyGrant& grant, const Admitted& operation, Passage passage) const;

  // relay_passage.cpp: towards upstream
  Relayed pass_on(const Admitted& operation, const Way& way, const Passage& passage, Reply reply);
  CryptoResult<Octets> upstream_message(const asn1::PKIMessage& message, Bytes octets, const Peer& peer,
                                        const Passage& passage) const;
  CryptoResult<std::unique_ptr<Protector>> mac_protector_of(const Peer& peer) const;
  Forward forward_of(const Transaction& transaction, const Way& way) const;
  /// The answer that lets the client wait: pollRep where it polls already.
  CryptoResult<Octets> waiting_answer(const Admitted& operation, const Waiting& waiting, Octets& nonce) const;
  Relayed let_wait(const Admitted& operation, const Way& way, const Waiting& waiting, Reply reply);
  Transaction transaction_of(const Admitted& operation, const Way& way) const;

  // relay_poll.cpp
  Relayed answer_poll(const Authenticated& from, const Way& way, Reply reply);
  Relayed poll_again(const Authenticated& from, const asn1::PKIMessage& request, const Way& way, Reply reply);

  // relay_answer.cpp: from upstream
  struct Taken;
  Relayed take(const Transaction& transaction, const Way& way, Bytes answer, unsigned attempt);
  std::optional<Refusal> check_answer(const Transaction& transaction, const Way& way, const asn1::PKIMessage& sent,
                                      const asn1::PKIMessage& answer, Trail& trail) const;
  std::optional<Refusal> check_answer_protection(const Transaction& transaction, const Way& way,
                                                 const asn1::PKIMessage& answer, Trail& trail) const;
  Relayed deliver(Transaction transaction, const Way& way, const asn1::PKIMessage& answer, Bytes octets,
                  std::vector<StoredDevice> devices, Reply reply);
  CryptoResult<Octets> downstream_message(const Transaction& transaction, const Way& way,
                                          const asn1::PKIMessage& answer, Bytes octets, Bytes poll_nonce) const;
  Relayed report(const Transaction& transaction, Refusal refusal, Reply reply) const;
  Relayed resume_transparent(std::string_view ticket, Bytes answer) const;
  Relayed unknown_ticket(std::string_view ticket, std::string_view what) const;
  tl::expected<std::optional<Transaction>, StoreError> find(std::string_view ticket);
  std::vector<StoredDevice> learn(const Transaction& transaction, const asn1::PKIMessage& sent,
                                  const asn1::PKIMessage& answer) const;

  RelayConfiguration configuration_;
  std::vector<Peer> peers_;
};

}  // namespace cmpkit::cmp
