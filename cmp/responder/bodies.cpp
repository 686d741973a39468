#include "cmp/responder/bodies.h"

#include <algorithm>

#include "cmp/responder/reception.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

/// The certReqIds by which a client polls for the answer to this request (DL-03): those of its own requests, or -1 for
/// the message as a whole. For a p10cr 0 is taken like -1 (D-5).
bool may_poll_with(std::int64_t id, const PKIBody& request) {
  if (!is_certificate_request(request.type())) return id == -1;
  if (request.type() == PKIBody::p10cr) return id == -1 || id == 0;
  for (std::size_t i = 0; i < request_count(request); ++i)
    if (request_id(request, i) == id) return true;
  return false;
}

}  // namespace

std::optional<Refusal> check_poll(const PKIBody& poll, const PKIBody& request) {
  constexpr std::string_view field = "body.pollReq.certReqId";
  const auto& content = *poll.get<PKIBody::pollReq>();
  if (content.empty()) return refused(rules::DL_03, field, "the pollReq names no request");
  for (const auto& each : content)
    if (!may_poll_with(each.certReqId, request))
      return refused(rules::DL_03, field, "the pollReq names a request that is not delayed here");
  return {};
}

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

std::size_t request_count(const PKIBody& body) {
  return body.type() == PKIBody::p10cr ? 1 : body.cert_requests()->size();
}

std::int64_t request_id(const PKIBody& body, std::size_t index) {
  return body.type() == PKIBody::p10cr ? -1 : (*body.cert_requests())[index].certReq.certReqId;
}

/// The body as a whole is refused: each of its requests is (E-10).
Response all_rejected(const PKIBody& body, const Refusal& refusal) {
  Response answer;
  auto& responses = set_response(answer.body, body.type()).response;
  const std::size_t count = request_count(body);
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
    auto& response = responses.emplace_back();
    response.certReqId = count == 0 ? 0 : request_id(body, i);
    response.status = rejection(refusal, answer.storage);
  }
  answer.refusal = refusal;
  return answer;
}

Response error_answer(Refusal refusal) {
  Response answer;
  answer.body.set<PKIBody::error>().pKIStatusInfo = rejection(refusal, answer.storage);
  answer.refusal = std::move(refusal);
  return answer;
}

PKIBody waiting_body(const PKIBody& request, const Waiting& waiting, asn1::Storage& storage) {
  PKIBody body;
  if (!is_certificate_request(request.type())) {
    body.set<PKIBody::error>().pKIStatusInfo = waiting_status(waiting, storage);
    return body;
  }
  auto& responses = set_response(body, request.type()).response;
  for (std::size_t i = 0; i < request_count(request); ++i) {
    auto& response = responses.emplace_back();
    response.certReqId = request_id(request, i);
    response.status = waiting_status(waiting, storage);
  }
  return body;
}

PKIBody poll_response(const PKIBody& poll, const Waiting& waiting, asn1::Storage& storage) {
  PKIBody body;
  auto& content = body.set<PKIBody::pollRep>();
  for (const auto& asked : *poll.get<PKIBody::pollReq>()) {
    auto& response = content.emplace_back();
    response.certReqId = asked.certReqId;
    response.checkAfter = std::max<std::int64_t>(waiting.check_after.count(), 0);
    if (!waiting.reason.empty()) response.reason.emplace().push_back({storage.keep(std::string_view(waiting.reason))});
  }
  return body;
}

}  // namespace cmpkit::cmp
