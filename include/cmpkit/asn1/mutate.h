// Small random changes to a value, each of which leaves it encodable: what fuzzers and property tests feed on.
#pragma once

#include <functional>

#include "cmpkit/asn1/schema.h"
#include "cmpkit/asn1/storage.h"

namespace cmpkit::asn1 {

/// A number below n, which is at least 1. The only source of chance.
using Choose = std::function<std::size_t(std::size_t n)>;

/// Makes one change somewhere in the object, each place as likely as another: drops or adds an OPTIONAL, takes another
/// alternative, duplicates, removes or swaps elements, or replaces a leaf by one from a pool. Octets that encode a
/// value (certificates, names, known open types) are changed within as well. SIZE and range are kept, so the object
/// encodes to what decodes. What the object points to from now on is in `storage`.
void mutate(const Type& type, void* object, const Choose& choose, Storage& storage);

template <class T>
void mutate(T& object, const Choose& choose, Storage& storage) {
  mutate(type_of<T>(), &object, choose, storage);
}

}  // namespace cmpkit::asn1
