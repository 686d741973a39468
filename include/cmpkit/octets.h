// Octets, owned and viewed: the two words every room shares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cmpkit {

/// A view of octets that somebody else owns.
using Bytes = std::span<const std::uint8_t>;

/// Octets that the holder owns.
using Octets = std::vector<std::uint8_t>;

/// The octets of a text. The view lives as long as the text's characters.
inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The text whose characters are these octets. The view lives as long as the octets.
inline std::string_view text_of(Bytes octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

/// True where both views show the same octets. Not for secrets: it stops at the first difference.
inline bool same_octets(Bytes a, Bytes b) { return text_of(a) == text_of(b); }

inline Octets copy_of(Bytes octets) { return {octets.begin(), octets.end()}; }

}  // namespace cmpkit
