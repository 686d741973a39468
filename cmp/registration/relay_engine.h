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

#include <atomic>
#include <map>
#include <mutex>

#include "cmp/registration/answer_meaning.h"
#include "cmp/registration/upstream_message.h"
#include "cmp/responder/certificate_request.h"
#include "cmp/responder/reception.h"
#include "cmpkit/cmp/relay.h"

namespace cmpkit::cmp {

/// What goes on: judged, and how.
struct Passage {
  Forwarding forwarding{};
  Alterations alterations;
};

class Relay::Engine : private Reception {
  struct Seat;

 public:
  Engine(RelayConfiguration configuration, Store& store, Environment environment);
  tl::expected<void, std::string> prepare();

  /// `above`: where it comes in a batch; taken by a batch within it whose answer comes later.
  Relayed receive(Arrived arrived, Seat* above = nullptr);
  Relayed resume(std::string_view ticket, Bytes answer);
  Relayed fail(std::string_view ticket, std::string_view cause, NoAnswer kind);
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
  using Verdict = std::variant<Passage, Response, Waiting, Refusal>;
  /// An answer of upstream on its way downstream.
  struct Delivery {
    Transaction transaction;
    const asn1::PKIMessage& answer;
    Bytes octets;        // of the answer
    Bytes poll_nonce{};  // for recipNonce instead of the answer's
    std::vector<StoredDevice> devices{};
    std::optional<std::string> secret_given_back{};  // reference: upstream refused what it was used for
  };

  struct OpenBatch;
  /// Where the answer to a message of a batch goes.
  struct Seat {
    std::shared_ptr<OpenBatch> batch;
    std::size_t index = 0;
  };
  /// A batch from downstream whose answers are not all there.
  struct OpenBatch {
    Octets request;               // whole
    std::vector<Octets> answers;  // in the order of its messages; empty: not there yet
    std::size_t missing = 0;
    Time until{};
    std::optional<Seat> above;  // in the batch that it is in
  };

  // relay.cpp: configuration, and the way of a message
  tl::expected<void, std::string> check_routes() const;
  tl::expected<void, std::string> add_peer(const Upstream& upstream);
  const Peer* peer_named(std::string_view name) const;
  const Route* route_named(std::string_view name) const;
  std::optional<Way> way_of(const Transaction& transaction) const;
  const Route* route_of(const Received& received) const;
  Relayed pass_transparently(const Received& received, const Route& route) const;
  Relayed answer_locally(const Received& received, Reply reply);
  Relayed answer(const Authenticated& from, const Way& way, Reply reply);
  Relayed answer_repeated(const Authenticated& from, const Way& way, Reply reply);
  Relayed answer_request(const Authenticated& from, const Way& way, Reply reply);
  Relayed go_on(const Admitted& operation, const Way& way, Reply reply);
  Relayed answer_follow_up(const Authenticated& from, const Way& way, Reply reply);
  static Passage follow_up(const Transaction& transaction, const Way& way);

  // relay_refusal.cpp
  Relayed answer_anew(const Authenticated& from, Reply reply);
  Relayed refuse(const Authenticated& from, Refusal refusal, Reply reply);
  Relayed refuse_in_body(const Admitted& operation, Response response, Reply reply);
  Relayed report(const Transaction& transaction, Refusal refusal, Reply reply) const;
  Octets own_error(const Transaction& transaction, const Refusal& refusal) const;
  Octets own_word(const Transaction& transaction, const Refusal& refusal) const;
  Relayed unknown_ticket(std::string_view ticket, Refusal refusal) const;

  // relay_judgement.cpp: checks and policy
  Verdict judge(const Admitted& operation, const Way& way, Reply& reply);
  static Passage passage_of(const Admitted& operation, const Way& way);
  static std::optional<Refusal> apply(const PolicyGrant& grant, const Admitted& operation, Passage& passage);
  static std::optional<Refusal> check_revocation(const Admitted& operation, RevocationWish& wish, Trail& trail);

  // relay_passage.cpp: towards upstream
  Relayed pass_on(const Admitted& operation, const Way& way, const Passage& passage, Reply reply);
  CryptoResult<Octets> upstream_message(const Admitted& operation, const Peer& peer, const Passage& passage) const;
  Forward forward_of(const Transaction& transaction, const Way& way) const;
  CryptoResult<Octets> waiting_answer(const Admitted& operation, const Waiting& waiting, Octets& nonce) const;
  Relayed let_wait(const Admitted& operation, const Way& way, const Waiting& waiting, Reply reply);
  Transaction transaction_of(const Admitted& operation, const Way& way) const;
  std::optional<Relayed> store(const Admitted& operation, const Change& change, Reply& reply);
  Quota quota_of(const Admitted& operation) const;

