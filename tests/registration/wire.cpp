#include "tests/registration/wire.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp::test {

using asn1::PKIBody;
using asn1::PKIMessage;

namespace {

PKIMessage decoded(Bytes octets) {
  auto message = asn1::decode<PKIMessage>(octets);
  REQUIRE(message);
  return std::move(*message);
}

bool is_mac(const PKIMessage& message) {
  REQUIRE(message.header.protectionAlg);
  const auto& algorithm = message.header.protectionAlg->algorithm;
  return algorithm == asn1::id_PasswordBasedMac || algorithm == asn1::id_PBMAC1;
}

std::vector<Octets> certificates_in(const PKIMessage& message) {
  std::vector<Octets> out;
  if (message.extraCerts)
    for (const auto& each : *message.extraCerts) out.push_back(copy_of(each.tlv));
  return out;
}

bool contains(const std::vector<Octets>& all, const Octets& one) { return std::ranges::find(all, one) != all.end(); }

void check_same_ids(const PKIMessage& a, const PKIMessage& b) {
  CHECK(same_octets(*a.header.transactionID, *b.header.transactionID));
  CHECK(same_octets(*a.header.senderNonce, *b.header.senderNonce));
  REQUIRE(a.header.recipNonce.has_value() == b.header.recipNonce.has_value());
  if (a.header.recipNonce) CHECK(same_octets(*a.header.recipNonce, *b.header.recipNonce));
}

/// header, body and protection.
void check_unchanged(const PKIMessage& a, const PKIMessage& b) {
  CHECK(asn1::encode(a.header) == asn1::encode(b.header));
  CHECK(asn1::encode(a.body) == asn1::encode(b.body));
  REQUIRE(a.protection.has_value() == b.protection.has_value());
  if (a.protection) CHECK(same_octets(a.protection->octets, b.protection->octets));
}

void check_added(const HttpEntity::Exchange& down, const PKIMessage& request, const HttpEntity::Exchange& up,
                 const PKIMessage& forwarded, const Way& way) {
  const auto& inside = *forwarded.body.get<PKIBody::nested>();
  REQUIRE(inside.size() == 1);
  check_unchanged(decoded(asn1::encode(inside.front())), request);
  CHECK(same_octets(*forwarded.header.transactionID, *request.header.transactionID));
  CHECK(same_octets(*forwarded.header.senderNonce, *request.header.senderNonce));
  CHECK_FALSE(is_mac(forwarded));
  CHECK(certificates_in(forwarded).front() == way.ra_certificate);  // A-37, P-06
  CHECK(up.endpoint.operation != transport::Operation::nested);
  check_unchanged(decoded(up.answer), decoded(down.answer));
}

void check_replaced(const PKIMessage& request, const PKIMessage& forwarded, const PKIMessage& got,
                    const PKIMessage& answer, const Way& way) {
  check_same_ids(request, forwarded);
  check_same_ids(got, answer);
  CHECK(is_mac(forwarded) == (way.upward == Upward::by_secret));
  CHECK(is_mac(got) == is_mac(forwarded));
  const auto certificates = certificates_in(answer);
  if (!is_mac(forwarded)) CHECK(certificates_in(forwarded).front() == way.ra_certificate);
  if (!is_mac(answer)) CHECK(certificates.front() == way.ra_certificate);
  CHECK(answer.body.type() == got.body.type());
  const auto* responses = answer.body.cert_responses();
  const bool grants =
      responses != nullptr && !responses->response.empty() && responses->response.front().certifiedKeyPair;
  if (is_mac(got) || (is_mac(answer) && !grants)) return;  // P-11
  const auto from_ca = certificates_in(got);
  for (std::size_t i = 1; i < from_ca.size(); ++i)  // all but the CA's own, which protected its answer
    CHECK(contains(certificates, from_ca[i]));
}

}  // namespace

void check_answer(Bytes request_octets, Bytes answer_octets) {
  const PKIMessage request = decoded(request_octets), answer = decoded(answer_octets);
  CHECK(same_octets(*answer.header.transactionID, *request.header.transactionID));
  if (request.body.type() != PKIBody::pollReq || answer.body.type() == PKIBody::pollRep)  // else of what was polled for
    CHECK(same_octets(*answer.header.recipNonce, *request.header.senderNonce));
  CHECK(is_mac(answer) == is_mac(request));  // P-02
  if (is_mac(request)) CHECK(answer.header.protectionAlg->algorithm == request.header.protectionAlg->algorithm);
  auto certificates = certificates_in(answer);
  std::ranges::sort(certificates);
  CHECK(std::ranges::adjacent_find(certificates) == certificates.end());
}

void check_exchange(const HttpEntity::Exchange& down, const HttpEntity::Exchange& up, const Way& way) {
  check_answer(down.request, down.answer);
  const PKIMessage request = decoded(down.request), forwarded = decoded(up.request);
  const PKIMessage got = decoded(up.answer), answer = decoded(down.answer);
  if (forwarded.body.type() == PKIBody::nested) return check_added(down, request, up, forwarded, way);
  const bool replaced = way.upward == Upward::by_signature || way.upward == Upward::by_secret;
  if (replaced && forwarded.header.protectionAlg && !same_octets(up.request, down.request))
    return check_replaced(request, forwarded, got, answer, way);
  check_unchanged(request, forwarded);
  check_unchanged(got, answer);
}

}  // namespace cmpkit::cmp::test
