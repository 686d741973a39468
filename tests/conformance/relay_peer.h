// A relay of ours in front of the suite's CA, as a peer of the conformance suite.
#pragma once

#include "conformance/upstream.h"
#include "tests/support/registration.h"

namespace cmpkit::conformance::test {

/// How the relay of a RelayPeer forwards; `vouching`: replacing, with raVerified and the original message.
enum class Passing { unchanged, adding, replacing, vouching, replacing_by_secret, in_batches };
std::string text_of(Passing passing);

class RelayPeer {
 public:
  explicit RelayPeer(Passing passing);

  [[nodiscard]] const Peer& peer() const { return peer_; }
  [[nodiscard]] Upstream& upstream() { return *upstream_; }

 private:
  [[nodiscard]] cmp::RelayConfiguration configuration(Passing passing);
  void make_peer(Passing passing);
  void add_features(Passing passing);

  cmp::test::World world_;
  cmp::test::Identity identity_;
  Peer peer_;
  std::unique_ptr<Upstream> upstream_;
  std::optional<cmp::test::RelayProcess> relay_;
};

}  // namespace cmpkit::conformance::test