  // relay_poll.cpp
  Relayed answer_poll(const Authenticated& from, const Way& way, Reply reply);
  Relayed poll_for(const Authenticated& from, const asn1::PKIMessage& request, const Way& way, Reply reply);
  Relayed send_again(const Admitted& poll, const Way& way, Reply reply);
  Relayed let_wait_on(const Admitted& poll, const Way& way, Reply reply);
  Relayed deliver_arrived(const Authenticated& from, const Way& way, Reply reply);

  // relay_answer.cpp: from upstream
  tl::expected<std::optional<Transaction>, StoreError> find(std::string_view ticket);
  Relayed resume_one(std::string_view ticket, Bytes answer, unsigned attempt = 0);
  Relayed fail_one(std::string_view ticket, const Refusal& refusal);
  std::string ticket_under_way(const Transaction& transaction) const;
  bool is_under_way(std::string_view ticket, const Transaction& transaction) const;
  Relayed said_already(std::string_view ticket, const Transaction& transaction) const;
  std::optional<Relayed> take(const Transaction& transaction, const Way& way, Bytes answer);
  bool has_used_secret(const Transaction& transaction) const;
  std::optional<Relayed> keep(Delivery delivery, Reply& reply);
  std::optional<Relayed> deliver(Delivery delivery, Reply& reply);
  Relayed pass_back(const Delivery& delivery, Reply reply) const;
  CryptoResult<Octets> downstream_message(const Delivery& delivery) const;
  Sender sender_of(const Transaction& transaction, const asn1::PKIHeader& request) const;
  Relayed resume_transparent(std::string_view ticket, Bytes transaction_id, Bytes answer) const;
  AuditEntry answer_entry(const Transaction& transaction, const asn1::PKIMessage& answer, const Meaning& meaning,
                          const Reply& reply) const;

  // relay_checks.cpp: whether upstream's answer is one, and what it teaches
  std::optional<Refusal> check_answer(const Transaction& transaction, const Way& way, const asn1::PKIMessage& sent,
                                      const asn1::PKIMessage& answer, Trail& trail) const;
  std::optional<Refusal> check_answer_protection(const Transaction& transaction, const Way& way,
                                                 const asn1::PKIMessage& answer, Trail& trail) const;
  static std::optional<Refusal> check_upstream_sender(const Upstream& upstream, const Sender& sender, Trail& trail);
  static void keep_answer_certificates(const asn1::PKIMessage& answer, Transaction& transaction);
  Requester requester_of(const Transaction& transaction) const;
  Octets anchor_of(const CertificateView& certificate, std::span<const Octets> others) const;
  std::vector<StoredDevice> learn(const Transaction& transaction, const asn1::PKIMessage& sent,
                                  const asn1::PKIMessage& answer, const Meaning& meaning) const;

  // relay_batch.cpp: batches that we send
  std::optional<Forward> send_batch(const Peer& peer, std::span<const Transaction> members);
  Forward forward_of_batch(const Transaction& batch) const;
  Relayed resume_batch(const Transaction& batch, Bytes answer);
  std::optional<Refusal> check_batch_answer(const Transaction& batch, const Peer& peer, const asn1::PKIMessage& answer,
                                            Trail& trail) const;
  std::size_t members_of_batch(std::span<const Transaction> waiting, const Upstream& upstream) const;
  bool answer_member(Bytes request, std::span<const Bytes> answers, const Refusal& missing, unsigned attempt = 0);
  bool answers_to(const Transaction& transaction, const asn1::PKIMessage& sent, Bytes answer) const;
  void give_up(Transaction& transaction, const Refusal& refusal) const;

  // relay_nested.cpp: nested messages that we get
  Checked<OpenedNested> open(Received outer, Reply& reply);
  Relayed receive_nested(Received outer, Seat* above, Reply reply);
  Relayed receive_batch(const Authenticated& from, const NestedContent& content, Seat* above, Reply reply);
  Reply answer_batch(const OpenBatch& batch, Reply reply) const;
  Relayed into_batch(std::string_view ticket, Relayed relayed);
  Relayed take_seat(const Seat& seat, Relayed relayed);

  RelayConfiguration configuration_;
  asn1::Limits own_limits_;  // of what we made ourselves of messages within the limits: larger
  std::vector<Peer> peers_;
  std::mutex mutex_;                                     // of what follows
  std::map<std::string, Seat, std::less<>> open_seats_;  // by ticket
  std::atomic<std::uint64_t> seats_given_{0};
};

/// A batch that we sent.
bool is_batch(const Transaction& transaction);

}  // namespace cmpkit::cmp
