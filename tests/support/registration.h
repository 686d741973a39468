// Registration authorities before the CA of a world (world.h).
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "tests/support/relay_driver.h"
#include "tests/support/world.h"

namespace cmpkit::cmp::test {

/// Key and certificate of an RA: by the world's CA, with id-kp-cmcRA.
Identity registration_authority(const World& world, const std::string& subject);

/// The reference of the secret that RAs share with the CA; World::secrets knows it.
inline constexpr const char* ra_reference = "ra-1";
SecretCredential ra_secret(World& world);

/// Who may do what at a CA behind RAs: they act for others. Devices may do what World::permissions() says, or, where
/// `approved`, only what an RA approved.
std::vector<Permission> permissions_behind_ra(bool approved);

/// An RA that accepts whom the world's CA accepts and sends everything to the upstream `ca`.
RelayConfiguration relay_configuration(const World& world, const Identity& identity, Forwarding forwarding,
                                       std::optional<Credential> upward);

/// A relay that may be replaced by a new one over the same store, as by a restart.
class RelayProcess {
 public:
  RelayProcess(Environment environment, RelayConfiguration configuration, RelayDriver::Exchange exchange);

  /// Only what is in the store is left. Messages that are being answered are answered by the old one.
  void restart();
  void restart(RelayConfiguration configuration);

  [[nodiscard]] Reply answer(Bytes message, std::string_view profile = {}) {
    return now()->driver.answer(message, profile);
  }
  std::size_t deliver_batches() { return now()->driver.deliver_batches(); }
  std::size_t deliver_what_is_under_way() { return now()->driver.deliver_what_is_under_way(); }
  [[nodiscard]] Relay& relay() { return *now()->relay; }

  std::shared_ptr<Store> store = memory_store();

 private:
  struct Running {
    std::unique_ptr<Relay> relay;
    RelayDriver driver;
  };
  std::shared_ptr<Running> now();

  Environment environment_;
  RelayConfiguration configuration_;
  RelayDriver::Exchange exchange_;
  std::mutex mutex_;
  std::shared_ptr<Running> running_;
};

}  // namespace cmpkit::cmp::test
