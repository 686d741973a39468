// What was validated against one set of anchors, remembered. Safe to use from several threads at once.
#pragma once

#include <mutex>
#include <vector>

#include "cmp/crypto/recent.h"
#include "cmp/trust/validated_issuer.h"

namespace cmpkit::cmp {

class KnownIssuers {
 public:
  /// The issuers that certificates with this issuer name were found under.
  std::vector<ValidatedIssuer::Pointer> named(Bytes name);
  void remember(Bytes name, ValidatedIssuer::Pointer issuer);

  /// The issuer under which this very certificate was valid as an end entity, or null.
  ValidatedIssuer::Pointer of(Bytes end_entity);
  void remember_end_entity(Bytes end_entity, ValidatedIssuer::Pointer issuer);

 private:
  static constexpr std::size_t most_of_one_name = 8;

  std::mutex mutex_;
  Recent<std::vector<ValidatedIssuer::Pointer>> by_name_{256};
  Recent<ValidatedIssuer::Pointer> by_end_entity_{4096};
};

}  // namespace cmpkit::cmp
