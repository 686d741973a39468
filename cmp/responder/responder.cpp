// The steps of a message through the responder, in their order (RFC 9483 Section 3.5).
#include "cmpkit/cmp/responder.h"

#include <algorithm>

#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmp/protection/mac_kind.h"
#include "cmp/responder/engine.h"
#include "cmp/responder/key_generation.h"
#include "cmp/responder/permissions.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

bool is_certificate_request(PKIBody::Type type) {
  return type == PKIBody::ir || type == PKIBody::cr || type == PKIBody::kur || type == PKIBody::p10cr;
}

namespace {

/// What begins an operation; a permission says who may.
bool is_request(PKIBody::Type type) {
  return is_certificate_request(type) || type == PKIBody::rr || type == PKIBody::genm;
}

bool is_answered_here(PKIBody::Type type) {
  return is_request(type) || type == PKIBody::certConf || type == PKIBody::pollReq || type == PKIBody::error;
}

Octets digest_of(Bytes octets, const Crypto& crypto) {
  const Bytes message[] = {octets};
  return crypto.hash(identifier_of(Digest::sha256), message).value();
}

/// Transaction::sender: the kind of credential, then the reference or the digest of the certificate.
Octets sender_key(const Requester& requester, const Crypto& crypto) {
  const bool by_secret = requester.kind == Requester::Kind::secret;
  Octets key = by_secret ? requester.identity : digest_of(requester.identity, crypto);
  key.insert(key.begin(), by_secret ? 's' : 'c');
  return key;
}

/// The header of a request that is no whole PKIMessage, where at least that can be read: its nonce and transactionID
/// make the error useful to the client. Empty where not.
asn1::PKIHeader salvage_header(Bytes request) {
  const auto parts = asn1::decode<asn1::SequenceOf<asn1::Any>>(request);
  if (!parts || parts->empty()) return {};
  return asn1::decode<asn1::PKIHeader>(parts->front().tlv).value_or(asn1::PKIHeader{});
}

}  // namespace

