#include "conformance/expectation.h"

#include <fmt/format.h>

#include <bit>

namespace cmpkit::conformance {
namespace {

using asn1::PKIBody;
using asn1::PKIStatus;
using Body = Expectation::Body;
using Status = Expectation::Status;

bool allows(Body expected, PKIBody::Type type, PKIBody::Type request) {
  const bool is_response = type == response_type(request);
  const bool is_error = type == PKIBody::error;
  switch (expected) {
    case Body::any:
      return true;
    case Body::response:
      return is_response;
    case Body::error:
    case Body::error_or_nothing:
      return is_error;
    case Body::response_or_error:
      return is_response || is_error;
    case Body::poll_response:
      return type == PKIBody::pollRep;
    case Body::polled:
      return type != PKIBody::pollRep && type != PKIBody::error;
    case Body::confirmation:
      return type == PKIBody::pkiconf;
    case Body::http_refusal:
      return false;  // judged before
  }
  return false;
}

bool allows(Status expected, PKIStatus status) {
  switch (expected) {
    case Status::any:
      return true;
    case Status::granted:
      return status == PKIStatus::accepted || status == PKIStatus::grantedWithMods;
    case Status::rejection:
      return status == PKIStatus::rejection;
    case Status::waiting:
      return status == PKIStatus::waiting;
  }
  return false;
}

Fault judge_status(const Expectation& expectation, const asn1::PKIStatusInfo& info) {
  if (!allows(expectation.status, info.status)) return "another status";
  if (expectation.fail_info == 0) return {};
  if (!info.failInfo) return "no failInfo";
  const bool one = std::popcount(info.failInfo->bits) == 1 && (info.failInfo->bits & expectation.fail_info) != 0;
  return one ? Fault{} : "another failInfo";
}

std::string_view body_text(Body body, PKIBody::Type request) {
  switch (body) {
    case Body::any:
      return "an answer";
    case Body::error:
      return "error";
    case Body::error_or_nothing:
      return "error, or a status of HTTP alone,";
    case Body::poll_response:
      return "pollRep";
    case Body::polled:
      return "the response that was polled for";
    case Body::confirmation:
      return "pkiConf";
    case Body::http_refusal:
      return "an HTTP status from 400 to 499";
    default:
      return asn1::name_of(response_type(request));
  }
}

}  // namespace

Fault judge(const Expectation& expectation, const Exchange& exchange) {
  if (expectation.body == Body::http_refusal)
    return exchange.http_status >= 400 && exchange.http_status < 500
               ? Fault{}
               : "the HTTP status is " + std::to_string(exchange.http_status);
  if (exchange.reply == nullptr)
    return expectation.body == Body::error_or_nothing ? Fault{} : "no CMP message came back: " + exchange.trouble;
  if (!allows(expectation.body, exchange.body().type(), exchange.type)) return "another kind of message";
  if (const auto* info = status_of(exchange.body())) {
    if (Fault fault = judge_status(expectation, *info); !fault.empty()) return fault;
  }
  return expectation.also != nullptr ? expectation.also(exchange) : Fault{};
}

std::string text_of(const Expectation& expectation, PKIBody::Type request) {
  std::string out(body_text(expectation.body, request));
  if (expectation.body == Body::response_or_error) out += " or error";
  if (expectation.status == Status::granted && request != PKIBody::genm) out += " that grants";
  if (expectation.status == Status::waiting) out += " with waiting";
  if (expectation.status == Status::rejection) out += " with rejection";
  if (expectation.fail_info != 0) out += " and " + fail_info_text(expectation.fail_info, " or ");
  return out;
}

}  // namespace cmpkit::conformance
