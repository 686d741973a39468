// Octets to values and back: strict DER (X.690), both ways.
//
// What decodes re-encodes to the same octets: decoding refuses everything that is not the one DER encoding of its
// value. No octets make it throw, recurse without bound or allocate more than Limits allow; the only allocations are
// those of SEQUENCE OF and SET OF.
#pragma once

#include "cmpkit/asn1/schema.h"

namespace cmpkit::asn1 {

/// Bounds on what decoding takes on. Exceeding one is an Error like any other.
struct Limits {
  std::size_t octets = 4U << 20U;  // of the whole input
  std::size_t elements = 10'000;   // of all SEQUENCE OF and SET OF together
  unsigned depth = 64;             // of nested values
};

/// Decodes one value of `type` that fills `der` into `object` (a default value of the type); a null `object` only
/// checks. Views in the object point into `der`. False: `error` says why, and the object is to be thrown away.
bool decode_into(const Type& type, void* object, Bytes der, const Limits& limits, Error& error);

/// The DER encoding of the object.
Octets encode(const Type& type, const void* object);

/// The same, with the identifier octet `tag` in place of the type's own (IMPLICIT tagging undone or done).
Octets encode_as(std::uint8_t tag, const Type& type, const void* object);

/// Decodes one T that fills `der`. Its views point into `der`, which must outlive it.
template <class T>
[[nodiscard]] Result<T> decode(Bytes der, const Limits& limits = {}) {
  Result<T> result;
  Error error;
  if (!decode_into(type_of<T>(), &*result, der, limits, error)) return tl::unexpected(error);
  return result;
}

template <class T>
[[nodiscard]] Octets encode(const T& value) {
  return encode(type_of<T>(), &value);
}

template <class T, bool deep>
Result<T> Encoded<T, deep>::decode() const {
  if (tlv.empty()) return T{};
  return asn1::decode<T>(tlv);
}

/// A decoded value together with the octets its views point into. Moves, does not copy.
template <class T>
class Owned {
 public:
  /// Takes the octets and decodes them.
  static Result<Owned> decode(Octets der, const Limits& limits = {}) {
    Owned owned(std::move(der));
    Error error;
    if (!decode_into(type_of<T>(), &owned.value_, owned.octets_, limits, error)) return tl::unexpected(error);
    return owned;
  }
  Owned(Owned&&) noexcept = default;
  Owned& operator=(Owned&&) noexcept = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() = default;

  [[nodiscard]] Bytes octets() const { return octets_; }
  const T& operator*() const { return value_; }
  const T* operator->() const { return &value_; }

 private:
  explicit Owned(Octets der) : octets_(std::move(der)) {}
  Octets octets_;
  T value_{};
};

}  // namespace cmpkit::asn1
