// Values that a leaf may be replaced by: the ends of ranges, the forbidden-looking, the ordinary.
#pragma once

#include "cmpkit/asn1/mutate.h"

namespace cmpkit::asn1 {

/// Replaces the leaf by one of the pool of its kind. The field, where there is one, gives the range to keep.
void replace_leaf(const Type& type, void* slot, const Field* field, const Choose& choose);

}  // namespace cmpkit::asn1
