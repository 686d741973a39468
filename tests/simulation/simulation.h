// Devices, an LRA and an RA if wanted, and a CA on a network that loses, repeats, delays and reorders what they say,
// while any of them may stop and go on from what it saved, and the CA's store fails (trouble.h). A seed decides all of
// it.
//
// What must hold, whatever happens:
//   - for each request at most one certificate is issued
//   - when an operation ends, both sides agree on what came of it, or the device knows that it does not know
//   - what a device holds as confirmed is stored as confirmed, and what it holds as revoked is on the next CRL
//   - after its deadlines no transaction and no unconfirmed certificate is left over
//   - the audit log is whole, and tells each certificate's issuing once
#pragma once

#include <iosfwd>
#include <map>
#include <optional>
#include <string>

#include "cmpkit/cmp/certificate_authority.h"
#include "cmpkit/cmp/operation.h"
#include "cmpkit/cmp/responder.h"
#include "tests/simulation/pki.h"
#include "tests/simulation/relay_node.h"
#include "tests/simulation/seeded_random.h"
#include "tests/simulation/trouble.h"

namespace cmpkit::simulation {

/// What the runs came to, to see that they reach what they are for.
struct Statistics {
  std::map<std::string, std::size_t> counts;  // `ir succeeded`, `kur unknown`, `restart of a device`, ...
};

class Simulation {
 public:
  /// `relays`: how many RAs there are between devices and CA, at most Pki::registration_authorities. `trace`: where to
  /// tell every event; may be null.
  Simulation(const Pki& pki, std::uint64_t seed, std::size_t relays, Statistics& statistics, std::ostream* trace);

  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Runs to the end. What did not hold; nothing where all did.
  std::optional<std::string> run();

  /// A digest of all that went over the network.
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  enum class Kind { ir, cr, kur, rr, genm };
  struct Identity {
    std::shared_ptr<const cmp::Signer> key;
    Octets certificate;
  };
  /// One operation of a device, from its first message to its end.
  struct Running {
    Kind kind{};
    std::shared_ptr<const cmp::Signer> key;  // the new one
    Octets certificate;                      // rr, kur: which
    std::unique_ptr<cmp::Operation> operation;
    unsigned exchange = 0;  // only answers to the latest are taken, as over HTTP
    unsigned resends = 0;
    bool implicit = false;
  };
  struct Device {
    std::string name;
    std::vector<Identity> identities;
    unsigned operations_left = 0;
    unsigned exchanges = 0;  // so far
    std::optional<Running> running;
  };
  struct Event {
    enum class Type { start, to_server, to_relay, to_device, timeout, relay_timeout, wake, expiry } type;
    std::size_t device = 0;
    unsigned exchange = 0;
    Octets message;
    std::size_t hop = 0;      // to_server: which RA, or after them the CA; to_relay, relay_timeout: which RA
    std::string ticket = {};  // ... of the RA that it is about, or that it comes from
  };
  class Slow;

  void start_server();
  void make_quick();
  void add_relays(std::size_t count);
  void add_relay(const cmp::SignatureCredential& credential, bool online);
  void on_request(const Event& event);
  void answer(std::size_t hop, const Origin& origin, const Octets& message);
  void begin(Device& device);
  std::unique_ptr<cmp::Operation> make_operation(const Device& device, const Running& running, Bytes saved);
  void maybe_restart(Device& device);
  void act(Device& device, cmp::Output output);
  void send(Device& device, const Octets& message);
  void transmit(Event event);
  void handle(Event event);
  void on_timeout(Device& device);
  void on_done(Device& device, const cmp::Outcome& outcome);
  void end(Device& device, std::string_view how);
  void check_enrollment(const Running& running, bool success);
  void check_revocation(const Running& running, bool success);
  void check_end();
  void check_certificates();
  void check_audit();
  void happened(const std::string& what);
  std::vector<cmp::IssuedCertificate> certificates_for(const cmp::Signer& key);
  cmp::IssuedCertificate stored(Bytes certificate);

  void schedule(std::chrono::seconds in, Event event);
  Device& device_of(const Event& event) { return devices_[event.device]; }
  std::size_t index_of(const Device& device) const { return static_cast<std::size_t>(&device - devices_.data()); }
  void broken(const std::string& what);
  void tell(const std::string& what);
  [[nodiscard]] cmp::Environment environment() { return {clock_, engine_random_, crypto_}; }

  const Pki& pki_;
  Statistics& statistics_;
  std::ostream* trace_;
  std::size_t relays_wanted_;
  SeededRandom random_, engine_random_;
  const cmp::Crypto& crypto_;
  SimulatedClock clock_;
  unsigned loss_ = 0;  // percent
  test::FailingStore store_{cmp::memory_store()};
  std::unique_ptr<Trouble> trouble_;
  std::unique_ptr<cmp::CertificateAuthority> authority_;
  std::unique_ptr<Slow> slow_;
  std::unique_ptr<cmp::SharedSecrets> secrets_;
  std::unique_ptr<cmp::InformationSource> source_;
  std::unique_ptr<cmp::Responder> responder_;
  std::vector<std::unique_ptr<RelayNode>> relays_;  // the one that devices talk to first
  std::vector<Device> devices_;
  std::multimap<cmp::Time, Event> events_;
  std::vector<std::shared_ptr<const cmp::Signer>> used_keys_;
  std::vector<Octets> confirmed_, revoked_;  // certificates, as far as their devices know
  std::uint64_t fingerprint_ = 0;
  std::optional<std::string> broken_;
};

}  // namespace cmpkit::simulation
