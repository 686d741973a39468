// The rules of the RFCs, each with its id. Refusals, decision trails, `cmpkit inspect` and the conformance suite all
// name them.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::cmp {

using FailInfo = asn1::PKIFailureInfo::Bit;

/// Whom a rule binds: the end entity, whoever answers it (a CA, or an RA in its place), both, or an RA in what only it
/// does.
enum class Who { ee, server, all, ra };

/// How strongly, as the RFC says; `rule` where it says so without a key word, or where we add the rule.
enum class Level { must, should, may, rule };

/// One testable rule. All members are static.
struct Rule {
  std::string_view id;  // `V-10`
  Who who;
  Level level;
  std::string_view reference;         // `RFC 9483 Section 3.5`
  std::string_view text;              // what must hold, in one sentence
  std::optional<FailInfo> fail_info;  // what a refusal for it carries, where the RFC (or we) name one
};

namespace rules {
#define CMPKIT_RULE(name, id, who, level, reference, text, fail_info) extern const Rule name;
#include "cmpkit/cmp/rules.def"
#undef CMPKIT_RULE
}  // namespace rules

/// All of them, in the order of rules.def.
std::span<const Rule* const> all_rules();

}  // namespace cmpkit::cmp
