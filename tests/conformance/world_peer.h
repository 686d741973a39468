// The server of tests/support/world.h as a peer of the conformance suite.
#pragma once

#include "cmpkit/cmp/ca_information.h"
#include "conformance/peer.h"
#include "tests/support/world.h"

namespace cmpkit::conformance::test {

/// Lets those wait who ask for the profile `delaying`, for 7 seconds from when they asked first, so that
/// they poll twice.
class DelayingAuthority final : public cmp::Authority {
 public:
  DelayingAuthority(cmp::Authority& behind) : behind_(behind) {}
  [[nodiscard]] cmp::Decision issue(const cmp::CertificateRequest& request, cmp::Time now) override;
  [[nodiscard]] cmp::RevocationDecision revoke(const cmp::RevocationRequest& request, cmp::Time now) override {
    return behind_.revoke(request, now);
  }
  [[nodiscard]] asn1::Name issuer() const override { return behind_.issuer(); }

 private:
  cmp::Authority& behind_;
  std::map<Octets, cmp::Time> first_asked_;
};

/// How the responder of a WorldPeer is set up.
struct WorldSetting {
  cmp::SubjectRule::Kind subject = cmp::SubjectRule::Kind::any;  // the names that may be asked for
  bool several = false;                                          // several requests in one message (RFC 9810)
};

/// A world with a responder as a peer.
class WorldPeer {
 public:
  explicit WorldPeer(const WorldSetting& setting = {});

  [[nodiscard]] const Peer& peer() const { return peer_; }

 private:
  void add_features(const WorldSetting& setting);

  cmp::test::World world_;
  DelayingAuthority authority_;
  std::unique_ptr<cmp::InformationSource> information_;
  std::unique_ptr<cmp::Responder> responder_;
  Peer peer_;
};

}  // namespace cmpkit::conformance::test
