// What a client must make of an answer: words for the tables of cases.
#pragma once

#include "conformance/client_case.h"

namespace cmpkit::conformance {

using asn1::PKIBody;
using Ending = ClientExpectation::Ending;
using Types = std::vector<PKIBody::Type>;
using AlsoOfRun = Fault (*)(const ClientRun&);

inline ClientExpectation succeeds(Types sent = {}, AlsoOfRun also = nullptr) {
  return {Ending::success, nullptr, std::move(sent), also};
}
/// By this rule, and without a further word to the server (E-01, V-61).
inline ClientExpectation breaks(const cmp::Rule& rule, AlsoOfRun also = nullptr) {
  return {Ending::failure, &rule, {}, also};
}
/// Because the server says so.
inline ClientExpectation is_refused(Types sent = {}) { return {Ending::failure, nullptr, std::move(sent), nullptr}; }

inline Fault says_no_more(const ClientRun& run) {
  return run.sent.size() == run.answers && run.sent.back()->body.type() != PKIBody::error ? Fault{}
                                                                                          : "the client went on";
}

}  // namespace cmpkit::conformance
