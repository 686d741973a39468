#include "conformance/talk.h"

#include <fmt/format.h>

#include "cmp/message/nested_message.h"
#include "cmpkit/asn1/body_type.h"

namespace cmpkit::conformance {

using asn1::PKIBody;

namespace {

/// The message among these of the same transaction.
Octets answer_to(const asn1::PKIMessage& message, const std::vector<Bytes>& answers) {
  for (const Bytes each : answers) {
    const auto answer = asn1::decode<asn1::PKIMessage>(each);
    const auto& id = message.header.transactionID;
    if (answer && id && answer->header.transactionID && same_octets(*answer->header.transactionID, *id))
      return copy_of(each);
  }
  return {};
}

/// The messages in a nested reply; none where it is another one.
std::vector<Bytes> answers_in(const Exchange& exchange) {
  if (exchange.reply == nullptr || exchange.body().type() != PKIBody::nested) return {};
  return cmp::messages_in(**exchange.reply, {}).value_or(std::vector<Bytes>{});
}

Posted answer_of_member(const Exchange& batch, const asn1::PKIMessage& message, const std::vector<Bytes>& answers) {
  Octets answer = answer_to(message, answers);
  if (answer.empty())
    return tl::unexpected(
        transport::TransportError{transport::TransportError::Kind::empty, "no answer to it in the nested message", 0});
  return transport::HttpReply{batch.http_status, {}, std::move(answer)};
}

std::string changes_text(const Step& step) {
  std::string out;
  for (const Change* change : step.changes)
    out += fmt::format("{} {}", change == step.changes.front() ? "" : ",", change->name);
  if (step.form != Form{})
    out += fmt::format(", by {} as {}{}{}", step.form.method, step.form.content_type,
                       step.form.path.empty() ? "" : " to ", step.form.path);
  return out;
}

}  // namespace

std::string text_of(const Step& step) {
  if (step.base == Base::repeat) return "the same again";
  std::string inside;
  for (const Step& each : step.inside) inside += (inside.empty() ? "" : "; ") + text_of(each);
  if (step.base == Base::approval) return fmt::format("{}, approved in a nested message{}", inside, changes_text(step));
  if (step.base == Base::batch) return fmt::format("a batch of [{}]{}", inside, changes_text(step));
  return std::string(asn1::name_of(type_of(step.base))) + changes_text(step);
}

Talk::Talk(const Peer& peer, cmp::Credential credential, cmp::SignatureCredential stranger)
    : peer_(peer),
      credential_(std::move(credential)),
      stranger_(std::move(stranger)),
      device_(peer, credential_, stranger_) {}

std::vector<Spoken> Talk::play(const Step& step) {
  if (step.base == Base::batch) return play_batch(step);
  if (step.base == Base::approval) return {play_approval(step)};
  return {{step, device_.say(step.base, step.changes, step.form)}};
}

tl::expected<Conversation*, std::string> Talk::authority() {
  if (!peer_.registration_authority) return tl::unexpected<std::string>("there is no credential of an RA");
  if (!authority_) authority_.emplace(peer_, *peer_.registration_authority, stranger_);
  return &*authority_;
}

/// the answer is to the message inside; an error is to the nested one where that is what was changed.
Spoken Talk::play_approval(const Step& step) {
  const Step& within = step.inside.front();
  const auto ra = authority();
  if (!ra) return {step, tl::unexpected(ra.error())};
  const auto inner = device_.compose(within.base, within.changes);
  if (!inner) return {step, tl::unexpected(inner.error())};
  const Draft* inside[] = {*inner};
  const auto outer = (*ra)->enclose(step.base, inside, step.changes);
  if (!outer) return {step, tl::unexpected(outer.error())};
  const Bytes sent = (*outer)->octets;
  Posted posted = peer_.post(step.form, sent);
  const bool refuses = !posted || asn1::body_type(posted->body).value_or(PKIBody::error) == PKIBody::error;
  const bool is_outer = refuses && !step.changes.empty();
  return {step,
          is_outer ? (*ra)->hear(**outer, sent, std::move(posted)) : device_.hear(**inner, sent, std::move(posted))};
}

std::vector<Spoken> Talk::play_batch(const Step& step) {
  const auto ra = authority();
  if (!ra) return {{step, tl::unexpected(ra.error())}};
  std::vector<Conversation*> devices;
  std::vector<Draft*> messages;
  for (const Step& each : step.inside) {
    devices.push_back(&others_.emplace_back(peer_, credential_, stranger_));
    const auto message = devices.back()->compose(each.base, each.changes);
    if (!message) return {{step, tl::unexpected(message.error())}};
    messages.push_back(*message);
  }
  const auto outer =
      (*ra)->enclose(step.base, std::vector<const Draft*>(messages.begin(), messages.end()), step.changes);
  if (!outer) return {{step, tl::unexpected(outer.error())}};
  const Exchange* heard = (*ra)->hear(**outer, (*outer)->octets, peer_.post(step.form, (*outer)->octets));
  std::vector<Spoken> out{{step, heard}};
  const auto answers = answers_in(*heard);
  for (std::size_t i = 0; i < messages.size() && !answers.empty(); ++i)
    out.push_back({step.inside[i], devices[i]->hear(*messages[i], messages[i]->octets,
                                                    answer_of_member(*heard, messages[i]->message, answers))});
  return out;
}

std::vector<const Exchange*> Talk::exchanges() const {
  std::vector<const Exchange*> out;
  const auto add = [&](const Conversation& conversation) {
    for (const Exchange& each : conversation.exchanges()) out.push_back(&each);
  };
  add(device_);
  if (authority_) add(*authority_);
  for (const Conversation& each : others_) add(each);
  return out;
}

}  // namespace cmpkit::conformance