Responder::Responder(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Responder::~Responder() = default;

tl::expected<std::unique_ptr<Responder>, std::string> Responder::create(ResponderConfiguration configuration,
                                                                        Authority& authority, Store& store,
                                                                        Environment environment) {
  auto engine = std::make_unique<Engine>(std::move(configuration), authority, store, environment);
  if (auto prepared = engine->prepare(); !prepared) return tl::unexpected(prepared.error());
  return std::unique_ptr<Responder>(new Responder(std::move(engine)));
}

Reply Responder::respond(Bytes request, std::string_view profile) { return engine_->respond(request, profile); }
std::size_t Responder::expire(std::size_t count) { return engine_->expire(count); }

Responder::Engine::Engine(ResponderConfiguration configuration, Authority& authority, Store& store,
                          Environment environment)
    : configuration_(std::move(configuration)), authority_(authority), store_(store), environment_(environment) {}

tl::expected<void, std::string> Responder::Engine::prepare() {
  if (configuration_.certificate_trust == nullptr && configuration_.secrets == nullptr)
    return tl::unexpected<std::string>(
        "neither trust anchors for signed requests nor shared secrets are given: nobody could enrol");
  if (configuration_.confirm_wait <= std::chrono::seconds{0} || configuration_.remember <= std::chrono::seconds{0})
    return tl::unexpected<std::string>("confirm_wait and remember must be longer than zero");
  if (configuration_.max_delay <= std::chrono::seconds{0})
    return tl::unexpected<std::string>("max_delay must be longer than zero");
  if (auto checked = check_permissions(configuration_.permissions); !checked) return checked;
  if (configuration_.key_generation)
    if (auto checked = check_key_generation(*configuration_.key_generation); !checked) return checked;
  auto protector = signature_protector(configuration_.protection);
  if (!protector) return tl::unexpected(protector.error().text);
  signature_protector_ = std::move(*protector);
  return {};
}

Reply Responder::Engine::respond(Bytes request, std::string_view profile, unsigned attempt) {
  Reply reply{};
  auto message = decode(request, reply);
  if (!message) {
    reply.kind = Reply::Kind::malformed;
    return std::move(answer_error(salvage_header(request), nullptr, message.error(), reply));
  }
  const asn1::PKIHeader header = message->header;  // views into the request
  Received received{std::move(*message), request, profile, attempt, {}, {}};
  if (auto refusal = receive(received, reply))
    return std::move(answer_error(header, nullptr, std::move(*refusal), reply));
  const auto unavailable = received.unavailable;
  const auto authenticated = authenticate(std::move(received), reply);
  if (unavailable)  // E-13: in kind, where we know it: who has a secret only cannot check a signature, and would give
                    // up
    return std::move(answer_error(header, authenticated ? &*authenticated : nullptr, *unavailable, reply));
  if (!authenticated) return std::move(answer_error(header, nullptr, authenticated.error(), reply));
  return std::move(answer(*authenticated, reply));
}

Checked<asn1::PKIMessage> Responder::Engine::decode(Bytes request, Reply& reply) const {
  auto message = asn1::decode<asn1::PKIMessage>(request, configuration_.limits);
  if (!message) {
    reply.trail.failed(rules::V_01, "message", message.error().text());
    return tl::unexpected(refused(rules::V_01, "message", message.error().text()));
  }
  reply.trail.passed(rules::V_01, "message");
  reply.request = name_of(message->body.type());
  return std::move(*message);
}

std::optional<Refusal> Responder::Engine::receive(Received& received, Reply& reply) {
  if (auto refusal = check_message(received.message, Stage::header, reply.trail)) return refusal;
  const auto type = received.message.body.type();
  if (!is_answered_here(type))  // V-04, RFC 9483 Section 3.5
    return refused(rules::V_04, "body", std::string(name_of(type)) + " is not answered here");
  auto transactions = store_.transactions(*received.message.header.transactionID);
  if (transactions)
    received.transactions = std::move(*transactions);
  else
    received.unavailable = unavailable("header.transactionID", transactions.error().text);
  return check_kind_of_protection(received, reply);
}

/// V-31, P-02, K-04: the kind of protection fits the request, and what was used before under this transactionID.
std::optional<Refusal> Responder::Engine::check_kind_of_protection(const Received& received, Reply& reply) const {
  if (!received.message.protection)  // only an error may come without
    return refused(rules::V_30, "protection", {});
  const auto by_mac = is_mac_protected(received.message);
  if (!by_mac) return by_mac.error();
  const auto type = received.message.body.type();
  if (*by_mac && type == PKIBody::kur) return refused(rules::K_04, "header.protectionAlg", {});
  if (*by_mac && type == PKIBody::rr)  // RFC 9483 Section 4.2
    return refused(rules::X_01, "header.protectionAlg", "an rr is not protected by a MAC",
                   asn1::PKIFailureInfo::wrongIntegrity);
  const bool same = received.transactions.empty() ||
                    std::any_of(received.transactions.begin(), received.transactions.end(),
                                [&](const Transaction& known) { return known.by_secret == *by_mac; });
  if (!same)
    return refused(rules::V_31, "header.protectionAlg", "the transaction began with the other kind of protection");
  reply.trail.passed(rules::V_31, "header.protectionAlg");
  return {};
}

Checked<Authenticated> Responder::Engine::authenticate(Received received, Reply& reply) {
  std::vector<Bytes> known;
  for (const auto& transaction : received.transactions)
    known.insert(known.end(), transaction.sender_certificates.begin(), transaction.sender_certificates.end());
  // Holders of our certificates need not send our own chain back to us.
  known.insert(known.end(), configuration_.protection.chain.begin(), configuration_.protection.chain.end());
  const Verification verification{environment_, configuration_.certificate_trust, configuration_.secrets,
                                  configuration_.mac_limits, known};
  auto sender = cmp::authenticate(received.message, verification, reply.trail);
  if (!sender) return tl::unexpected(std::move(sender.error()));
  reply.requester =
      sender->certificate ? sender->certificate->name() : "secret " + std::string(text_of(sender->requester.identity));
  Authenticated out{std::move(received), std::move(*sender), {}, {}, {}};
  out.sender_key = sender_key(out.sender.requester, environment_.crypto);
  out.request_digest = digest_of(out.received.octets, environment_.crypto);
  if (auto own = own_certificate(out.sender); !own)
    return tl::unexpected(std::move(own.error()));
  else
    out.own = std::move(*own);
  return out;
}

/// The sender's certificate as we issued it, where we did.
Checked<std::optional<IssuedCertificate>> Responder::Engine::own_certificate(const Sender& sender) {
  if (!sender.certificate || !asn1::same_name(sender.certificate->issuer(), authority_.issuer()))
    return std::optional<IssuedCertificate>{};
  auto stored = store_.certificate(sender.certificate->serial().octets);
  if (!stored) return tl::unexpected(unavailable("extraCerts[0]", stored.error().text));
  if (*stored && !same_octets((*stored)->certificate, sender.certificate->octets())) stored->reset();
  return std::move(*stored);
}

/// What is checked of an authenticated sender whatever it wants: its clock (V-41).
std::optional<Refusal> Responder::Engine::check_time(const Authenticated& from, Reply& reply) const {
  const auto window = configuration_.message_time_window;
  if (window.count() == 0 || !from.header().messageTime) return {};
  const auto off = std::chrono::abs(from.header().messageTime->value - now());
  if (off > window) return refused(rules::V_41, "header.messageTime", "the clocks differ too much");
  reply.trail.passed(rules::V_41, "header.messageTime");
  return {};
}

/// H-70: the nonce is not that of the message before it.
std::optional<Refusal> Responder::Engine::check_fresh_nonce(const Authenticated& from, Reply& reply) const {
  const Transaction* transaction = from.transaction();
  if (transaction == nullptr) return {};
  if (same_octets(*from.header().senderNonce, transaction->request_nonce))
    return refused(rules::H_70, "header.senderNonce", "senderNonce is that of the message before",
                   asn1::PKIFailureInfo::badSenderNonce);
  reply.trail.passed(rules::H_70, "header.senderNonce");
  return {};
}

/// V-36; K-06: the status of the sender's certificate, where it is one of ours, permits to begin this operation. A
/// certificate on hold may be released or revoked, and one that was updated or never confirmed may be revoked.
std::optional<Refusal> Responder::Engine::check_own_status(const Authenticated& from, PKIBody::Type type,
                                                           Reply& reply) const {
  if (!from.own) return {};
  using Status = IssuedCertificate::Status;
  constexpr std::string_view field = "extraCerts[0]";
  const auto refuse = [&](const Rule& rule, std::string_view what) {
    return refused(rule, field, "the certificate " + from.sender.certificate->name() + " " + std::string(what));
  };
  const bool revoking = type == PKIBody::rr;
  switch (from.own->status) {
    case Status::revoked:
      return refuse(rules::V_36, "is revoked");
    case Status::rejected:
      return refuse(rules::V_36, "was rejected when it was issued");
    case Status::held:
      if (!revoking) return refuse(rules::V_36, "is on hold");
      break;
    case Status::updated:
      if (!revoking) return refuse(rules::K_06, "was updated: the new one is to be used");
      break;
    case Status::unconfirmed:
      if (!revoking) return refuse(rules::V_36, "was not confirmed");
      break;
    case Status::valid:
      break;
  }
  reply.trail.passed(rules::V_36, field);
  return {};
}

/// A message in the state of its transaction (V-04, V-20, V-22, V-50), and whether its sender may (V-37).
Checked<Admitted> Responder::Engine::begin(const Authenticated& from, Reply& reply) const {
  const auto type = from.body().type();
  Admitted operation{from.received.message, from, nullptr, from.received.profile};
  if (type == PKIBody::certConf || type == PKIBody::error) return operation;
  if (from.transaction() != nullptr) return tl::unexpected(refused(rules::V_50, "header.transactionID", {}));
  reply.trail.passed(rules::V_50, "header.transactionID");
  if (from.header().recipNonce) return tl::unexpected(refused(rules::V_22, "header.recipNonce", {}));
  reply.trail.passed(rules::V_22, "header.recipNonce");
  if (auto refusal = check_own_status(from, type, reply)) return tl::unexpected(std::move(*refusal));
  if (from.by_secret()) {
    const auto why_not = configuration_.secrets->why_not(from.sender.requester.identity, now());
    if (!why_not) return tl::unexpected(unavailable("header.senderKID", why_not.error().text));
    if (*why_not) return tl::unexpected(refused(rules::V_37, "header.senderKID", **why_not));
  }
  operation.permission = find_permission(configuration_.permissions, from, type);
  if (operation.permission == nullptr)
    return tl::unexpected(
        refused(rules::V_37, "header.sender", "this credential may not send " + std::string(name_of(type))));
  reply.trail.passed(rules::V_37, "header.sender");
  return operation;
}

Reply& Responder::Engine::answer(const Authenticated& from, Reply& reply) {
  const Transaction* transaction = from.transaction();
  if (transaction != nullptr && transaction->request_digest == from.request_digest) {
    reply.octets = transaction->response;  // the client did not get our answer: the same one again
    reply.response = "repeated";
    return reply;
  }
  if (auto refusal = check_time(from, reply)) return refuse(from, std::move(*refusal), reply);
  if (auto refusal = check_message(from.received.message, Stage::info, reply.trail))
    return refuse(from, std::move(*refusal), reply);
  if (auto refusal = check_fresh_nonce(from, reply)) return refuse(from, std::move(*refusal), reply);
  if (from.body().type() == PKIBody::pollReq) return answer_poll(from, reply);
  const auto operation = begin(from, reply);
  if (!operation) return refuse(from, operation.error(), reply);
  Performed performed = perform(*operation, reply);
  if (auto* refusal = std::get_if<Refusal>(&performed)) return refuse(from, std::move(*refusal), reply);
  if (const auto* waiting = std::get_if<Waiting>(&performed)) return answer_waiting(*operation, *waiting, reply);
  return finish(*operation, std::get<Response>(std::move(performed)), reply);
}

Performed Responder::Engine::perform(const Admitted& operation, Reply& reply) {
  switch (operation.body().type()) {
    case PKIBody::certConf:
      return perform_confirmation(operation, reply);
    case PKIBody::rr:
      return perform_revocation(operation, reply);
    case PKIBody::genm:
      return perform_information(operation, reply);
    case PKIBody::error:
      return perform_error(operation);
    default:
      return perform_enrollment(operation, reply);
  }
}

/// A transaction whose time is over before it was done: an unconfirmed certificate counts as rejected (C-07, RFC 9483
/// Section 4.1.1), an answer that nobody polls for is given up (DL-08).
tl::expected<Commit, StoreError> Responder::Engine::end(const Transaction& transaction) {
  const bool rejects = transaction.state == Transaction::State::awaiting_confirmation;
  auto ended = rejects ? none_accepted(transaction) : Response{};
  if (!ended) return tl::unexpected(StoreError{ended.error().cause});
  Change change;
  change.transaction = transaction;
  change.transaction->state = Transaction::State::done;
  change.transaction->deadline = now() + configuration_.remember;
  change.transaction->delayed_request.clear();
  change.certificates = std::move(ended->certificates_changed);
  AuditEntry& entry = change.audit.emplace_back();
  entry.time = now();
  entry.actor = "time";
  entry.action = "expire";
  entry.result = rejects ? "rejected" : "given up";
  entry.transaction_id = transaction.transaction_id;
  entry.certificates = serials_of(transaction.granted);
  return store_.commit(change);
}

std::size_t Responder::Engine::expire(std::size_t count) {
  auto transactions = store_.expired(now(), count);
  if (!transactions) return 0;
  const auto open = std::ranges::partition(
      *transactions, [](const Transaction& transaction) { return transaction.state == Transaction::State::done; });
  const auto ended = std::ranges::count_if(open, [&](const Transaction& transaction) {
    const auto outcome = end(transaction);
    return outcome && *outcome == Commit::done;
  });
  const std::span<const Transaction> finished(transactions->begin(), open.begin());
  const auto forgotten = finished.empty() ? 0 : store_.forget(finished).value_or(0);
  return static_cast<std::size_t>(ended) + forgotten;
}

}  // namespace cmpkit::cmp
