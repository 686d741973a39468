// Where do two values of one type differ first?
#pragma once

#include <optional>
#include <string>

#include "cmpkit/asn1/schema.h"

namespace cmpkit::asn1 {

struct Difference {
  std::string path;   // as in errors: `body.ir[0].certReq.certReqId`
  std::string left;   // what the first value has there, as text; `absent`, `3 elements`
  std::string right;  // what the second has
};

/// The first difference in the order of the octets; nothing where the values encode alike. Octets within octets are
/// compared as they are.
std::optional<Difference> compare(const Type& type, const void* left, const void* right);

template <class T>
std::optional<Difference> compare(const T& left, const T& right) {
  return compare(type_of<T>(), &left, &right);
}

}  // namespace cmpkit::asn1
