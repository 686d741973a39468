// A value as a tree of text:
//
//   header
//     pvno: cmp2000 (2)
//     sender.directoryName: /CN=device 1
//     generalInfo[0]
//       infoType: id-it-implicitConfirm
//       infoValue: NULL
//   body.ir[0]
//     certReq
//       certReqId: 0
#pragma once

#include <string>

#include "cmpkit/asn1/schema.h"

namespace cmpkit::asn1 {

/// The tree, each line ended by a line feed. Octets are shortened to 32 and followed by their text where they are one;
/// no octets of the value can make it contain control characters.
std::string print(const Type& type, const void* object);

template <class T>
std::string print(const T& object) {
  return print(type_of<T>(), &object);
}

}  // namespace cmpkit::asn1
