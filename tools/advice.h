// From what went wrong to the next step a person can take.
#pragma once

#include <optional>
#include <string_view>

#include "cmpkit/cmp/rule.h"
#include "cmpkit/transport/error.h"

namespace cmpkit::tools {

/// Where a failure lies. People cannot tell these apart from a bare "failed".
enum class Fault {
  transport,   // the octets did not get there, or did not come back
  protection,  // one side could not verify the other
  request,     // the server understood us and refuses
  answer,      // the server's answer breaks a rule
};

/// `transport`, `protection`, `request`, `answer`.
std::string_view name_of(Fault fault);

struct Advice {
  Fault fault;
  std::string_view next_step;  // static
};

/// After a failed transfer.
Advice advice_on(transport::TransportError::Kind kind);

/// After a refusal by the server with this failInfo, where it gave one.
Advice advice_on(std::optional<cmp::FailInfo> fail_info, bool by_secret);

/// After our refusal of the server's answer by this rule.
Advice advice_on(const cmp::Rule& rule, bool by_secret);

}  // namespace cmpkit::tools
