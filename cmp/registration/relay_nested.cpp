// Nested messages from subordinate RAs (RFC 9483 Section 5.2.2): what is approved is handled like a message that came
// alone; a batch is answered when the answers to all that is in it are there.
#include <algorithm>

#include "cmp/message/nested_message.h"
#include "cmp/registration/relay_engine.h"
#include "cmp/registration/ticket.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

Checked<OpenedNested> Relay::Engine::open(Received outer, Reply& reply) {
  auto content = open_nested(outer, reply);
  if (!content) return tl::unexpected(std::move(content.error()));
  auto from = authenticate(std::move(outer), reply);
  if (!from) return tl::unexpected(std::move(from.error()));
  if (!content->approves)
    if (auto refusal = check_time(*from, reply)) return tl::unexpected(std::move(*refusal));
  if (auto refusal = check_status(*from, reply)) return tl::unexpected(std::move(*refusal));
  if (const auto permission = permit_nested(*from, *content, reply); !permission)
    return tl::unexpected(permission.error());
  return OpenedNested{std::move(*content), std::move(*from)};
}

/// E-20: what is wrong with the nested message itself is told about it, and nothing in it is answered.
Relayed Relay::Engine::receive_nested(Received outer, Seat* above, Reply reply) {
  const asn1::PKIHeader header = outer.message.header;  // views into the request
  const auto opened = open(std::move(outer), reply);
  if (!opened) {
    if (reply.trail.checks().empty() || reply.trail.checks().back().passed)
      reply.trail.failed(*opened.error().rule, opened.error().field, opened.error().text);
    return {answer_error(header, nullptr, opened.error(), reply), {}, {}};
  }
  if (opened->content.approves) return receive(approved_message(opened->from, opened->content, reply));
  return receive_batch(opened->from, opened->content, above, std::move(reply));
}

/// each is handled as usual, whatever becomes of the others.
Relayed Relay::Engine::receive_batch(const Authenticated& from, const NestedContent& content, Seat* above,
                                     Reply reply) {
  constexpr std::chrono::seconds longest{3600};
  Relayed out;
  const auto batch = std::make_shared<OpenBatch>();
  batch->request = copy_of(from.received.octets);
  batch->answers.resize(content.messages.size());
  batch->missing = content.messages.size();
  batch->until = now() + longest;
  std::vector<std::pair<std::string, Seat>> seats;
  std::size_t answered = 0;
  for (std::size_t i = 0; i < content.messages.size(); ++i) {
    Seat seat{batch, i};
    Relayed one = receive(member(from, content.messages[i]), &seat);
    if (one.reply) batch->answers[i] = std::move(one.reply->octets);
    if (one.reply || one.forwards.empty()) {
      ++answered;
    } else if (seat.batch) {
      std::string& ticket = one.forwards.front().ticket;
      ticket = with_seat(ticket, ++seats_given_);
      seats.emplace_back(ticket, std::move(seat));
    }
    std::ranges::move(one.forwards, std::back_inserter(out.forwards));
  }
  const std::lock_guard lock(mutex_);
  batch->missing -= answered;
  if (batch->missing == 0)
    out.reply = answer_batch(*batch, std::move(reply));
  else if (above != nullptr)
    batch->above = std::exchange(*above, {});
  std::erase_if(open_seats_, [&](const auto& each) { return each.second.batch->until < now(); });
  open_seats_.insert(seats.begin(), seats.end());
  return out;
}

Reply Relay::Engine::answer_batch(const OpenBatch& batch, Reply reply) const {
  const auto request = decode_message(batch.request, configuration_.limits);
  const asn1::PKIHeader header = request ? request->header : asn1::PKIHeader{};
  std::vector<Octets> answers;
  for (const Octets& each : batch.answers)
    if (!each.empty()) answers.push_back(each);
  if (answers.empty())  // a nested message holds one at least
    return answer_error(header, nullptr, unavailable("upstream", "there is no answer to any of the batch"), reply);
  auto octets = encode_batch_answer(header, answers);
  if (!octets) return answer_error(header, nullptr, unavailable("protection", octets.error().text), reply);
  reply.octets = std::move(*octets);
  reply.request = reply.response = asn1::name_of(PKIBody::nested);
  return reply;
}

/// Where the message came in a batch its answer goes there, and the batch is answered with the last of them.
Relayed Relay::Engine::into_batch(std::string_view ticket, Relayed relayed) {
  const std::lock_guard lock(mutex_);
  const auto found = open_seats_.find(ticket);
  if (found == open_seats_.end()) return relayed;
  const Seat seat = found->second;
  open_seats_.erase(found);
  return take_seat(seat, std::move(relayed));
}

Relayed Relay::Engine::take_seat(const Seat& seat, Relayed relayed) {
  OpenBatch& batch = *seat.batch;
  Reply reply{};
  if (relayed.reply) {
    batch.answers[seat.index] = std::move(relayed.reply->octets);
    reply.trail = std::move(relayed.reply->trail);
    relayed.reply.reset();
  }
  if (--batch.missing > 0) return relayed;
  relayed.reply = answer_batch(batch, std::move(reply));
  return batch.above ? take_seat(*batch.above, std::move(relayed)) : relayed;
}

}  // namespace cmpkit::cmp
