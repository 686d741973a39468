#include "tests/support/crafted.h"

#include "cmp/message/encode_message.h"
#include "cmp/possession/signature_possession.h"

namespace cmpkit::cmp::test {

Octets changed(Bytes octets, const Credential& credential, const World& world, const Edit& change) {
  auto message = asn1::decode<asn1::PKIMessage>(octets).value();
  change(message);
  const auto protector = make_protector(credential, world.environment(), {}).value();
  return encode_message(message.header, message.body, *protector, {}).value();
}

Octets changed_without_protection(Bytes octets, const Edit& change) {
  auto message = asn1::decode<asn1::PKIMessage>(octets).value();
  change(message);
  return asn1::encode(message);
}

void prove_again(asn1::PKIMessage& message, const Signer& key, Octets& storage) {
  auto& request = std::get<asn1::PKIBody::ir>(message.body.value).front();
  storage = prove_possession(request.certReq, key).value();
  request = asn1::decode<asn1::CertReqMsg>(storage).value();
}

}  // namespace cmpkit::cmp::test
