// Nested messages at a CA: what is approved is answered like a message that came alone, a batch by a batch of answers
// (RFC 9483 Sections 5.2.2.1 and 5.2.2.2).
#include "cmp/message/nested_message.h"
#include "cmp/responder/engine.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

Checked<OpenedNested> Responder::Engine::open(Received outer, Reply& reply) {
  auto content = open_nested(outer, reply);
  if (!content) return tl::unexpected(std::move(content.error()));
  auto from = identify(std::move(outer), reply);
  if (!from) return tl::unexpected(std::move(from.error()));
  auto refusal = content->approves ? std::nullopt : check_time(*from, reply);
  if (!refusal) refusal = check_status(*from, reply);
  if (!refusal) refusal = check_own_status(*from, PKIBody::nested, reply);
  if (refusal) return tl::unexpected(std::move(*refusal));
  if (const auto permission = permit_nested(*from, *content, reply); !permission)
    return tl::unexpected(permission.error());
  return OpenedNested{std::move(*content), std::move(*from)};
}

/// E-20: what is wrong with the nested message itself is told about it, and nothing in it is answered.
Reply& Responder::Engine::answer_nested(Received outer, Reply& reply) {
  const asn1::PKIHeader header = outer.message.header;  // views into the request
  auto opened = open(std::move(outer), reply);
  if (!opened) {
    if (reply.trail.checks().empty() || reply.trail.checks().back().passed)
      reply.trail.failed(*opened.error().rule, opened.error().field, opened.error().text);
    return answer_error(header, nullptr, std::move(opened.error()), reply);
  }
  if (opened->content.approves) return reply = respond(approved_message(opened->from, opened->content, reply));
  return answer_batch(*opened, reply);
}

/// A-32, RFC 9483 Section 5.2.2.2: each is handled as usual, whatever becomes of the others.
Reply& Responder::Engine::answer_batch(const OpenedNested& batch, Reply& reply) {
  std::vector<Octets> answers;
  for (const Bytes message : batch.content.messages)
    if (Octets answer = respond(member(batch.from, message)).octets; !answer.empty())
      answers.push_back(std::move(answer));
  auto octets = encode_batch_answer(batch.from.header(), answers);
  if (!octets) return answer_error(batch.from.header(), nullptr, unavailable("protection", octets.error().text), reply);
  reply.octets = std::move(*octets);
  reply.response = asn1::name_of(PKIBody::nested);
  return reply;
}

}  // namespace cmpkit::cmp
