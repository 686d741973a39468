// Files of tests/data.
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "cmpkit/octets.h"

namespace cmpkit::test {

/// The octets of a file, such as `openssl/ec-pbm-ir.der`.
inline Octets test_data(const std::string& name) {
  std::ifstream file(std::string(CMPKIT_TEST_DATA) + "/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no test data " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace cmpkit::test
