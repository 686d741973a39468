#include "tests/support/scripted_server.h"

#include "cmp/message/encode_message.h"

namespace cmpkit::cmp::test {

using asn1::PKIBody;
using asn1::PKIMessage;

namespace {

constexpr std::uint8_t nonce[16] = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};

PKIMessage made(const PKIMessage& request, const PKIBody& body, const Edit& change) {
  PKIMessage out;
  out.header.pvno = request.header.pvno;
  out.header.recipient = request.header.sender;
  out.header.transactionID = request.header.transactionID;
  out.header.recipNonce = request.header.senderNonce;
  out.header.senderNonce = Bytes(nonce);
  out.body = body;
  if (change) change(out);
  return out;
}

}  // namespace

Octets ScriptedServer::answer(Bytes request, const PKIBody& body, const Edit& change) const {
  const auto decoded = asn1::decode<PKIMessage>(request).value();
  const PKIMessage out = made(decoded, body, change);
  const auto protector = make_protector(credential_, world_.environment(), {}).value();
  std::vector<Bytes> certificates;
  if (out.extraCerts)
    for (const auto& certificate : *out.extraCerts) certificates.push_back(certificate.tlv);
  return encode_message(out.header, out.body, *protector, certificates).value();
}

Octets ScriptedServer::unprotected(Bytes request, const PKIBody& body, const Edit& change) const {
  const auto decoded = asn1::decode<PKIMessage>(request).value();
  return asn1::encode(made(decoded, body, change));
}

PKIBody error_body(asn1::PKIStatus status, std::optional<asn1::PKIFailureInfo::Bit> bit) {
  PKIBody body;
  auto& info = body.set<PKIBody::error>().pKIStatusInfo;
  info.status = status;
  if (bit) info.failInfo.emplace().set(*bit);
  return body;
}

PKIBody poll_response(std::int64_t cert_req_id, std::int64_t check_after) {
  PKIBody body;
  body.set<PKIBody::pollRep>().push_back({cert_req_id, check_after, {}});
  return body;
}

PKIBody told(asn1::Oid type, Bytes value) {
  PKIBody body;
  auto& item = body.set<PKIBody::genp>().emplace_back();
  item.infoType = type;
  if (!value.empty()) item.infoValue = asn1::Any{value};
  return body;
}

PKIBody revoked(asn1::PKIStatus status) {
  PKIBody body;
  body.set<PKIBody::rp>().status.emplace_back().status = status;
  return body;
}

PKIMessage sent(const Output& output) { return asn1::decode<PKIMessage>(output.send.value()).value(); }

}  // namespace cmpkit::cmp::test
