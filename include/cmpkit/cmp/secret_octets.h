// Octets that are wiped when they go: private keys, keys that encrypt them, and what was decrypted.
#pragma once

#include <memory>
#include <vector>

#include "cmpkit/octets.h"

namespace cmpkit::cmp {

/// Overwrites the octets, whatever the compiler thinks of that.
void wipe(std::span<std::uint8_t> octets) noexcept;

/// Wipes memory before it gives it back.
template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class U>
  explicit WipingAllocator(const WipingAllocator<U>& /*other*/) {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    wipe({memory, count});
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) = default;
};

using SecretOctets = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

/// Takes over octets that turned out to be secret; the original is wiped.
inline SecretOctets into_secret(Octets octets) {
  SecretOctets secret(octets.begin(), octets.end());
  wipe(octets);
  return secret;
}

}  // namespace cmpkit::cmp
