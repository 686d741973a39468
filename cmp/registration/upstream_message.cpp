#include "cmp/registration/upstream_message.h"

#include "cmp/message/fields.h"
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

void set_info(PKIHeader& header, asn1::Oid type, Octets value, asn1::Storage& storage) {
  auto& items = header.generalInfo ? *header.generalInfo : header.generalInfo.emplace();
  std::erase_if(items, [&](const asn1::InfoTypeAndValue& item) { return item.infoType == type; });
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
  if (alterations.original)
    set_info(header, asn1::id_it_origPKIMessage, asn1::encode(asn1::OrigPKIMessageValue{message}), storage);
  PKIBody body = message.body;
  alter_requests(body, alterations);
  return encode_message(header, body, protector, certificates_of(message));
}

CryptoResult<Octets> approve(const PKIMessage& message, Bytes recipient, const Protector& protector, Time now) {
  PKIHeader header = nested_header(message.header.pvno, recipient_of(message.header, recipient), now);
  header.transactionID = message.header.transactionID;
  header.senderNonce = message.header.senderNonce;
  PKIBody body;
  body.set<PKIBody::nested>().push_back(message);
  return encode_message(header, body, protector, {});
}

CryptoResult<Octets> bundle(std::span<const PKIMessage> messages, Bytes recipient, const Protector& protector,
                            const Environment& environment) {
  Octets id(nonce_size), nonce(nonce_size);
  environment.random.fill(id);
  environment.random.fill(nonce);
  PKIHeader header = nested_header(asn1::Pvno::cmp2000,
                                   asn1::GeneralName::of(recipient.empty() ? asn1::null_dn : asn1::Name{recipient}),
                                   environment.clock.now());
  header.transactionID = id;
  header.senderNonce = nonce;
  PKIBody body;
  body.set<PKIBody::nested>().assign(messages.begin(), messages.end());
  return encode_message(header, body, protector, {});
}

const PKIMessage& approved_in(const PKIMessage& message) {
  const auto* inside = message.body.get<PKIBody::nested>();
  return inside != nullptr && !inside->empty() ? inside->front() : message;
}

}  // namespace cmpkit::cmp
