// The keys and certificates of every run: made from constants, so that a run is the same in every process.
#pragma once

#include <memory>
#include <vector>

#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/crypto.h"
#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/trust.h"

namespace cmpkit::simulation {

/// Time stands still until a run moves it.
class SimulatedClock final : public cmp::Clock {
 public:
  [[nodiscard]] cmp::Time now() const override { return now_; }
  void move_to(cmp::Time time) { now_ = time; }

 private:
  cmp::Time now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
};

struct Pki {
  Pki();
  std::shared_ptr<const cmp::Signer> ca_key, cmp_key;
  Octets ca, cmp_signer;
  std::unique_ptr<cmp::TrustStore> trust;
  std::vector<cmp::SignatureCredential> registration_authorities;  // the one that devices talk to first
  std::vector<std::shared_ptr<const cmp::Signer>> device_keys;
};

}  // namespace cmpkit::simulation
