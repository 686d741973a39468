// Short ways to refuse, for the files that check algorithms and keys.
#pragma once

#include <string>

#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

inline tl::unexpected<CryptoError> crypto_error(CryptoError::Kind kind, std::string text) {
  return tl::unexpected(CryptoError{kind, std::move(text)});
}
inline tl::unexpected<CryptoError> unknown_algorithm(std::string text) {
  return crypto_error(CryptoError::Kind::unknown_algorithm, std::move(text));
}
inline tl::unexpected<CryptoError> bad_parameters(std::string text) {
  return crypto_error(CryptoError::Kind::bad_parameters, std::move(text));
}
inline tl::unexpected<CryptoError> bad_key(std::string text) {
  return crypto_error(CryptoError::Kind::bad_key, std::move(text));
}
inline tl::unexpected<CryptoError> too_much_work(std::string text) {
  return crypto_error(CryptoError::Kind::too_much_work, std::move(text));
}

}  // namespace cmpkit::cmp
