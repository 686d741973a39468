// Messages within messages, from a subordinate RA: one that it approves by protection of its own, or a batch of any
// (RFC 9483 Section 5.2.2). The transactionID tells them apart.
#include "cmp/message/nested_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmp/message/checks.h"
#include "cmp/responder/permissions.h"
#include "cmp/responder/reception.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

constexpr std::string_view body_field = "body.nested";

/// What is approved by a nested message, be there further ones within. Nothing where it does not begin an operation, or
/// cannot be read.
std::optional<PKIBody::Type> approved_operation(Bytes octets, unsigned levels, const asn1::Limits& limits) {
  const auto message = decode_message(octets, limits);
  if (!message) return {};
  if (is_request(message->body.type())) return message->body.type();
  if (message->body.type() != PKIBody::nested || levels == 0) return {};
  const auto inner = messages_in(*message, limits);
  return inner && inner->size() == 1 ? approved_operation(inner->front(), levels - 1, limits) : std::nullopt;
}

bool same(const std::optional<asn1::OctetString>& a, const std::optional<asn1::OctetString>& b) {
  return a && b && same_octets(*a, *b);
}

/// a nested message that approves one has its transactionID and senderNonce, a batch has its own.
Checked<bool> is_approval(const asn1::PKIHeader& outer, std::span<const Bytes> messages) {
  const auto shares_id = [&](Bytes each) { return same(salvage_header(each).transactionID, outer.transactionID); };
  if (std::ranges::none_of(messages, shares_id)) return false;
  if (messages.size() > 1)
    return tl::unexpected(refused(rules::A_30, "header.transactionID",
                                  "a batch has the transactionID of a message in it",
                                  asn1::PKIFailureInfo::badRequest));
  if (!same(salvage_header(messages.front()).senderNonce, outer.senderNonce))
    return tl::unexpected(refused(rules::A_20, "header.senderNonce", "senderNonce is not that of the message inside",
                                  asn1::PKIFailureInfo::badSenderNonce));
  return true;
}

}  // namespace

Checked<NestedContent> Reception::open_nested(const Received& outer, Reply& reply) const {
  if (server_.max_nesting == 0)
    return tl::unexpected(refused(rules::V_04, "body", "nested messages are not answered here"));
  if (outer.nesting.depth >= server_.max_nesting)
    return tl::unexpected(
        refused(rules::A_36, body_field,
                fmt::format("at most {} nested messages may be within each other", server_.max_nesting)));
  reply.trail.passed(rules::A_36, body_field);
  if (auto refusal = check_message(outer.message, Stage::header, reply.trail))
    return tl::unexpected(std::move(*refusal));
  const auto by_mac = is_mac_protected(outer.message);
  if (!by_mac) return tl::unexpected(by_mac.error());
  if (*by_mac) return tl::unexpected(refused(rules::A_23, "header.protectionAlg", "it is protected by a MAC"));
  reply.trail.passed(rules::A_23, "header.protectionAlg");

  auto messages = messages_in(outer.message, server_.limits);
  if (!messages) return tl::unexpected(refused(rules::V_01, body_field, messages.error().text()));
  if (messages->size() > server_.max_batch)
    return tl::unexpected(
        refused(rules::A_37, body_field,
                fmt::format("{} messages are in it, at most {} may be", messages->size(), server_.max_batch)));
  const auto approves = is_approval(outer.message.header, *messages);
  if (!approves) return tl::unexpected(approves.error());
  if (!*approves && outer.nesting.approves())
    return tl::unexpected(
        refused(rules::A_34, body_field, "a batch cannot be approved as a whole", asn1::PKIFailureInfo::badRequest));
  reply.trail.passed(rules::A_37, body_field);
  NestedContent content{std::move(*messages), *approves, {}};
  if (content.approves)
    content.operation = approved_operation(content.messages.front(), server_.max_nesting, server_.limits);
  return content;
}

Checked<const Permission*> Reception::permit_nested(const Authenticated& from, const NestedContent& content,
                                                    Reply& reply) const {
  const auto* permission = find_approver(server_.permissions, from, content.operation);
  if (permission == nullptr)
    return tl::unexpected(
        content.approves ? refused(rules::A_21, "header.sender",
                                   fmt::format("this credential may not approve {} of others",
                                               content.operation ? asn1::name_of(*content.operation) : "messages"))
                         : refused(rules::V_37, "header.sender", "this credential may not send messages of others"));
  reply.trail.passed(content.approves ? rules::A_21 : rules::V_37, "header.sender");
  return permission;
}

Checked<Delayed> Reception::delayed_request(const Transaction& transaction, const Open& open) const {
  Reply reply{};
  Arrived arrived{transaction.delayed_request, transaction.profile};
  while (true) {
    auto message = decode_message(arrived.octets, server_.limits);
    if (!message) return tl::unexpected(unavailable("store", message.error().text()));
    if (message->body.type() != PKIBody::nested) return Delayed{std::move(*message), arrived.nesting.approves()};
    auto opened = open({std::move(arrived), std::move(*message), {}, {}}, reply);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    arrived = approved_message(opened->from, opened->content, reply);
  }
}

Arrived Reception::member(const Authenticated& from, Bytes message) {
  return {message, from.received.profile, 0, {from.received.nesting.depth + 1, {}, {}, {}}};
}

Arrived Reception::approved_message(const Authenticated& from, const NestedContent& content, const Reply& reply) {
  const Nesting& outer = from.received.nesting;
  const Bytes whole = outer.approves() ? outer.whole : from.received.octets;
  return {content.messages.front(), from.received.profile, 0, {outer.depth + 1, whole, reply.requester, reply.trail}};
}

CryptoResult<Octets> Reception::encode_batch_answer(const asn1::PKIHeader& request,
                                                    std::span<const Octets> answers) const {
  asn1::Storage storage;
  return encode_message(answer_header(request, storage), Bytes(nested_body(answers)), *signature_protector_, {});
}

}  // namespace cmpkit::cmp
