// What devices say to an RA: words for the tables of cases.
#pragma once

#include "conformance/changes/answer.h"
#include "conformance/changes/protection.h"
#include "conformance/relay_case.h"

namespace cmpkit::conformance {

using asn1::PKIBody;
using Changes = std::vector<const Change*>;

inline RelayStep says(Base base, Expectation expectation, Changes changes = {}, std::size_t device = 0) {
  return {{base, std::move(changes), expectation}, device};
}
/// Until the answer to what was asked is there.
inline RelayStep polls(Expectation expectation = granted_by_poll(), std::size_t device = 0) {
  return {{Base::poll_req, {}, expectation}, device, true};
}

inline const Types nothing{};

}  // namespace cmpkit::conformance
