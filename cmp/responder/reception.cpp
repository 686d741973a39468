#include "cmp/responder/reception.h"

#include <algorithm>

#include "cmp/message/checks.h"
#include "cmp/message/nested_message.h"
#include "cmp/responder/permissions.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/audit.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

constexpr std::size_t nonce_size = 16;  // H-70: 128 bits, RFC 9483 Section 3.1

/// The version to answer in: the request's where we know it, else the nearest that we do (RFC 9810 Section 7).
asn1::Pvno answer_version(asn1::Pvno requested) {
  return requested > asn1::Pvno::cmp2000 ? asn1::Pvno::cmp2021 : asn1::Pvno::cmp2000;
}

asn1::PKIFailureInfo fail_info(FailInfo bit) {
  asn1::PKIFailureInfo out;
  out.set(bit);
  return out;
}

Octets digest_of(Bytes octets, const Crypto& crypto) {
  const Bytes message[] = {octets};
  return crypto.hash(identifier_of(Digest::sha256), message).value();
}

/// Transaction::request_digest: of what makes a message this one, whoever protected it. An RA below us may have
/// protected it anew, at another time.
Octets request_digest(const asn1::PKIMessage& message, const Crypto& crypto) {
  asn1::PKIHeader header;
  header.pvno = message.header.pvno;
  header.sender = header.recipient = asn1::GeneralName::of(asn1::null_dn);
  header.transactionID = message.header.transactionID;
  header.senderNonce = message.header.senderNonce;
  header.recipNonce = message.header.recipNonce;
  header.generalInfo = message.header.generalInfo;
  const Octets head = asn1::encode(header);
  std::array<std::uint8_t, 6> prefix{};
  const Bytes parts[] = {head, message.protected_part(prefix)[2]};
  return crypto.hash(identifier_of(Digest::sha256), parts).value();
}

/// Transaction::sender: the kind of credential, then the reference or the digest of the certificate.
Octets sender_key(const Requester& requester, const Crypto& crypto) {
  const bool by_secret = requester.kind == Requester::Kind::secret;
  Octets key = by_secret ? requester.identity : digest_of(requester.identity, crypto);
  key.insert(key.begin(), by_secret ? 's' : 'c');
  return key;
}

}  // namespace

/// The header of a request that is no whole PKIMessage, where at least that can be read: its nonce and transactionID
/// make the error useful to the client. Empty where not.
asn1::PKIHeader salvage_header(Bytes request) {
  const auto parts = asn1::decode<asn1::SequenceOf<asn1::Any>>(request);
  if (!parts || parts->empty()) return {};
  return asn1::decode<asn1::PKIHeader>(parts->front().tlv).value_or(asn1::PKIHeader{});
}

bool is_certificate_request(PKIBody::Type type) {
  return type == PKIBody::ir || type == PKIBody::cr || type == PKIBody::kur || type == PKIBody::p10cr;
}

bool is_request(PKIBody::Type type) {
  return is_certificate_request(type) || type == PKIBody::rr || type == PKIBody::genm;
}

tl::expected<void, std::string> Reception::prepare() {
  if (server_.certificate_trust == nullptr && server_.secrets == nullptr)
    return tl::unexpected<std::string>(
        "neither trust anchors for signed requests nor shared secrets are given: nobody could enrol");
  if (server_.require_status && server_.status == nullptr)
    return tl::unexpected<std::string>("the status of certificates is required, but nothing is given that knows it");
  if (server_.remember <= std::chrono::seconds{0} || server_.max_delay <= std::chrono::seconds{0})
    return tl::unexpected<std::string>("remember and max_delay must be longer than zero");
  if (auto checked = check_permissions(server_.permissions); !checked) return checked;
  auto protector = signature_protector(server_.protection);
  if (!protector) return tl::unexpected(protector.error().text);
  signature_protector_ = std::move(*protector);
  return {};
}

Checked<asn1::PKIMessage> Reception::decode(Bytes request, Reply& reply) const {
  auto message = decode_message(request, server_.limits);
  if (!message) {
    reply.trail.failed(rules::V_01, "message", message.error().text());
    return tl::unexpected(refused(rules::V_01, "message", message.error().text()));
  }
  reply.trail.passed(rules::V_01, "message");
  reply.request = name_of(message->body.type());
  return std::move(*message);
}

