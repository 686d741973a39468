#include "cmp/end_entity/saved_transaction.h"

#include "cmp/end_entity/issued_certificate.h"
#include "cmpkit/asn1/table.h"

namespace cmpkit::cmp {

using client::Awaiting;
using client::Exchange;
using client::Polling;
using client::Resting;
using client::State;

namespace {

using asn1::field;
using asn1::GeneralizedTime;
using asn1::OctetString;

constexpr std::int64_t current_version = 2;
constexpr std::size_t nonce_size = 16;

using List = asn1::SequenceOf<OctetString>;

/// Of an Outcome what can be known before its confirmation.
struct SavedOutcome {
  bool success = false;
  std::int64_t status = 0;
  OctetString text, server_text, certificate;
  List chain, ca_pubs, modifications;
  OctetString encrypted_key;           // in place of private_key
  std::optional<OctetString> refusal;  // its text
  static constexpr auto asn1 =
      asn1::sequence(field<&SavedOutcome::success>, field<&SavedOutcome::status>, field<&SavedOutcome::text>,
                     field<&SavedOutcome::server_text>, field<&SavedOutcome::certificate>, field<&SavedOutcome::chain>,
                     field<&SavedOutcome::ca_pubs>, field<&SavedOutcome::modifications>,
                     field<&SavedOutcome::encrypted_key>, field<&SavedOutcome::refusal>);
};

struct SavedExchange {
  std::int64_t request = 0;
  OctetString request_nonce;
  std::optional<GeneralizedTime> poll_until;
  std::int64_t poll_id = 0;
  std::optional<SavedOutcome> confirming;
  std::optional<OctetString> failed;
  static constexpr auto asn1 = asn1::sequence(field<&SavedExchange::request>, field<&SavedExchange::request_nonce>,
                                              field<&SavedExchange::poll_until>, field<&SavedExchange::poll_id>,
                                              field<&SavedExchange::confirming>, field<&SavedExchange::failed>);
};

/// Awaiting: `sent` and an exchange. Polling: `wake_at` and an exchange. Resting: `wake_at`, and `sent` and an exchange
/// where that message is sent again.
struct SavedState {
  std::optional<OctetString> sent;
  std::optional<GeneralizedTime> wake_at;
  std::optional<SavedExchange> exchange;
  static constexpr auto asn1 =
      asn1::sequence(field<&SavedState::sent>, field<&SavedState::wake_at>, field<&SavedState::exchange>);
};

struct Saved {
  std::int64_t version = current_version;
  std::int64_t operation = 0;
  OctetString identity, mac_algorithm;
  asn1::Pvno pvno{};
  OctetString id, our_nonce, their_nonce, recipient;
  List server_certificates;
  std::int64_t new_ids = 0, later = 0;
  SavedState state;
  static constexpr auto asn1 =
      asn1::sequence(field<&Saved::version>, field<&Saved::operation>, field<&Saved::identity>,
                     field<&Saved::mac_algorithm>, field<&Saved::pvno>, field<&Saved::id>, field<&Saved::our_nonce>,
                     field<&Saved::their_nonce>, field<&Saved::recipient>, field<&Saved::server_certificates>,
                     field<&Saved::new_ids>, field<&Saved::later>, field<&Saved::state>);
};

List views_of(const std::vector<Octets>& all) { return {all.begin(), all.end()}; }
List views_of(const std::vector<std::string>& all) {
  List out;
  for (const std::string& text : all) out.push_back(bytes_of(text));
  return out;
}
std::vector<Octets> octets_of(const List& all) {
  std::vector<Octets> out;
  for (const Bytes octets : all) out.push_back(copy_of(octets));
  return out;
}
std::vector<std::string> texts_of(const List& all) {
  std::vector<std::string> out;
  for (const Bytes octets : all) out.emplace_back(text_of(octets));
  return out;
}

std::optional<GeneralizedTime> time_of(const std::optional<Time>& time) {
  return time ? std::optional(GeneralizedTime{*time}) : std::nullopt;
}

SavedOutcome saved_of(const Outcome& outcome) {
  SavedOutcome out;
  out.success = outcome.success;
  out.status = static_cast<std::int64_t>(*outcome.status);
  out.text = bytes_of(outcome.text);
  out.server_text = bytes_of(outcome.server_text);
  out.certificate = outcome.certificate;
  out.chain = views_of(outcome.chain);
  out.ca_pubs = views_of(outcome.ca_pubs);
  out.modifications = views_of(outcome.modifications);
  out.encrypted_key = outcome.encrypted_key;
  if (outcome.refusal) out.refusal = bytes_of(outcome.refusal->text);
  return out;
}

Outcome outcome_of(const SavedOutcome& saved) {
  Outcome out;
  out.authenticated = true;  // no other is confirmed
  out.success = saved.success && !saved.refusal;
  out.status = static_cast<asn1::PKIStatus>(saved.status);
  out.text = text_of(saved.text);
  out.server_text = text_of(saved.server_text);
  out.certificate = copy_of(saved.certificate);
  out.chain = octets_of(saved.chain);
  out.ca_pubs = octets_of(saved.ca_pubs);
  out.modifications = texts_of(saved.modifications);
  out.encrypted_key = copy_of(saved.encrypted_key);
  if (saved.refusal)
    out.refusal =
        Refusal{&rules::R_16, issued_certificate_field, rules::R_16.fail_info, std::string(text_of(*saved.refusal))};
  return out;
}

SavedExchange saved_of(const Exchange& exchange) {
  SavedExchange out;
  out.request = exchange.request;
  out.request_nonce = exchange.request_nonce;
  out.poll_until = time_of(exchange.poll_until);
  out.poll_id = exchange.poll_id;
  if (exchange.confirming) out.confirming = saved_of(*exchange.confirming);
  if (exchange.failed) out.failed = *exchange.failed;
  return out;
}

Exchange exchange_of(const SavedExchange& saved) {
  Exchange out;
  out.request = static_cast<asn1::PKIBody::Type>(saved.request);
  out.request_nonce = copy_of(saved.request_nonce);
  if (saved.poll_until) out.poll_until = saved.poll_until->value;
  out.poll_id = saved.poll_id;
  if (saved.confirming) out.confirming = outcome_of(*saved.confirming);
  if (saved.failed) out.failed = copy_of(*saved.failed);
  return out;
}

SavedState saved_of(const State& state) {
  SavedState out;
  if (const auto* awaiting = std::get_if<Awaiting>(&state)) {
    out.sent = awaiting->sent;
    out.exchange = saved_of(awaiting->exchange);
  } else if (const auto* polling = std::get_if<Polling>(&state)) {
    out.wake_at = GeneralizedTime{polling->wake_at};
    out.exchange = saved_of(polling->exchange);
  } else if (const auto* resting = std::get_if<Resting>(&state)) {
    out.wake_at = GeneralizedTime{resting->wake_at};
    if (resting->again) {
      out.sent = resting->again->sent;
      out.exchange = saved_of(resting->again->exchange);
    }
  }
  return out;
}

std::optional<State> state_of(const SavedState& saved) {
  if (saved.sent) {
    if (!saved.exchange) return {};
    Awaiting awaiting{exchange_of(*saved.exchange), copy_of(*saved.sent)};
    return saved.wake_at ? State(Resting{saved.wake_at->value, std::move(awaiting)}) : State(std::move(awaiting));
  }
  if (!saved.wake_at) return {};
  if (!saved.exchange) return Resting{saved.wake_at->value, {}};
  if (!saved.exchange->poll_until) return {};
  return Polling{exchange_of(*saved.exchange), saved.wake_at->value};
}

/// What the machine takes for granted about its transaction.
bool is_possible(const Saved& saved) {
  const auto is_type = [](std::int64_t type) { return type >= asn1::PKIBody::ir && type <= asn1::PKIBody::pollRep; };
  const auto may_count = [](std::int64_t count) { return count >= 0 && count < 1'000'000; };
  const bool has_exchange = saved.state.exchange.has_value();
  return saved.version == current_version && is_type(saved.operation) &&
         (!has_exchange || is_type(saved.state.exchange->request)) &&
         asn1::decode<asn1::GeneralName>(saved.recipient) &&
         (saved.pvno == asn1::Pvno::cmp2000 || saved.pvno == asn1::Pvno::cmp2021) &&
         (!has_exchange || (saved.id.size() == nonce_size && saved.our_nonce.size() == nonce_size &&
                            saved.state.exchange->request_nonce.size() == nonce_size)) &&
         may_count(saved.new_ids) && may_count(saved.later);
}

}  // namespace

Octets encode(const SavedTransaction& saved) {
  const client::Transaction& transaction = saved.transaction;
  Saved out;
  out.operation = saved.operation;
  out.identity = saved.identity;
  out.mac_algorithm = saved.mac_algorithm;
  out.pvno = transaction.pvno;
  out.id = transaction.id;
  out.our_nonce = transaction.our_nonce;
  out.their_nonce = transaction.their_nonce;
  out.recipient = transaction.recipient;
  out.server_certificates = views_of(transaction.server_certificates);
  out.new_ids = transaction.new_ids;
  out.later = transaction.later;
  out.state = saved_of(transaction.state);
  return asn1::encode(out);
}

std::optional<SavedTransaction> decode_saved(Bytes octets) {
  const auto saved = asn1::decode<Saved>(octets);
  if (!saved || !is_possible(*saved)) return {};
  auto state = state_of(saved->state);
  if (!state) return {};
  SavedTransaction out;
  out.operation = static_cast<asn1::PKIBody::Type>(saved->operation);
  out.identity = copy_of(saved->identity);
  out.mac_algorithm = copy_of(saved->mac_algorithm);
  out.transaction = {std::move(*state),
                     saved->pvno,
                     copy_of(saved->id),
                     copy_of(saved->our_nonce),
                     copy_of(saved->their_nonce),
                     copy_of(saved->recipient),
                     octets_of(saved->server_certificates),
                     static_cast<unsigned>(saved->new_ids),
                     static_cast<unsigned>(saved->later)};
  return out;
}

}  // namespace cmpkit::cmp
