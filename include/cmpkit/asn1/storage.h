// Where the octets live that a value under construction points to.
#pragma once

#include <list>
#include <string>
#include <utility>

#include "cmpkit/octets.h"

namespace cmpkit::asn1 {

/// Keeps octets and texts alive for views into them. The views stay valid until the Storage is destroyed, also when it
/// is moved or more is kept.
class Storage {
 public:
  Storage() = default;
  Storage(Storage&&) noexcept = default;
  Storage& operator=(Storage&&) noexcept = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  ~Storage() = default;

  Bytes keep(Octets octets) { return octets_.emplace_back(std::move(octets)); }
  Bytes keep_copy(Bytes octets) { return keep(copy_of(octets)); }
  std::string_view keep(std::string_view text) { return text_of(keep(copy_of(bytes_of(text)))); }

 private:
  std::list<Octets> octets_;
};

}  // namespace cmpkit::asn1