/// V-31, P-02, K-04: the kind of protection fits the request, and what was used before under this transactionID.
std::optional<Refusal> Reception::check_kind_of_protection(const Received& received, Reply& reply) const {
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

void Reception::look_up(Received& received) {
  auto transactions = store_.transactions(*received.message.header.transactionID);
  if (transactions)
    received.transactions = std::move(*transactions);
  else
    received.unavailable = unavailable("header.transactionID", transactions.error().text);
}

Checked<Authenticated> Reception::authenticate(Received received, Reply& reply) const {
  std::vector<Bytes> known;
  for (const auto& transaction : received.transactions)
    known.insert(known.end(), transaction.sender_certificates.begin(), transaction.sender_certificates.end());
  // Holders of our certificates need not send our own chain back to us.
  known.insert(known.end(), server_.protection.chain.begin(), server_.protection.chain.end());
  const Verification verification{environment_, server_.certificate_trust, server_.secrets, server_.mac_limits, known};
  auto sender = cmp::authenticate(received.message, verification, reply.trail);
  if (!sender) return tl::unexpected(std::move(sender.error()));
  reply.requester =
      sender->certificate ? sender->certificate->name() : "secret " + std::string(text_of(sender->requester.identity));
  Authenticated out{std::move(received), std::move(*sender), {}, {}, {}};
  out.sender_key = sender_key(out.sender.requester, environment_.crypto);
  out.request_digest = request_digest(out.received.message, environment_.crypto);
  return out;
}

/// What is checked of an authenticated sender whatever it wants: its clock (V-41).
std::optional<Refusal> Reception::check_time(const Authenticated& from, Reply& reply) const {
  const auto window = server_.message_time_window;
  if (window.count() == 0 || !from.header().messageTime) return {};
  const auto off = std::chrono::abs(from.header().messageTime->value - now());
  if (off > window) return refused(rules::V_41, "header.messageTime", "the clocks differ too much");
  reply.trail.passed(rules::V_41, "header.messageTime");
  return {};
}

std::optional<Refusal> Reception::check_status(const Authenticated& from, Reply& reply) const {
  if (server_.status == nullptr || !from.sender.certificate) return {};
  const auto found = server_.status->of(*from.sender.certificate, from.sender.path->issuers(), now());
  if (found.state == CertificateStatus::State::unknown && from.own) return {};  // our store knows it
  const Transaction* transaction = from.transaction();
  const bool polls_for_rr = from.body().type() == PKIBody::pollReq && transaction != nullptr &&
                            transaction->operation == name_of(PKIBody::rr);
  return judge_status(found, from.body().type() == PKIBody::rr || polls_for_rr, reply);
}

std::optional<Refusal> Reception::judge_status(const CertificateStatus::Found& found, bool revokes,
                                               Reply& reply) const {
  using State = CertificateStatus::State;
  constexpr std::string_view field = "extraCerts[0]";
  if (found.state == State::revoked || (found.state == State::held && !revokes))
    return refused(rules::V_36, field, found.text);
  if (found.state == State::unknown) {
    if (!server_.require_status) return {};
    return refused(rules::V_36, field, found.text, asn1::PKIFailureInfo::systemUnavail);
  }
  reply.trail.passed(rules::V_36, field);
  return {};
}

/// H-70: the nonce is not that of the message before it.
std::optional<Refusal> Reception::check_fresh_nonce(const Authenticated& from, Reply& reply) const {
  const Transaction* transaction = from.transaction();
  if (transaction == nullptr) return {};
  if (same_octets(*from.header().senderNonce, transaction->request_nonce))
    return refused(rules::H_70, "header.senderNonce", "senderNonce is that of the message before",
                   asn1::PKIFailureInfo::badSenderNonce);
  reply.trail.passed(rules::H_70, "header.senderNonce");
  return {};
}

std::optional<Refusal> Reception::check_begins(const Authenticated& from, Reply& reply) const {
  if (from.transaction() != nullptr) return refused(rules::V_50, "header.transactionID", {});
  reply.trail.passed(rules::V_50, "header.transactionID");
  if (from.header().recipNonce) return refused(rules::V_22, "header.recipNonce", {});
  reply.trail.passed(rules::V_22, "header.recipNonce");
  return {};
}

Checked<const Permission*> Reception::permit(const Authenticated& from, PKIBody::Type type, Reply& reply) const {
  if (from.by_secret()) {
    const auto why_not = server_.secrets->why_not(from.sender.requester.identity, now());
    if (!why_not) return tl::unexpected(unavailable("header.senderKID", why_not.error().text));
    if (*why_not) return tl::unexpected(refused(rules::V_37, "header.senderKID", **why_not));
  }
  const auto* permission = find_permission(server_.permissions, from, type, from.approved());
  if (permission == nullptr)
    return tl::unexpected(
        refused(rules::V_37, "header.sender", "this credential may not send " + std::string(name_of(type))));
  reply.trail.passed(rules::V_37, "header.sender");
  return permission;
}

/// What later messages may omit (P-06, RFC 9483 Section 3.3).
void keep_certificates(const Authenticated& from, Transaction& transaction) {
  constexpr std::size_t most = 8;
  auto& kept = transaction.sender_certificates;
  if (!kept.empty() || !from.sender.certificate || !from.received.message.extraCerts) return;
  for (const auto& certificate : *from.received.message.extraCerts)
    if (kept.size() < most) kept.push_back(copy_of(certificate.tlv));
}

asn1::PKIStatusInfo rejection(const Refusal& refusal, asn1::Storage& storage) {
  asn1::PKIStatusInfo info;
  info.status = asn1::PKIStatus::rejection;
  info.statusString.emplace().push_back({storage.keep(std::string_view(refusal.text))});
  if (refusal.fail_info) info.failInfo = fail_info(*refusal.fail_info);
  return info;
}

asn1::PKIStatusInfo waiting_status(const Waiting& waiting, asn1::Storage& storage) {
  asn1::PKIStatusInfo info;
  info.status = asn1::PKIStatus::waiting;
  if (!waiting.reason.empty()) info.statusString.emplace().push_back({storage.keep(std::string_view(waiting.reason))});
  return info;
}

asn1::PKIHeader Reception::answer_header(const asn1::PKIHeader& request, asn1::Storage& storage) const {
  asn1::PKIHeader header;
  header.pvno = answer_version(request.pvno);  // H-07
  header.recipient = request.sender;           // H-22, RFC 9483 Section 5.1
  header.messageTime = asn1::GeneralizedTime{now()};
  header.transactionID = request.transactionID;  // H-61
  Octets nonce(nonce_size);
  environment_.random.fill(nonce);
  header.senderNonce = storage.keep(std::move(nonce));  // H-70
  header.recipNonce = request.senderNonce;              // H-72
  return header;
}

/// P-02: in kind. The parameters are the request's, with a fresh salt.
CryptoResult<Octets> Reception::encode_answer(const Sender& sender, const asn1::PKIHeader& header, const PKIBody& body,
                                              std::span<const Bytes> certificates) const {
  if (sender.mac_algorithm.empty()) return encode_message(header, body, *signature_protector_, certificates);
  const auto requested = asn1::decode<asn1::AlgorithmIdentifier>(sender.mac_algorithm);
  const auto secret = server_.secrets->find(sender.requester.identity);
  if (!secret) return tl::unexpected(CryptoError{CryptoError::Kind::failure, secret.error().text});
  if (!requested || !*secret)
    return tl::unexpected(CryptoError{CryptoError::Kind::failure, "the shared secret is not known any more"});
  auto algorithm = with_fresh_salt(*requested, environment_.random);
  if (!algorithm) return tl::unexpected(algorithm.error());
  auto mac = environment_.crypto.mac(**algorithm, **secret, server_.mac_limits);
  if (!mac) return tl::unexpected(mac.error());
  const auto protector = mac_protector(copy_of(algorithm->octets()), std::move(*mac), sender.requester.identity);
  if (!protector) return tl::unexpected(protector.error());
  return encode_message(header, body, **protector, certificates);
}

Reply& Reception::answer_error(const asn1::PKIHeader& request, const Authenticated* from, Refusal refusal,
                               Reply& reply) const {
  asn1::Storage storage;
  asn1::PKIHeader header = answer_header(request, storage);
  if (request.octets.empty()) header.recipient = asn1::GeneralName::of(asn1::null_dn);  // H-20: sender is not known
  PKIBody body;
  body.set<PKIBody::error>().pKIStatusInfo = rejection(refusal, storage);
  auto encoded = from != nullptr ? encode_answer(from->sender, header, body, {})
                                 : encode_message(header, body, *signature_protector_, {});  // E-13
  if (!encoded) encoded = encode_message(header, body, *signature_protector_, {});  // the secret may be gone meanwhile
  reply.octets = encoded.value_or(Octets{});
  reply.response = name_of(PKIBody::error);
  reply.refusal = std::move(refusal);
  return reply;
}

/// The transaction is not, or not as, it was looked up. Then a refusal may rest on what this very message, sent again
/// to another replica, has done meanwhile: whoever sees that sees its transaction now.
tl::expected<bool, StoreError> Reception::has_moved(const Authenticated& from) {
  return store_.transactions(*from.header().transactionID).map([&](const std::vector<Transaction>& now_stored) {
    const auto same = [](const Transaction& one, const Transaction& other) {
      return one.sender == other.sender && one.version == other.version;
    };
    return !std::ranges::is_permutation(now_stored, from.received.transactions, same);
  });
}

AuditEntry Reception::audit_entry(const Authenticated& from, std::string_view result, const Reply& reply) const {
  AuditEntry entry;
  entry.time = now();
  entry.actor = (from.by_secret() ? "" : "certificate ") + reply.requester;  // `secret` is in it
  entry.action = name_of(from.body().type());
  entry.result = result;
  entry.transaction_id = copy_of(*from.header().transactionID);
  if (reply.refusal)
    entry.reason = reply.refusal->text;
  else if (from.approved())
    entry.reason = "approved by " + from.received.nesting.approved_by;
  entry.trail = trail_text(reply.trail);
  return entry;
}

}  // namespace cmpkit::cmp
