// Which requests a policy is about.
#pragma once

#include <algorithm>

#include "cmpkit/cmp/policy.h"

namespace cmpkit::cmp {

/// One of these permissions lets it ask; none given: any does.
inline bool is_permitted_by(const PolicyQuestion& question, const std::vector<std::string>& permissions) {
  return permissions.empty() || std::ranges::find(permissions, question.permission->name) != permissions.end();
}

/// A request for a first certificate, or for another one beside it: all but a key update.
inline bool is_enrolment(asn1::PKIBody::Type type) {
  return type == asn1::PKIBody::ir || type == asn1::PKIBody::cr || type == asn1::PKIBody::p10cr;
}

}  // namespace cmpkit::cmp
