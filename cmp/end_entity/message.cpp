// What the client sends, and the checks that every message it receives passes first (RFC 9483 Sections 3.1 and 3.5).
#include "cmp/end_entity/machine.h"
#include "cmp/message/cert_hash.h"
#include "cmp/message/checks.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

constexpr std::size_t nonce_size = 16;  // H-60, H-70: 128 bits, RFC 9483 Section 3.1

Octets random_octets(Random& random) {
  Octets out(nonce_size);
  random.fill(out);
  return out;
}

}  // namespace

asn1::PKIHeader Enrollment::Machine::next_header(asn1::Storage& storage) {
  if (transaction_id_.empty()) transaction_id_ = random_octets(environment_.random);
  our_nonce_ = random_octets(environment_.random);
  asn1::PKIHeader header;
  header.pvno = pvno_;
  header.recipient = asn1::decode<asn1::GeneralName>(storage.keep_copy(recipient_)).value();  // H-22
  header.messageTime = asn1::GeneralizedTime{environment_.clock.now()};
  header.transactionID = transaction_id_;
  header.senderNonce = our_nonce_;
  if (!their_nonce_.empty()) header.recipNonce = their_nonce_;  // H-71, H-72
  return header;
}

CryptoResult<Octets> Enrollment::Machine::encode(const asn1::PKIHeader& header, const PKIBody& body) const {
  return encode_message(header, body, *protector_, {});
}

Output Enrollment::Machine::send(const asn1::PKIHeader& header, const PKIBody& body) {
  auto octets = encode(header, body);
  if (!octets) return fail(rules::E_30, "protection", octets.error().text);
  Output out;
  out.send = std::move(*octets);
  return out;
}

/// certConf (C-01, C-02); `rejected` null: the certificate is accepted. P-04: protected as the request was.
Output Enrollment::Machine::send_confirmation(Outcome outcome, const Refusal* rejected) {
  const auto hash = make_cert_hash(outcome.certificate, environment_.crypto);
  if (!hash) return fail(rules::C_03, "body.certHash", hash.error().text);
  PKIBody body;
  auto& status = body.set<PKIBody::certConf>().emplace_back();
  status.certHash = hash->value;
  status.certReqId = options_.type == PKIBody::p10cr ? -1 : 0;
  auto& info = status.statusInfo.emplace();
  info.status = rejected != nullptr ? asn1::PKIStatus::rejection : asn1::PKIStatus::accepted;
  if (rejected != nullptr) {
    info.statusString.emplace().push_back({rejected->text});
    if (rejected->fail_info) info.failInfo.emplace().set(*rejected->fail_info);
  }
  if (hash->hash_alg) {  // C-04
    status.hashAlg = hash->hash_alg;
    pvno_ = asn1::Pvno::cmp2021;  // H-02
  }
  asn1::Storage storage;
  Output out = send(next_header(storage), body);
  if (out.send) state_ = AwaitingConfirmation{std::move(outcome)};
  return out;
}

bool Enrollment::Machine::answers_us(const asn1::PKIHeader& header) const {
  if (!header.recipNonce) return false;
  if (same_octets(*header.recipNonce, our_nonce_)) return true;
  const auto* waiting = std::get_if<AwaitingResponse>(&state_);  // V-21, RFC 9483 Section 3.5
  return waiting != nullptr && same_octets(*header.recipNonce, waiting->request_nonce);
}

std::optional<Refusal> Enrollment::Machine::check_received(const asn1::PKIMessage& message) {
  if (auto refusal = check_message(message, Stage::header, trail)) return refusal;
  const auto fail_check = [&](const Rule& rule, std::string_view field) {
    trail.failed(rule, field, std::string(rule.text));
    return refused(rule, field, {});
  };
  if (!same_octets(*message.header.transactionID, transaction_id_))
    return fail_check(rules::H_61, "header.transactionID");
  trail.passed(rules::H_61, "header.transactionID");
  if (!answers_us(message.header)) return fail_check(rules::V_20, "header.recipNonce");
  trail.passed(rules::V_20, "header.recipNonce");
  return message.protection ? check_protection(message) : std::nullopt;
}

std::optional<Refusal> Enrollment::Machine::check_protection(const asn1::PKIMessage& message) {
  const std::vector<Bytes> known(server_certificates_.begin(), server_certificates_.end());
  // P-02, V-31: of the kind of our request; an error may be signed where our secret was not recognised (E-13)
  const bool may_be_signed = !secret_ || message.body.type() == PKIBody::error;
  const Verification verification{environment_, may_be_signed ? options_.trust : nullptr, secret_.get(),
                                  options_.mac_limits, known};
  const auto sender = authenticate(message, verification, trail);
  if (!sender) return sender.error();
  if (message.extraCerts && server_certificates_.empty())
    for (const auto& certificate : *message.extraCerts) server_certificates_.push_back(copy_of(certificate.tlv));
  return {};
}

}  // namespace cmpkit::cmp
