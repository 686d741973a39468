// How much memory this process uses: what the sanitizer has handed out where there is one (it keeps freed memory for a
// while), else what is resident.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <fstream>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CMPKIT_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CMPKIT_TEST_SANITIZED
#endif
#endif

#ifdef CMPKIT_TEST_SANITIZED
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // NOLINT: the sanitizer's name
#endif

namespace cmpkit::test {

/// In octets.
inline std::size_t memory_in_use() {
#ifdef CMPKIT_TEST_SANITIZED
  return __sanitizer_get_current_allocated_bytes();
#else
  std::size_t all_pages = 0;
  std::size_t resident_pages = 0;
  std::ifstream("/proc/self/statm") >> all_pages >> resident_pages;
  return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
#endif
}

}  // namespace cmpkit::test
