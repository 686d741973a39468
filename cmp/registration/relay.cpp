// The way of a message from downstream through the RA (RFC 9483 Sections 3.5 and 5.2).
#include "cmpkit/cmp/relay.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmp/protection/one_secret.h"
#include "cmp/registration/relay_engine.h"
#include "cmp/registration/ticket.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

Relay::Relay(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Relay::~Relay() = default;

tl::expected<std::unique_ptr<Relay>, std::string> Relay::create(RelayConfiguration configuration, Store& store,
                                                                Environment environment) {
  auto engine = std::make_unique<Engine>(std::move(configuration), store, environment);
  if (auto prepared = engine->prepare(); !prepared) return tl::unexpected(prepared.error());
  return std::unique_ptr<Relay>(new Relay(std::move(engine)));
}

Relayed Relay::receive(Bytes message, std::string_view profile) { return engine_->receive({message, profile}); }
Relayed Relay::resume(std::string_view ticket, Bytes answer) { return engine_->resume(ticket, answer); }
Relayed Relay::fail(std::string_view ticket, std::string_view cause, NoAnswer kind) {
  return engine_->fail(ticket, cause, kind);
}
std::vector<Forward> Relay::collect() { return engine_->collect(); }
std::vector<Forward> Relay::under_way() { return engine_->under_way(); }
std::size_t Relay::expire(std::size_t count) { return engine_->expire(count); }

Relay::Engine::Engine(RelayConfiguration configuration, Store& store, Environment environment)
    : Reception(configuration_, store, environment),
      configuration_(std::move(configuration)),
      own_limits_{.octets = std::numeric_limits<std::size_t>::max(),
                  .elements = std::numeric_limits<std::size_t>::max()} {}

// --- configuration ---------------------------------------------------------------------------------------------------

tl::expected<void, std::string> Relay::Engine::prepare() {
  if (auto prepared = Reception::prepare(); !prepared) return prepared;
  for (const Upstream& upstream : configuration_.upstreams)
    if (auto added = add_peer(upstream); !added)
      return tl::unexpected(fmt::format("upstream \"{}\": {}", upstream.name, added.error()));
  return check_routes();
}

tl::expected<void, std::string> Relay::Engine::add_peer(const Upstream& upstream) {
  const auto wrong = [](std::string_view text) { return tl::unexpected(std::string(text)); };
  if (upstream.name.empty() || peer_named(upstream.name) != nullptr) return wrong("it needs a name of its own");
  Peer peer;
  peer.settings = &upstream;
  if (const auto* secret = upstream.credential ? std::get_if<SecretCredential>(&*upstream.credential) : nullptr)
    peer.secret = std::make_unique<OneSecret>(*secret);
  if (const auto* key = upstream.credential ? std::get_if<SignatureCredential>(&*upstream.credential) : nullptr) {
    auto signer = signature_protector(*key);
    if (!signer) return tl::unexpected(signer.error().text);
    peer.signer = std::move(*signer);
  }
  if (upstream.batch != 0 && (upstream.online || !peer.signer))
    return wrong(
        "batches are signed by the RA, and their answers are polled for: give it a signing key, and let it "
        "not be online");
  if (upstream.check_after < std::chrono::seconds{0} || upstream.give_up <= std::chrono::seconds{0})
    return wrong("check_after must not be negative, and give_up must be longer than zero");
  peers_.push_back(std::move(peer));
  return {};
}

tl::expected<void, std::string> Relay::Engine::check_routes() const {
  if (configuration_.routes.empty() && configuration_.local == nullptr)
    return tl::unexpected<std::string>("there is no route and nobody who answers here: nothing could be done");
  for (const Route& route : configuration_.routes) {
    const auto wrong = [&](std::string_view text) {
      return tl::unexpected(fmt::format("route \"{}\": {}", route.name, text));
    };
    if (route.name.empty() || route_named(route.name) != &route) return wrong("it needs a name of its own");
    if (!std::ranges::all_of(route.operations, is_request))
      return wrong("operations are of ir, cr, kur, p10cr, rr, genm: what follows a request takes its way");
    if (route.upstream.empty()) {
      if (configuration_.local == nullptr) return wrong("it leads to no upstream, and nobody answers here");
      continue;
    }
    const Peer* peer = peer_named(route.upstream);
    if (peer == nullptr) return wrong(fmt::format("there is no upstream \"{}\"", route.upstream));
    if (route.forwarding == Forwarding::add && !peer->signer)
      return wrong("protection is added by a signature (A-20): its upstream needs a signing key of ours");
    if (route.forwarding == Forwarding::replace && !peer->settings->credential)
      return wrong("protection is replaced by ours: its upstream needs a credential of ours");
    if (route.transparent && (route.forwarding != Forwarding::unchanged || !peer->settings->online))
      return wrong("transparent is for messages that go unchanged to an upstream that is online");
    if (!route.transparent && peer->settings->trust == nullptr && !peer->secret)
      return wrong("its upstream's answers could not be checked: give it trust anchors");
    if ((route.ra_verified || route.original) && route.forwarding != Forwarding::replace)
      return wrong("ra_verified and original are for messages whose protection is replaced");
  }
  return {};
}

const Relay::Engine::Peer* Relay::Engine::peer_named(std::string_view name) const {
  const auto found = std::ranges::find_if(peers_, [&](const Peer& peer) { return peer.settings->name == name; });
  return found == peers_.end() ? nullptr : &*found;
}

const Route* Relay::Engine::route_named(std::string_view name) const {
  const auto found = std::ranges::find(configuration_.routes, name, &Route::name);
  return found == configuration_.routes.end() ? nullptr : &*found;
}

/// Nothing where the configuration has changed meanwhile.
std::optional<Relay::Engine::Way> Relay::Engine::way_of(const Transaction& transaction) const {
  const Route* route = route_named(transaction.route);
  const Peer* peer = route == nullptr ? nullptr : peer_named(route->upstream);
  return peer == nullptr ? std::nullopt : std::optional(Way{route, peer});
}

// --- the steps -------------------------------------------------------------------------------------------------------

/// By type and profile; what follows a request takes its way.
const Route* Relay::Engine::route_of(const Received& received) const {
  const auto type = received.message.body.type();
  const bool follows = type == PKIBody::certConf || type == PKIBody::pollReq || type == PKIBody::error;
  if (!is_request(type) && !follows) return nullptr;
  for (const Transaction& transaction : received.transactions)
    if (!transaction.route.empty() && follows) return route_named(transaction.route);
  if (follows && !received.transactions.empty()) return nullptr;
  std::string profile = profile_of(received.message.header);
  if (profile.empty()) profile = received.profile;
  const auto fits = [&](const Route& route) {
    if (follows) return route.transparent;  // nothing is stored of what went there
    return (route.operations.empty() || route.operations.contains(type)) &&
           (route.profiles.empty() || std::ranges::find(route.profiles, profile) != route.profiles.end());
  };
  const auto found = std::ranges::find_if(configuration_.routes, fits);
  return found == configuration_.routes.end() ? nullptr : &*found;
}

Relayed Relay::Engine::receive(Arrived arrived, Seat* above) {
  Reply reply{};
  reply.trail = arrived.nesting.trail;
  auto message = decode(arrived.octets, reply);
  if (!message) {
    reply.kind = Reply::Kind::malformed;
    return {answer_error(salvage_header(arrived.octets), nullptr, message.error(), reply), {}, {}};
  }
  const asn1::PKIHeader header = message->header;  // views into the octets
  Received received{std::move(arrived), std::move(*message), {}, {}};
  if (received.message.body.type() == PKIBody::nested)
    return receive_nested(std::move(received), above, std::move(reply));
  const auto error = [&](const Authenticated* from, Refusal refusal) -> Relayed {
    return {answer_error(header, from, std::move(refusal), reply), {}, {}};
  };
  if (auto refusal = check_message(received.message, Stage::header, reply.trail))  // V-63, RFC 9483 Section 3.5
    return error(nullptr, std::move(*refusal));
  look_up(received);
  const Route* route = route_of(received);
  const bool is_known_way = route != nullptr && route->transparent && is_request(received.message.body.type());
  if (received.unavailable && !is_known_way) {  // E-13: in kind. What follows a request takes a way that is stored
    const Refusal unavailable = *received.unavailable;
    const auto authenticated = authenticate(std::move(received), reply);
    return error(authenticated ? &*authenticated : nullptr, unavailable);
  }
  if (route == nullptr || route->upstream.empty()) return answer_locally(received, std::move(reply));
  if (route->transparent) return pass_transparently(received, *route);
  if (auto refusal = check_kind_of_protection(received, reply)) return error(nullptr, std::move(*refusal));
  const auto authenticated = authenticate(std::move(received), reply);
  if (!authenticated) return error(nullptr, authenticated.error());
  Way way{route, peer_named(route->upstream)};
  if (const Transaction* own = authenticated->transaction()) {  // others may have the same transactionID
    const auto its_way = way_of(*own);
    if (!its_way && own->route.empty()) return answer_locally(authenticated->received, std::move(reply));
    if (its_way) way = *its_way;
  }
  return answer(*authenticated, way, std::move(reply));
}

/// nothing but its header is looked at.
Relayed Relay::Engine::pass_transparently(const Received& received, const Route& route) const {
  const auto& header = received.message.header;
  Forward forward;
  forward.ticket = ticket_of(TransparentTicket{static_cast<std::size_t>(&route - configuration_.routes.data()),
                                               copy_of(*header.transactionID), copy_of(*header.senderNonce)});
  forward.upstream = route.upstream;
  forward.message = copy_of(received.nesting.approves() ? received.nesting.whole : received.octets);
  forward.operation = received.message.body.type();
  if (const auto* questions = received.message.body.get<PKIBody::genm>(); questions != nullptr && !questions->empty())
    forward.information = copy_of(questions->front().infoType.octets);
  forward.profile = route.profile.empty() ? received.profile : route.profile;
  return {{}, {std::move(forward)}, {}};
}

Relayed Relay::Engine::answer_locally(const Received& received, Reply reply) {
  if (configuration_.local != nullptr)
    return {configuration_.local->respond(received.nesting.approves() ? received.nesting.whole : received.octets,
                                          received.profile),
            {},
            {}};
  const asn1::PKIHeader header = received.message.header;
  auto refusal =
      refused(rules::V_04, "body",
              std::string(name_of(received.message.body.type())) + " is neither answered nor forwarded here");
  const auto authenticated = authenticate(received, reply);
  return {answer_error(header, authenticated ? &*authenticated : nullptr, std::move(refusal), reply), {}, {}};
}

Relayed Relay::Engine::answer(const Authenticated& from, const Way& way, Reply reply) {
  if (auto refusal = check_status(from, reply)) return refuse(from, std::move(*refusal), std::move(reply));
  const Transaction* transaction = from.transaction();
  if (transaction != nullptr && transaction->request_digest == from.request_digest)
    return answer_repeated(from, way, std::move(reply));
  auto refusal = check_time(from, reply);
  if (!refusal) refusal = check_message(from.received.message, Stage::info, reply.trail);
  if (!refusal) refusal = check_fresh_nonce(from, reply);
  if (refusal) return refuse(from, std::move(*refusal), std::move(reply));
  const auto type = from.body().type();
  if (type == PKIBody::pollReq) return answer_poll(from, way, std::move(reply));
  return is_request(type) ? answer_request(from, way, std::move(reply)) : answer_follow_up(from, way, std::move(reply));
}

/// The client did not get our answer, or upstream's: the same one again, or the same question upstream.
Relayed Relay::Engine::answer_repeated(const Authenticated& from, const Way& way, Reply reply) {
  const Transaction& transaction = *from.transaction();
  if (!transaction.response.empty()) {
    reply.octets = transaction.response;
    reply.response = "repeated";
    return {std::move(reply), {}, {}};
  }
  if (transaction.state == Transaction::State::relayed) return {{}, {forward_of(transaction, way)}, {}};
  return refuse(from, refused(rules::A_70, "header.transactionID", "the time for this operation is over: begin anew"),
                std::move(reply));
}

Relayed Relay::Engine::answer_request(const Authenticated& from, const Way& way, Reply reply) {
  auto refusal = check_begins(from, reply);
  if (!refusal && way.route->forwarding == Forwarding::replace && !from.received.transactions.empty())
    refusal = refused(rules::V_50, "header.transactionID", {});  // of another client, but upstream of us as well
  if (refusal) return refuse(from, std::move(*refusal), std::move(reply));
  const auto permission = permit(from, from.body().type(), reply);
  if (!permission) return refuse(from, permission.error(), std::move(reply));
  return go_on({from.received.message, from, *permission, from.received.profile}, way, std::move(reply));
}

Relayed Relay::Engine::go_on(const Admitted& operation, const Way& way, Reply reply) {
  Verdict verdict = judge(operation, way, reply);
  if (auto* refusal = std::get_if<Refusal>(&verdict))
    return operation.is_polled() ? refuse_in_body(operation, error_answer(std::move(*refusal)), std::move(reply))
                                 : refuse(operation.from, std::move(*refusal), std::move(reply));
  if (auto* response = std::get_if<Response>(&verdict))
    return refuse_in_body(operation, std::move(*response), std::move(reply));
  if (const auto* waiting = std::get_if<Waiting>(&verdict)) return let_wait(operation, way, *waiting, std::move(reply));
  return pass_on(operation, way, std::get<Passage>(verdict), std::move(reply));
}

namespace {

/// E-01: RFC 9810 Section 5.3.21 wants pkiConf in answer to a client's error.
Response error_taken() {
  Response answer;
  answer.body.set<PKIBody::pkiconf>();
  return answer;
}

}  // namespace

/// certConf, or an error in its place: what is due goes the way of its request, in the same protection (P-02).
Relayed Relay::Engine::answer_follow_up(const Authenticated& from, const Way& way, Reply reply) {
  const auto no = [&](Refusal refusal) {
    reply.trail.failed(*refusal.rule, refusal.field, refusal.text);
    return refuse(from, std::move(refusal), std::move(reply));
  };
  const Transaction* transaction = from.transaction();
  if (transaction == nullptr)  // V-52, P-04
    return no(refused(rules::V_04, "body", "no transaction of this transactionID was begun with this credential"));
  if (!transaction->delayed_request.empty())
    return no(refused(rules::V_04, "body", "an answer is delayed in this transaction: a pollReq is due"));
  if (transaction->confirmed) return no(refused(rules::C_08, "body", "the certificate was confirmed already"));
  if (transaction->state != Transaction::State::awaiting_confirmation)
    return no(refused(rules::V_04, "body", "no certConf is due in this transaction"));
  reply.trail.passed(rules::V_04, "body");
  const auto& nonce = from.header().recipNonce;
  if (!nonce || !same_octets(*nonce, transaction->sender_nonce))
    return no(refused(rules::V_20, "header.recipNonce", {}));
  reply.trail.passed(rules::V_20, "header.recipNonce");
  if (from.body().type() == PKIBody::error)  // RFC 9483 Section 3.6.1: none goes upstream, which rejects by time-out
    return refuse_in_body({from.received.message, from, nullptr, transaction->profile}, error_taken(),
                          std::move(reply));
  return pass_on({from.received.message, from, nullptr, transaction->profile}, way, follow_up(*transaction, way),
                 std::move(reply));
}

/// How what follows a request goes: without approval, as that was given to the request.
Passage Relay::Engine::follow_up(const Transaction& transaction, const Way& way) {
  Passage passage;
  passage.forwarding = transaction.replaced ? Forwarding::replace : Forwarding::unchanged;
  passage.alterations.recipient = way.peer->settings->recipient;
  passage.alterations.recip_nonce = transaction.upstream_nonce;
  return passage;
}

}  // namespace cmpkit::cmp
