// The steps of a message through the responder, in their order (RFC 9483 Section 3.5).
#include "cmpkit/cmp/responder.h"

#include <algorithm>

#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmp/responder/engine.h"
#include "cmp/responder/key_generation.h"
#include "cmp/responder/permissions.h"
#include "cmpkit/asn1/names.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

bool is_answered_here(PKIBody::Type type) {
  return is_request(type) || type == PKIBody::certConf || type == PKIBody::pollReq || type == PKIBody::error;
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

Reply Responder::respond(Bytes request, std::string_view profile) { return engine_->respond({request, profile}); }
std::size_t Responder::expire(std::size_t count) { return engine_->expire(count); }

Responder::Engine::Engine(ResponderConfiguration configuration, Authority& authority, Store& store,
                          Environment environment)
    : Reception(configuration_, store, environment), configuration_(std::move(configuration)), authority_(authority) {}

tl::expected<void, std::string> Responder::Engine::prepare() {
  if (configuration_.confirm_wait <= std::chrono::seconds{0})
    return tl::unexpected<std::string>("confirm_wait must be longer than zero");
  if (configuration_.key_generation)
    if (auto checked = check_key_generation(*configuration_.key_generation); !checked) return checked;
  return Reception::prepare();
}

Reply Responder::Engine::respond(Arrived request) {
  Reply reply{};
  reply.trail = request.nesting.trail;
  auto message = decode(request.octets, reply);
  if (!message) {
    reply.kind = Reply::Kind::malformed;
    return std::move(answer_error(salvage_header(request.octets), nullptr, message.error(), reply));
  }
  const asn1::PKIHeader header = message->header;  // views into the request
  Received received{std::move(request), std::move(*message), {}, {}};
  if (received.message.body.type() == PKIBody::nested) return std::move(answer_nested(std::move(received), reply));
  if (auto refusal = receive(received, reply))
    return std::move(answer_error(header, nullptr, std::move(*refusal), reply));
  const auto unavailable = received.unavailable;
  auto authenticated = identify(std::move(received), reply);
  if (unavailable)  // E-13: in kind, where we know it: who has a secret only cannot check a signature, and would give
                    // up
    return std::move(answer_error(header, authenticated ? &*authenticated : nullptr, *unavailable, reply));
  if (!authenticated) return std::move(answer_error(header, nullptr, authenticated.error(), reply));
  return std::move(answer(*authenticated, reply));
}

std::optional<Refusal> Responder::Engine::receive(Received& received, Reply& reply) {
  if (auto refusal = check_message(received.message, Stage::header, reply.trail)) return refusal;
  const auto type = received.message.body.type();
  if (!is_answered_here(type))  // V-04, RFC 9483 Section 3.5
    return refused(rules::V_04, "body", std::string(name_of(type)) + " is not answered here");
  look_up(received);
  return check_kind_of_protection(received, reply);
}

/// Who sent it, and what we know of their certificate.
Checked<Authenticated> Responder::Engine::identify(Received received, Reply& reply) {
  auto authenticated = authenticate(std::move(received), reply);
  if (!authenticated) return authenticated;
  auto own = own_certificate(authenticated->sender);
  if (!own) return tl::unexpected(std::move(own.error()));
  authenticated->own = std::move(*own);
  return authenticated;
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

/// V-36; K-06: the status of the sender's certificate, where it is one of ours, permits to begin this operation. One
/// that was updated or never confirmed may be revoked.
std::optional<Refusal> Responder::Engine::check_own_status(const Authenticated& from, PKIBody::Type type,
                                                           Reply& reply) const {
  if (!from.own) return {};
  using Status = IssuedCertificate::Status;
  using State = CertificateStatus::State;
  constexpr std::string_view field = "extraCerts[0]";
  const auto sentence = [&](std::string_view what) {
    return "the certificate " + from.sender.certificate->name() + " " + std::string(what);
  };
  const bool revokes = type == PKIBody::rr;
  switch (from.own->status) {
    case Status::revoked:
      return judge_status({State::revoked, sentence("is revoked")}, revokes, reply);
    case Status::rejected:
      return judge_status({State::revoked, sentence("was rejected when it was issued")}, revokes, reply);
    case Status::held:
      return judge_status({State::held, sentence("is on hold")}, revokes, reply);
    case Status::updated:
      if (!revokes) return refused(rules::K_06, field, sentence("was updated: the new one is to be used"));
      break;
    case Status::unconfirmed:
      if (!revokes) return refused(rules::V_36, field, sentence("was not confirmed"));
      break;
    case Status::valid:
      break;
  }
  return judge_status({}, revokes, reply);
}

/// A message in the state of its transaction (V-04, V-20, V-22, V-50), and whether its sender may (V-37).
Checked<Admitted> Responder::Engine::begin(const Authenticated& from, Reply& reply) const {
  const auto type = from.body().type();
  Admitted operation{from.received.message, from, nullptr, from.received.profile};
  if (type == PKIBody::certConf || type == PKIBody::error) return operation;
  if (auto refusal = check_begins(from, reply)) return tl::unexpected(std::move(*refusal));
  if (auto refusal = check_own_status(from, type, reply)) return tl::unexpected(std::move(*refusal));
  const auto permission = permit(from, type, reply);
  if (!permission) return tl::unexpected(permission.error());
  operation.permission = *permission;
  return operation;
}

Reply& Responder::Engine::answer(const Authenticated& from, Reply& reply) {
  if (auto refusal = check_status(from, reply)) return refuse(from, std::move(*refusal), reply);
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
  auto ended = rejects ? none_accepted(transaction, nullptr) : Response{};
  if (!ended) return tl::unexpected(StoreError{ended.error().cause});
  Change change;
  change.transaction = transaction;
  change.transaction->state = Transaction::State::done;
  change.transaction->deadline = now() + configuration_.remember;
  change.transaction->delayed_request.clear();
  change.certificates = std::move(ended->certificates_changed);
  change.devices = std::move(ended->devices);
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
  std::erase_if(*transactions, [](const Transaction& each) { return !each.route.empty(); });  // a relay's
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
