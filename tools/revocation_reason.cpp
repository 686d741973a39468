#include "tools/revocation_reason.h"

#include <algorithm>
#include <array>

namespace cmpkit::tools {
namespace {

using Reason = asn1::CRLReason;

struct ReasonName {
  std::string_view name;
  Reason::Value value;
};
constexpr std::array<ReasonName, 10> reasons{{{"unspecified", Reason::unspecified},
                                              {"keyCompromise", Reason::keyCompromise},
                                              {"cACompromise", Reason::cACompromise},
                                              {"affiliationChanged", Reason::affiliationChanged},
                                              {"superseded", Reason::superseded},
                                              {"cessationOfOperation", Reason::cessationOfOperation},
                                              {"certificateHold", Reason::certificateHold},
                                              {"removeFromCRL", Reason::removeFromCRL},
                                              {"privilegeWithdrawn", Reason::privilegeWithdrawn},
                                              {"aACompromise", Reason::aACompromise}}};

}  // namespace

std::optional<Reason::Value> reason_named(const std::string& text) {
  for (const ReasonName& reason : reasons)
    if (text == reason.name || text == std::to_string(static_cast<int>(reason.value))) return reason.value;
  return {};
}

std::string reason_name(Reason::Value reason) {
  const auto* it = std::ranges::find(reasons, reason, &ReasonName::value);
  return it == reasons.end() ? std::to_string(static_cast<int>(reason)) : std::string(it->name);
}

}  // namespace cmpkit::tools
