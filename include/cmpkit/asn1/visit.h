// Going through a value from top to bottom, into the certificates, extension values and other open types it carries.
// What prints a message, as text or JSON, is a Visitor.
#pragma once

#include "cmpkit/asn1/schema.h"

namespace cmpkit::asn1 {

/// A value that contains no other, or one that could not be looked into.
struct Leaf {
  const Type& type;
  std::string text;     // one line without control characters; named numbers and OIDs have their names
  Bytes octets;         // of an OCTET STRING, BIT STRING or unknown ANY, which `text` shows in hexadecimal; else empty
  std::string problem;  // why it could not be looked into: the octets are not DER of the type that they should have
};

/// What is told, in the order of the octets. Steps name the value within what contains it: by the name of the field or
/// alternative, or by its index in a list. An OPTIONAL that is absent is not told.
class Visitor {
 public:
  virtual ~Visitor() = default;
  /// A SEQUENCE, CHOICE, SEQUENCE OF or SET OF begins; a CHOICE contains one value, the alternative it is.
  virtual void enter(const Step& step, const Type& type) = 0;
  /// The one entered last ends.
  virtual void leave(const Type& type) = 0;
  virtual void leaf(const Step& step, const Leaf& leaf) = 0;
};

/// Tells the visitor of the object and all in it. Octets within octets are followed up to a fixed depth.
void visit(const Type& type, const void* object, Visitor& visitor);

template <class T>
void visit(const T& object, Visitor& visitor) {
  visit(type_of<T>(), &object, visitor);
}

}  // namespace cmpkit::asn1
