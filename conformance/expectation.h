// What must come back for a message, as data.
#pragma once

#include <initializer_list>

#include "conformance/exchange.h"

namespace cmpkit::conformance {

struct Expectation {
  enum class Body : std::uint8_t {
    any,
    response,  // of the type that the request asks for
    error,     // an error message
    response_or_error,
    error_or_nothing,  // an error message, or a transport that says no
    poll_response,     // pollRep
    polled,            // what the request polled for asks for
    confirmation,      // pkiConf
    http_refusal,      // a status of HTTP from 400 to 499
  };
  enum class Status : std::uint8_t { any, granted, rejection, waiting };

  Body body = Body::any;
  Status status = Status::any;
  std::uint64_t fail_info = 0;               // with rejection: exactly one of these bits; 0: whichever
  Fault (*also)(const Exchange&) = nullptr;  // what else must hold
};

constexpr std::uint64_t bits(std::initializer_list<cmp::FailInfo> all) {
  std::uint64_t out = 0;
  for (const cmp::FailInfo bit : all) out |= std::uint64_t{1} << bit;
  return out;
}

using FailInfos = std::initializer_list<cmp::FailInfo>;
using AlsoExpected = Fault (*)(const Exchange&);

/// The response asked for, positive: a certificate, a revocation, information.
constexpr Expectation granted(AlsoExpected also = nullptr) {
  return {Expectation::Body::response, Expectation::Status::granted, 0, also};
}
/// The response asked for, with rejection (E-10).
constexpr Expectation rejected(FailInfos one_of, AlsoExpected also = nullptr) {
  return {Expectation::Body::response, Expectation::Status::rejection, bits(one_of), also};
}
/// An error message (E-11).
constexpr Expectation error(FailInfos one_of, AlsoExpected also = nullptr) {
  return {Expectation::Body::error, Expectation::Status::rejection, bits(one_of), also};
}
/// Either of the two: where the RFCs leave it open.
constexpr Expectation refused(FailInfos one_of, AlsoExpected also = nullptr) {
  return {Expectation::Body::response_or_error, Expectation::Status::rejection, bits(one_of), also};
}
/// An error message, or just no CMP message (W-13).
constexpr Expectation not_understood(FailInfos one_of) {
  return {Expectation::Body::error_or_nothing, Expectation::Status::rejection, bits(one_of), nullptr};
}
/// ip, cp or kup for a certificate request, an error for all else (DL-01).
constexpr Expectation delayed() {
  return {Expectation::Body::response_or_error, Expectation::Status::waiting, 0, nullptr};
}
constexpr Expectation confirmed() { return {Expectation::Body::confirmation, Expectation::Status::any, 0, nullptr}; }
constexpr Expectation poll_again() { return {Expectation::Body::poll_response, Expectation::Status::any, 0, nullptr}; }
/// The positive response that was polled for.
constexpr Expectation granted_by_poll() {
  return {Expectation::Body::polled, Expectation::Status::granted, 0, nullptr};
}
/// Of a batch: a nested message. What must be in it stands with what the batch holds.
constexpr Expectation bundled() { return {Expectation::Body::response, Expectation::Status::any, 0, nullptr}; }
constexpr Expectation refused_by_http() { return {Expectation::Body::http_refusal, {}, 0, nullptr}; }
/// An answer of whatever kind.
constexpr Expectation answered() { return {}; }

/// What is wrong with what came back.
Fault judge(const Expectation& expectation, const Exchange& exchange);

/// `error with rejection and badRequest`
std::string text_of(const Expectation& expectation, asn1::PKIBody::Type request);

}  // namespace cmpkit::conformance
