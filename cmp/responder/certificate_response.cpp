// ir, cr, kur and p10cr: the authority decides, and ip, cp or kup tells (RFC 9483 Section 5.1.1).
#include "cmp/message/fields.h"
#include "cmp/responder/engine.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

/// The CertRepMessage of the body that answers a request of this type.
asn1::CertRepMessage& set_response(PKIBody& body, PKIBody::Type request) {
  switch (request) {
    case PKIBody::ir:
      return body.set<PKIBody::ip>();
    case PKIBody::kur:
      return body.set<PKIBody::kup>();
    default:
      return body.set<PKIBody::cp>();
  }
}

/// What certConf may omit later (P-06).
std::vector<Octets> certificates_of(const Authenticated& from) {
  std::vector<Octets> out;
  constexpr std::size_t most = 8;
  if (!from.sender.certificate || !from.received.message.extraCerts) return out;
  for (const auto& certificate : *from.received.message.extraCerts)
    if (out.size() < most) out.push_back(copy_of(certificate.tlv));
  return out;
}

}  // namespace

Reply& Responder::Engine::answer_request(const Authenticated& from, std::string_view profile, Reply& reply) {
  if (from.transaction() != nullptr)
    return answer_error(from.header(), &from, refused(rules::V_50, "header.transactionID", {}), reply);
  reply.trail.passed(rules::V_50, "header.transactionID");
  if (from.header().recipNonce)
    return answer_error(from.header(), &from, refused(rules::V_22, "header.recipNonce", {}), reply);
  reply.trail.passed(rules::V_22, "header.recipNonce");

  Authorised authorised;
  const RequestPolicy policy{configuration_, authority_, store_, environment_};
  if (auto refusal = authorise(from, profile, policy, authorised, reply.trail))
    return answer_rejection(from, authorised.cert_req_id, std::move(*refusal), reply);
  const Decision decision = authority_.issue(authorised.request, now());
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    reply.trail.failed(*refusal->rule, refusal->field, refusal->text);
    return answer_rejection(from, authorised.cert_req_id, *refusal, reply);
  }
  return answer_granted(from, authorised, std::get<Granted>(decision), reply);
}

Reply& Responder::Engine::answer_rejection(const Authenticated& from, std::int64_t cert_req_id, Refusal refusal,
                                           Reply& reply) {
  asn1::Storage storage;
  const asn1::PKIHeader header = answer_header(from.header(), storage);
  PKIBody body;
  auto& response = set_response(body, from.body().type()).response.emplace_back();
  response.certReqId = cert_req_id;
  response.status = rejection(refusal);
  auto octets = encode_answer(from, header, body, {});
  if (!octets)
    return answer_error(from.header(), &from, refused(rules::E_30, "protection", octets.error().text), reply);
  reply.response = name_of(body.type());
  reply.refusal = std::move(refusal);
  Change change;
  change.transaction = new_transaction(from, cert_req_id);
  return commit(from, std::move(change), std::move(*octets), reply);
}

Reply& Responder::Engine::answer_granted(const Authenticated& from, const Authorised& authorised,
                                         const Granted& granted, Reply& reply) {
  asn1::Storage storage;
  asn1::PKIHeader header = answer_header(from.header(), storage);
  const bool implicit = configuration_.grant_implicit_confirm && asks_implicit_confirm(from.header());
  const Time confirm_by = now() + configuration_.confirm_wait;
  auto& info = header.generalInfo.emplace().emplace_back();
  if (implicit) {  // H-81, RFC 9483 Section 4.1.1
    info = {asn1::id_it_implicitConfirm, asn1::Any{storage.keep(asn1::encode(asn1::Null{}))}};
  } else {  // H-82, RFC 9483 Section 4.1.1
    info = {asn1::id_it_confirmWaitTime, asn1::Any{storage.keep(asn1::encode(asn1::GeneralizedTime{confirm_by}))}};
  }

  PKIBody body;
  auto& content = set_response(body, from.body().type());
  auto& response = content.response.emplace_back();
  response.certReqId = authorised.cert_req_id;
  if (granted.modified) {
    response.status.status = asn1::PKIStatus::grantedWithMods;
    response.status.statusString.emplace().push_back({granted.note});
  }
  response.certifiedKeyPair.emplace().certOrEncCert.value = asn1::CMPCertificate{granted.certificate};
  if (body.type() == PKIBody::ip && !granted.ca_pubs.empty())  // R-13, RFC 9483 Section 4.1.1
    for (auto& pubs = content.caPubs.emplace(); const Octets& anchor : granted.ca_pubs) pubs.push_back({anchor});

  const std::vector<Bytes> chain(granted.chain.begin(), granted.chain.end());  // P-07, RFC 9483 Section 3.3
  auto octets = encode_answer(from, header, body, chain);
  if (!octets)
    return answer_error(from.header(), &from, refused(rules::E_30, "protection", octets.error().text), reply);
  reply.response = name_of(body.type());

  Change change;
  auto& transaction = change.transaction.emplace(new_transaction(from, authorised.cert_req_id));
  transaction.certificate = granted.certificate;
  transaction.sender_nonce = copy_of(*header.senderNonce);
  if (!implicit) {
    transaction.state = Transaction::State::awaiting_confirmation;
    transaction.deadline = confirm_by;
    transaction.sender_certificates = certificates_of(from);
  }
  change.certificate =
      with_status(transaction, implicit ? IssuedCertificate::Status::valid : IssuedCertificate::Status::unconfirmed);
  return commit(from, std::move(change), std::move(*octets), reply);
}

std::optional<IssuedCertificate> Responder::Engine::with_status(const Transaction& transaction,
                                                                IssuedCertificate::Status status) {
  const auto certificate = asn1::decode<asn1::Certificate>(transaction.certificate);
  if (!certificate) return {};
  const Octets public_key = asn1::encode(certificate->tbsCertificate.subjectPublicKeyInfo);
  const Bytes key[] = {public_key};
  IssuedCertificate out;
  out.serial = copy_of(certificate->tbsCertificate.serialNumber.octets);
  out.certificate = transaction.certificate;
  out.holder = transaction.sender;
  out.key_digest = environment_.crypto.hash(identifier_of(Digest::sha256), key).value_or(Octets{});
  out.status = status;
  out.status_since = now();
  return out;
}

}  // namespace cmpkit::cmp
