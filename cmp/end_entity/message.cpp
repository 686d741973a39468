// What the client sends, and the checks that every message it receives passes first (RFC 9483 Sections 3.1 and 3.5).
#include <algorithm>

#include "cmp/end_entity/machine.h"
#include "cmp/end_entity/status.h"
#include "cmp/message/checks.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIMessage;
using client::Awaiting;
using client::Exchange;

namespace {

constexpr std::size_t nonce_size = 16;  // H-60, H-70: 128 bits, RFC 9483 Section 3.1

Octets random_octets(Random& random) {
  Octets out(nonce_size);
  random.fill(out);
  return out;
}

}  // namespace

void add_info(GeneralInfo& info, asn1::Oid type, Octets value, asn1::Storage& storage) {
  asn1::InfoTypeAndValue& item = info.emplace_back();
  item.infoType = type;
  if (!value.empty()) item.infoValue = asn1::Any{storage.keep(std::move(value))};  // S-03
}

void add_profile(GeneralInfo& info, const std::string& profile, asn1::Storage& storage) {
  if (!profile.empty())
    add_info(info, asn1::id_it_certProfile, asn1::encode(asn1::CertProfileValue{{profile}}), storage);
}

asn1::PKIHeader Operation::Machine::next_header(asn1::Storage& storage) {
  if (transaction_.id.empty()) transaction_.id = random_octets(environment_.random);
  transaction_.our_nonce = random_octets(environment_.random);
  asn1::PKIHeader header;
  header.pvno = transaction_.pvno;
  header.recipient =
      asn1::decode<asn1::GeneralName>(storage.keep_copy(transaction_.recipient)).value();  // H-22; prepare() read it
  header.messageTime = asn1::GeneralizedTime{environment_.clock.now()};
  header.transactionID = transaction_.id;
  header.senderNonce = transaction_.our_nonce;
  if (!transaction_.their_nonce.empty()) header.recipNonce = transaction_.their_nonce;  // H-71, H-72
  return header;
}

Output Operation::Machine::send(const asn1::PKIHeader& header, const PKIBody& body, Exchange exchange) {
  auto octets = encode_message(header, body, *protector_, {});
  if (!octets) return fail(rules::E_30, "protection", octets.error().text);
  transaction_.state = Awaiting{std::move(exchange), std::move(*octets)};
  return start();
}

Checked<Sender> Operation::Machine::check_received(const Exchange& exchange, const PKIMessage& message) {
  // An error that nobody signed may also lack what a good message has (E-15): it is told, and no more.
  const bool unprotected_error = message.body.type() == PKIBody::error && !message.protection;
  if (unprotected_error && !excuse(rules::E_15, message)) {
    Refusal refusal =
        refused(rules::E_15, "protection", "the error message is not protected: anybody may have sent it");
    trail.failed(rules::E_15, "protection", refusal.text);
    return tl::unexpected(std::move(refusal));
  }
  if (auto refusal = check_header(message)) return tl::unexpected(std::move(*refusal));
  if (auto refusal = check_transaction(exchange, message)) return tl::unexpected(std::move(*refusal));
  Checked<Sender> sender = message.protection ? check_protection(message) : Sender();
  if (!message.protection)
    trail.tolerated(rules::E_15, "protection", "the refusal is not protected", Deviation::unprotected_errors);
  if (!sender) return sender;
  if (auto refusal = check_message(message, Stage::info, trail)) return tl::unexpected(std::move(*refusal));
  return sender;
}

/// The switch that lets this rule be broken by this message; only rejections have any, nothing that we would act on.
std::optional<Deviation> Operation::Machine::excuse(const Rule& rule, const PKIMessage& message) const {
  const auto allowed = [&](Deviation deviation) {
    return options().tolerance.allows(deviation) ? std::optional(deviation) : std::nullopt;
  };
  if (!is_rejection(message)) return {};
  if (&rule == &rules::V_30 || &rule == &rules::E_15) return allowed(Deviation::unprotected_errors);
  if (message.body.type() != PKIBody::error) return {};
  if (&rule == &rules::V_02)
    return message.header.pvno == asn1::Pvno::cmp1999 ? allowed(Deviation::error_pvno_1) : std::nullopt;
  const Rule* const of_transaction[] = {&rules::V_03, &rules::H_60, &rules::V_10, &rules::H_61, &rules::V_20};
  const bool is_one = std::ranges::find(of_transaction, &rule) != std::end(of_transaction);
  return is_one ? allowed(Deviation::error_transaction) : std::nullopt;
}

std::optional<Refusal> Operation::Machine::check_header(const PKIMessage& message) {
  return check_message(message, Stage::header, trail, [&](const Rule& rule) { return excuse(rule, message); });
}

std::optional<Refusal> Operation::Machine::judge(bool good, const Rule& rule, std::string_view field,
                                                 std::optional<Deviation> deviation) {
  if (good) {
    trail.passed(rule, field);
  } else if (deviation) {
    trail.tolerated(rule, field, std::string(rule.text), *deviation);
  } else {
    trail.failed(rule, field, std::string(rule.text));
    return refused(rule, field, {});
  }
  return {};
}

std::optional<Refusal> Operation::Machine::check_transaction(const Exchange& exchange, const PKIMessage& message) {
  const bool ours = message.header.transactionID && same_octets(*message.header.transactionID, transaction_.id);
  if (auto refusal = judge(ours, rules::H_61, "header.transactionID", excuse(rules::H_61, message))) return refusal;
  return judge(answers_us(exchange, message), rules::V_20, "header.recipNonce", excuse(rules::V_20, message));
}

bool Operation::Machine::answers_us(const Exchange& exchange, const PKIMessage& message) const {
  if (!message.header.recipNonce) return false;
  if (same_octets(*message.header.recipNonce, transaction_.our_nonce)) return true;
  return exchange.poll_until && message.body.type() != PKIBody::pollRep &&  // V-21, RFC 9483 Section 3.5
         same_octets(*message.header.recipNonce, exchange.request_nonce);
}

Checked<Sender> Operation::Machine::check_protection(const PKIMessage& message) {
  std::vector<Bytes> known(transaction_.server_certificates.begin(), transaction_.server_certificates.end());
  known.insert(known.end(), options().untrusted.begin(), options().untrusted.end());
  // P-02, V-31: of the kind of our request; a refusal may be signed where our secret was not recognised (E-13)
  const bool may_be_signed = !secret_ || (message.body.type() == PKIBody::error && is_rejection(message));
  const Verification verification{environment_,  may_be_signed ? options().trust : nullptr,
                                  secret_.get(), options().mac_limits,
                                  known,         options().tolerance};
  auto sender = authenticate(message, verification, trail);
  if (sender && message.extraCerts && transaction_.server_certificates.empty())
    for (const auto& certificate : *message.extraCerts)
      transaction_.server_certificates.push_back(copy_of(certificate.tlv));
  return sender;
}

}  // namespace cmpkit::cmp
