// The wall that Botan's exceptions do not pass.
#pragma once

#include <exception>
#include <new>
#include <string_view>

#include "cmp/crypto/refusal.h"

namespace cmpkit::cmp {

/// Does `operation`, which gives a CryptoResult. What Botan throws becomes an error of this kind, with `what` before
/// Botan's words. Running out of memory stays an exception.
template <class Operation>
auto guarded(CryptoError::Kind kind, std::string_view what, Operation&& operation) -> decltype(operation()) {
  try {
    return operation();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    return crypto_error(kind, std::string(what) + ": " + e.what());
  }
}

}  // namespace cmpkit::cmp
