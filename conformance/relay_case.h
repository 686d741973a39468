// A case about a registration authority, as data: what devices say to it and must hear, what the CA above it answers,
// and what must have come to that CA.
#pragma once

#include "conformance/case.h"

namespace cmpkit::conformance {

/// How an answer of the CA travels to the RA.
enum class Carriage : std::uint8_t {
  as_it_is,
  with_status_500,  // RFC 9811 Section 3.1: what comes with it is read
  html_500,
  html_404,
  html_200,
  empty_200,
  redirect,
  none,  // nothing comes until the case is over
};
std::string_view text_of(Carriage carriage);

/// What is not right with one answer of the CA.
struct Disturbance {
  std::size_t answer = 0;              // which one: the first, the second, ...; 0: all is right
  std::vector<const Change*> changes;  // to that answer
  Carriage carriage = Carriage::as_it_is;
};

struct RelayStep {
  Step step;
  std::size_t device = 0;       // which of the devices says it
  bool until_answered = false;  // a pollReq: again and again, until something else than a pollRep comes
};

using Types = std::vector<asn1::PKIBody::Type>;

struct RelayCase {
  std::vector<const cmp::Rule*> rules;
  std::string_view name;
  By by;
  std::vector<RelayStep> steps;
  Disturbance disturbance;
  std::optional<Types> forwarded;  // of what came to the CA, within nested messages or not; none: not looked at
  unsigned polls = 0;              // so many pollReps come from the CA first
  std::vector<std::string_view> needs;
};

const std::vector<RelayCase>& all_relay_cases();
std::vector<std::string_view> features_of(const RelayCase& wanted);

using RelayCases = std::vector<RelayCase>;
RelayCases forwarding_cases();
RelayCases refusing_cases();
RelayCases wrong_answer_cases();
RelayCases relay_batch_cases();

}  // namespace cmpkit::conformance
