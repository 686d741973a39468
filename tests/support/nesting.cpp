#include "tests/support/nesting.h"

#include "cmp/message/encode_message.h"
#include "cmp/message/nested_message.h"
#include "cmpkit/asn1/oids.h"
#include "tests/support/certificate_builder.h"

namespace cmpkit::cmp::test {

using asn1::PKIBody;
using asn1::PKIMessage;

namespace {

Octets nested(const World& world, const Credential& ra, const std::vector<Octets>& messages, Bytes transaction_id,
              Bytes nonce, const Edit& change) {
  PKIMessage message;
  message.header.pvno = asn1::Pvno::cmp2000;
  message.header.recipient = asn1::GeneralName::of(asn1::null_dn);
  message.header.messageTime = asn1::GeneralizedTime{world.clock.now()};
  message.header.transactionID = transaction_id;
  message.header.senderNonce = nonce;
  if (change) change(message);
  const auto protector = make_protector(ra, world.environment(), {}).value();
  return encode_message(message.header, Bytes(nested_body(messages)), *protector, {}).value();
}

}  // namespace

SignatureCredential ra_credential(const World& world, const std::string& subject) {
  const auto ra = cmpkit::test::CertificateBuilder(subject)
                      .key(world.new_signer())
                      .purposes({asn1::id_kp_cmcRA})
                      .issued_by({world.vendor.certificate, world.vendor.signer});
  return {ra.signer, {ra.certificate}};
}

Permission ra_permission(std::set<PKIBody::Type> operations) {
  Permission out{.name = "RAs", .who = Permission::Who::registration_authority, .operations = std::move(operations)};
  out.subject.kind = SubjectRule::Kind::any;
  out.on_behalf = true;
  return out;
}

Octets approving(const World& world, const Credential& ra, const Octets& message, const Edit& change) {
  const auto inner = decode_message(message, {}).value();
  return nested(world, ra, {message}, *inner.header.transactionID, *inner.header.senderNonce, change);
}

Octets batch_of(const World& world, const Credential& ra, const std::vector<Octets>& messages, const Edit& change) {
  Octets transaction_id(16), nonce(16);
  system_random().fill(transaction_id);
  system_random().fill(nonce);
  return nested(world, ra, messages, transaction_id, nonce, change);
}

std::vector<Octets> messages_of(Bytes octets) {
  const auto message = decode_message(octets, {}).value();
  const auto messages = messages_in(message, {}).value();
  std::vector<Octets> out;
  for (const Bytes each : messages) out.push_back(copy_of(each));
  return out;
}

}  // namespace cmpkit::cmp::test
