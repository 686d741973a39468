#include "cmp/registration/upstream_message.h"

#include "cmp/message/fields.h"
#include "cmp/message/nested_message.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIHeader;
using asn1::PKIMessage;

namespace {

constexpr std::size_t nonce_size = 16;  // H-60, H-70: 128 bits, RFC 9483 Section 3.1

asn1::GeneralName recipient_of(const PKIHeader& header, Bytes name) {
  return name.empty() ? header.recipient : asn1::GeneralName::of(asn1::Name{name});
}

bool is_self_signed(Bytes certificate) {
  const auto view = CertificateView::decode(certificate);
  return view && asn1::same_name(view->subject(), view->issuer());
}

/// P-08: all but roots, which nobody believes because they are there.
std::vector<Bytes> certificates_of(const PKIMessage& message) {
  std::vector<Bytes> out;
  if (!message.extraCerts) return out;
  for (const auto& certificate : *message.extraCerts)
    if (!is_self_signed(certificate.tlv)) out.push_back(certificate.tlv);
  return out;
}

void remove_info(PKIHeader& header, asn1::Oid type) {
  if (!header.generalInfo) return;
  std::erase_if(*header.generalInfo, [&](const asn1::InfoTypeAndValue& item) { return item.infoType == type; });
  if (header.generalInfo->empty()) header.generalInfo.reset();
}

void set_info(PKIHeader& header, asn1::Oid type, Octets value, asn1::Storage& storage) {
  remove_info(header, type);
  auto& items = header.generalInfo ? *header.generalInfo : header.generalInfo.emplace();
  items.push_back({type, asn1::Any{storage.keep(std::move(value))}});
}

/// A-44; the caller has verified possession.
void alter_requests(PKIBody& body, const Alterations& alterations) {
  const bool changed = alterations.subject || alterations.extensions;
  if (!changed && !alterations.ra_verified) return;
  asn1::CertReqMessages* requests = nullptr;
  if (body.type() == PKIBody::ir) requests = std::get_if<PKIBody::ir>(&body.value);
  if (body.type() == PKIBody::cr) requests = std::get_if<PKIBody::cr>(&body.value);
  if (requests == nullptr) return;
  for (asn1::CertReqMsg& request : *requests) {
    if (!request.popo) continue;  // a key is asked for, and nothing may be changed
    auto& wanted = request.certReq.certTemplate;
    if (alterations.subject) wanted.subject = asn1::Name{*alterations.subject};
    if (alterations.extensions) wanted.extensions = asn1::decode<asn1::Extensions>(*alterations.extensions).value();
    request.popo->value.emplace<asn1::ProofOfPossession::raVerified>();
  }
}

/// The header of a nested message: what is not said here is the protector's.
PKIHeader nested_header(asn1::Pvno pvno, asn1::GeneralName recipient, Time now) {
  PKIHeader header;
  header.pvno = pvno;
  header.recipient = recipient;
  header.messageTime = asn1::GeneralizedTime{now};
  return header;
}

}  // namespace

CryptoResult<Octets> replace_protection(const PKIMessage& message, const Alterations& alterations,
                                        const Protector& protector, Time now) {
  asn1::Storage storage;
  PKIHeader header = message.header;  // transactionID and nonces stay
  header.recipient = recipient_of(header, alterations.recipient);
  header.senderKID.reset();
  header.recipKID.reset();
  header.messageTime = asn1::GeneralizedTime{now};
  if (header.recipNonce && !alterations.recip_nonce.empty()) header.recipNonce = alterations.recip_nonce;
  if (!alterations.profile.empty())
    set_info(header, asn1::id_it_certProfile, asn1::encode(asn1::CertProfileValue{{alterations.profile}}), storage);
  if (!alterations.from_ra) remove_info(header, asn1::id_it_origPKIMessage);  // we would vouch for it
  if (alterations.original)
    set_info(header, asn1::id_it_origPKIMessage, asn1::encode(asn1::OrigPKIMessageValue{message}), storage);
  PKIBody body = message.body;
  alter_requests(body, alterations);
  return encode_message(header, body, protector, certificates_of(message));
}

CryptoResult<Octets> approve(const PKIHeader& header, Bytes message, Bytes recipient, const Protector& protector,
                             Time now) {
  PKIHeader outer = nested_header(header.pvno, recipient_of(header, recipient), now);
  outer.transactionID = header.transactionID;
  outer.senderNonce = header.senderNonce;
  const Octets inside[] = {copy_of(message)};
  return encode_message(outer, Bytes(nested_body(inside)), protector, {});
}

CryptoResult<Octets> bundle(std::span<const Octets> messages, Bytes transaction_id, Bytes recipient,
                            const Protector& protector, const Environment& environment) {
  const asn1::Name to = recipient.empty() ? asn1::null_dn : asn1::Name{recipient};
  PKIHeader header = nested_header(asn1::Pvno::cmp2000, asn1::GeneralName::of(to), environment.clock.now());
  const Octets nonce = random_identifier(environment.random);
  header.transactionID = transaction_id;
  header.senderNonce = nonce;
  return encode_message(header, Bytes(nested_body(messages)), protector, {});
}

asn1::Result<Bytes> innermost_octets(Bytes octets, const asn1::Limits& limits) {
  while (true) {
    const auto message = decode_message(octets, limits);
    if (!message) return tl::unexpected(message.error());
    if (message->body.type() != PKIBody::nested) return octets;
    const auto inside = messages_in(*message, limits);
    if (!inside) return tl::unexpected(inside.error());
    octets = inside->front();
  }
}

asn1::Result<PKIMessage> innermost(Bytes octets, const asn1::Limits& limits) {
  const auto inner = innermost_octets(octets, limits);
  return inner ? decode_message(*inner, limits) : tl::unexpected(inner.error());
}

Octets random_identifier(Random& random) {
  Octets out(nonce_size);
  random.fill(out);
  return out;
}

}  // namespace cmpkit::cmp
