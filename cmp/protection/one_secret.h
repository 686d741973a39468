// The shared secret of one credential, to check answers by.
#pragma once

#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/server.h"

namespace cmpkit::cmp {

class OneSecret final : public SharedSecrets {
 public:
  explicit OneSecret(const SecretCredential& credential) : credential_(credential) {}
  Known<Octets> find(Bytes reference) const override {
    return same_octets(reference, credential_.reference) ? std::optional(credential_.secret) : std::nullopt;
  }

 private:
  SecretCredential credential_;
};

}  // namespace cmpkit::cmp
