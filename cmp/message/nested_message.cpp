#include "cmp/message/nested_message.h"

#include "cmp/message/fields.h"
#include "cmpkit/asn1/body_type.h"
#include "cmpkit/asn1/table.h"

namespace cmpkit::cmp {

namespace {

constexpr std::uint8_t nested_tag = 0xA0 | asn1::PKIBody::nested;

/// A PKIMessage whose body is not read.
struct ClosedMessage {
  asn1::PKIHeader header;
  asn1::Any body;
  std::optional<asn1::PKIProtection> protection;
  std::optional<asn1::SequenceOf<asn1::CMPCertificate, 1>> extraCerts;
  static constexpr auto asn1 = asn1::sequence(asn1::field<&ClosedMessage::header>, asn1::field<&ClosedMessage::body>,
                                              asn1::field<&ClosedMessage::protection, asn1::explicit_tag<0>>,
                                              asn1::field<&ClosedMessage::extraCerts, asn1::explicit_tag<1>>);
};

/// The body of a nested message, whose messages are not read.
struct ClosedBody {
  std::variant<asn1::SequenceOf<asn1::Any, 1>> value;
  static constexpr auto asn1 = asn1::choice<&ClosedBody::value>(asn1::alt<0, asn1::explicit_tag<20>>);
};

}  // namespace

asn1::Result<asn1::PKIMessage> decode_message(Bytes message, const asn1::Limits& limits) {
  if (asn1::body_type(message) != asn1::PKIBody::nested) return asn1::decode<asn1::PKIMessage>(message, limits);
  auto closed = asn1::decode<ClosedMessage>(message, limits);
  if (!closed) return tl::unexpected(closed.error());
  asn1::PKIMessage out;
  out.header = std::move(closed->header);
  out.body.set<asn1::PKIBody::nested>();
  out.body.octets = closed->body.tlv;
  out.protection = closed->protection;
  out.extraCerts = std::move(closed->extraCerts);
  return out;
}

asn1::Result<std::vector<Bytes>> messages_in(const asn1::PKIMessage& nested, const asn1::Limits& limits) {
  const auto body = asn1::decode<ClosedBody>(nested.body.octets, limits);
  if (!body) return tl::unexpected(body.error());
  std::vector<Bytes> out;
  for (const asn1::Any& each : std::get<0>(body->value)) out.push_back(each.tlv);
  return out;
}

Octets nested_body(std::span<const Octets> messages) {
  std::size_t size = 0;
  for (const Octets& each : messages) size += each.size();
  Octets list;
  append_tlv_header(list, 0x30, size);
  for (const Octets& each : messages) list.insert(list.end(), each.begin(), each.end());
  Octets out;
  append_tlv_header(out, nested_tag, list.size());
  out.insert(out.end(), list.begin(), list.end());
  return out;
}

}  // namespace cmpkit::cmp
