// The shared secrets of a CA: those of ca.toml, read when it starts, and those that `cmpkit ca secret` puts into the
// store.
#pragma once

#include <map>
#include <string>

#include "cmpkit/cmp/responder.h"

namespace cmpkit::tools {

class StoreSecrets final : public cmp::SharedSecrets {
 public:
  /// The store has to outlive this.
  explicit StoreSecrets(cmp::Store& store) : store_(store) {}

  /// One of ca.toml; the reference `*` is for all that are found nowhere else. Not while others use this.
  void add(const std::string& reference, Octets secret) { configured_[reference] = std::move(secret); }

  [[nodiscard]] Known<Octets> find(Bytes reference) const override;
  [[nodiscard]] Known<std::string> why_not(Bytes reference, cmp::Time now) const override;

 private:
  std::map<std::string, Octets, std::less<>> configured_;
  cmp::Store& store_;
};

}  // namespace cmpkit::tools
