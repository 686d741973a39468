// The rules of the RFCs that the engine enforces, each with its id. Refusals, decision trails, `cmpkit inspect` and the
// tests all name them.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::cmp {

using FailInfo = asn1::PKIFailureInfo::Bit;

/// One testable rule. All members are static.
struct Rule {
  std::string_view id;                // `V-10`
  std::string_view reference;         // `RFC 9483 Section 3.5`
  std::string_view text;              // what must hold, in one sentence
  std::optional<FailInfo> fail_info;  // what a refusal for it carries, where the RFC (or we) name one
};

namespace rules {
#define CMPKIT_RULE(name, id, reference, text, fail_info) extern const Rule name;
#include "cmpkit/cmp/rules.def"
#undef CMPKIT_RULE
}  // namespace rules

/// All of them, in the order of rules.def.
std::span<const Rule* const> all_rules();

}  // namespace cmpkit::cmp
