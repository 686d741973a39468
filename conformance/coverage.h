// Which of the rules the suite tests, and why it does not test the others.
#pragma once

#include <string>
#include <vector>

#include "cmpkit/cmp/rule.h"

namespace cmpkit::conformance {

struct Uncovered {
  const cmp::Rule* rule;
  std::string_view reason;  // empty: none was given, which is a mistake
};

struct Coverage {
  std::size_t ee_must = 0, ee_covered = 0;          // MUST rules that bind end entities; those with a case
  std::size_t server_must = 0, server_covered = 0;  // ... servers
  std::size_t ra_must = 0, ra_covered = 0;          // ... RAs in what only they do
  std::vector<Uncovered> uncovered;                 // MUST rules without a case
};

Coverage coverage();

/// `48 of 52 MUST rules for end entities, ... have a case`
std::string text_of(const Coverage& coverage);

/// True where a case of the suite, or a check of every message, is about the rule.
bool is_covered(const cmp::Rule& rule);

}  // namespace cmpkit::conformance
