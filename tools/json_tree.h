// A decoded value as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cmpkit/asn1/schema.h"

namespace cmpkit::tools {

/// A SEQUENCE is an object, a SEQUENCE OF or SET OF an array, a CHOICE an object with its one alternative, all else a
/// text. A value that should be something it is not is {"value": ..., "problem": ...}.
nlohmann::ordered_json json_tree(const asn1::Type& type, const void* object);

}  // namespace cmpkit::tools
