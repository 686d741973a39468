// A client that enrols, updates and revokes for as long as it may, at whichever server; it repeats the same octets
// until it is answered. Since nothing is lost and it never gives up, nothing may ever be refused to it.
#pragma once

#include <memory>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "cmpkit/cmp/enrollment.h"
#include "cmpkit/transport/http_client.h"
#include "tests/crash/ledger.h"

namespace cmpkit::crash {

/// Whom devices talk to and what they know of them.
struct Peer {
  std::vector<std::string> urls;  // of the replicas
  const cmp::TrustStore* trust;
  Octets issuer;  // DER of the certificate between a device's and the root
  std::string reference, secret;
};

class Device {
 public:
  /// Peer and ledger outlive it.
  Device(const Peer& peer, std::uint64_t seed, Ledger& ledger);

  /// Operation after operation, until told to stop; what has begun is finished.
  void work(const std::stop_token& stop);

 private:
  struct Identity {
    std::shared_ptr<const cmp::Signer> key;
    Octets certificate, serial;
  };

  [[nodiscard]] cmp::EnrollmentOptions first_request();
  std::optional<Identity> enroll(cmp::EnrollmentOptions options);
  std::optional<Identity> update(const Identity& old);
  void revoke(const Identity& identity);
  /// Gets a certificate and never confirms it.
  void walk_away();

  /// Goes on with an operation until it ends, or this type of message was received. Nothing: it did not end well, which
  /// is put down in the ledger.
  std::optional<cmp::Output> conduct(cmp::Operation& operation, const std::string& what, std::string_view until = {});
  cmp::Output step(cmp::Operation& operation, const cmp::Output& output);
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  const Peer& peer_;
  Ledger& ledger_;
  std::mt19937_64 random_;
  std::vector<transport::HttpClient> servers_;
};

}  // namespace cmpkit::crash
