#include "tests/cmp/support/caller.h"

#include <catch2/catch_test_macros.hpp>

#include "cmp/end_entity/request.h"
#include "cmp/message/cert_hash.h"
#include "cmp/message/encode_message.h"
#include "cmpkit/asn1/pkcs10.h"

namespace cmpkit::cmp::test {

using asn1::PKIBody;
using asn1::PKIMessage;

namespace {

Octets fresh_octets() {
  Octets out(16);
  system_random().fill(out);
  return out;
}

}  // namespace

Octets Caller::message(const PKIBody& body, const Edit& change) {
  if (transaction_id_.empty()) transaction_id_ = fresh_octets();
  our_nonce_ = fresh_octets();
  PKIMessage message;
  message.header.pvno = asn1::Pvno::cmp2000;
  message.header.recipient = asn1::GeneralName::of(asn1::null_dn);
  message.header.messageTime = asn1::GeneralizedTime{world_.clock.now()};
  message.header.transactionID = transaction_id_;
  message.header.senderNonce = our_nonce_;
  if (!their_nonce_.empty()) message.header.recipNonce = their_nonce_;
  message.body = body;
  if (change) change(message);
  const auto protector = make_protector(credential_, world_.environment(), {}).value();
  return encode_message(message.header, message.body, *protector, {}).value();
}

const PKIMessage& Caller::send(const PKIBody& body, const Edit& change) { return send_octets(message(body, change)); }

const PKIMessage& Caller::send_again() { return send_octets(sent_); }

const PKIMessage& Caller::send_octets(Octets message) {
  sent_ = std::move(message);
  reply = world_.responder->respond(sent_, profile);
  auto decoded = asn1::Owned<PKIMessage>::decode(reply.octets);
  REQUIRE(decoded);
  answer_ = std::move(*decoded);
  their_nonce_ = copy_of(answer().header.senderNonce.value());
  return answer();
}

void Caller::start_over() {
  transaction_id_.clear();
  their_nonce_.clear();
}

Device enrolled(World& world, std::string_view subject) {
  EnrollmentOptions options = world.options(world.secret_credential());
  options.subject = name(subject);
  Device device{options.new_key, {}};
  device.certificate = world.run(std::move(options)).certificate;
  REQUIRE_FALSE(device.certificate.empty());
  return device;
}

IssuedCertificate stored(const World& world, Bytes certificate) {
  const auto view = CertificateView::decode(certificate).value();
  return world.store->certificate(view.serial().octets).value().value();
}

Octets make_csr(const Signer& key, Bytes subject) {
  asn1::CertificationRequest csr;
  csr.certificationRequestInfo.subject = {subject};
  csr.certificationRequestInfo.subjectPKInfo = asn1::decode<asn1::SubjectPublicKeyInfo>(key.public_key()).value();
  const Octets info = asn1::encode(csr.certificationRequestInfo);
  const Bytes message[] = {info};
  const Octets signature = key.sign(message).value();
  csr.signatureAlgorithm = key.algorithm();
  csr.signature.octets = signature;
  return asn1::encode(csr);
}

EnrollmentBody::EnrollmentBody(const World& world, PKIBody::Type type, std::string_view subject)
    : key(world.new_signer()), options_(world.options(world.secret_credential())) {
  options_.type = type == PKIBody::kur ? PKIBody::cr : type;  // a kur differs in its protection only
  options_.subject = name(subject);
  options_.new_key = key;
  if (type == PKIBody::p10cr) options_.certification_request = make_csr(*key, options_.subject);
  body = make_request(options_, storage_).value();
  if (type == PKIBody::kur) {
    auto requests = *body.get<PKIBody::cr>();
    body.set<PKIBody::kur>() = std::move(requests);
  }
}

Bytes certificate_in(const PKIMessage& answer) {
  const auto& pair = answer.body.cert_responses()->response.front().certifiedKeyPair;
  REQUIRE(pair);
  return std::get<asn1::CMPCertificate>(pair->certOrEncCert.value).tlv;
}

PKIBody confirming(const PKIMessage& answer, asn1::Storage& storage) {
  PKIBody body;
  auto& content = body.set<PKIBody::certConf>();
  for (const auto& response : answer.body.cert_responses()->response) {
    if (!response.certifiedKeyPair) continue;
    const Bytes certificate = std::get<asn1::CMPCertificate>(response.certifiedKeyPair->certOrEncCert.value).tlv;
    auto& status = content.emplace_back();
    status.certHash = storage.keep(make_cert_hash(certificate, botan_crypto()).value().value);
    status.certReqId = response.certReqId;
  }
  return body;
}

const asn1::PKIStatusInfo& status_in(const PKIMessage& answer) {
  if (const auto* error = answer.body.get<PKIBody::error>()) return error->pKIStatusInfo;
  if (const auto* revocation = answer.body.get<PKIBody::rp>()) return revocation->status.front();
  REQUIRE(answer.body.cert_responses() != nullptr);
  return answer.body.cert_responses()->response.front().status;
}

void check_refused(const PKIMessage& answer, PKIBody::Type type, asn1::PKIFailureInfo::Bit bit, std::string_view rule) {
  REQUIRE(answer.body.type() == type);
  const auto& status = status_in(answer);
  REQUIRE(status.statusString);
  const std::string text(status.statusString->front().text);
  CAPTURE(text);
  CHECK(text.starts_with(rule));
  CHECK(status.status == asn1::PKIStatus::rejection);
  REQUIRE(status.failInfo);
  CHECK(status.failInfo->bits == asn1::PKIFailureInfo{}.set(bit).bits);
  CHECK(answer.protection.has_value());
}

}  // namespace cmpkit::cmp::test
