// A CA of the engine's tests on a store that may fail.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/cmp/support/caller.h"

namespace cmpkit::test {

struct StoredWorld : cmp::test::World {
  /// An error fails the test.
  explicit StoredWorld(tl::expected<std::unique_ptr<cmp::Store>, cmp::StoreError> opened);
};

/// Whether what came back is no error. An error has to be systemUnavail, and does not tell the client its `cause`.
bool is_answered(const cmp::test::Caller& caller, std::string& cause);

/// One enrolment; the certificate where it was confirmed, else nothing.
std::optional<Octets> enrol(StoredWorld& world, std::string& cause);

/// These certificates are valid, and the audit log is whole.
void check_all_there(StoredWorld& world, const std::vector<Octets>& confirmed);

}  // namespace cmpkit::test
