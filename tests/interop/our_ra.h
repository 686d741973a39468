// An RA of ours before a CMP server, for as long as the test runs.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/support/http_entity.h"
#include "tests/support/registration.h"
#include "tools/system_clock.h"

namespace cmpkit::test {

struct RaFiles {
  std::string root;                  // of the operator: signs, or leads to, all below it
  std::string issuer, issuer_key;    // the CA that gives the RA its certificate
  std::vector<std::string> trusted;  // roots of devices
  std::string reference, secret;     // of a device
};

class OurRa {
 public:
  OurRa(const RaFiles& files, const std::string& upstream, cmp::Forwarding forwarding);

  /// `127.0.0.1:12345`
  [[nodiscard]] std::string address() const { return server_->url().substr(std::string("http://").size()); }
  [[nodiscard]] std::string url() const { return server_->url(); }

 private:
  cmp::RelayConfiguration configuration(const RaFiles& files, cmp::Forwarding forwarding);

  tools::SystemClock clock_;
  cmp::test::SecretMap secrets_;
  std::unique_ptr<cmp::TrustStore> requesters_, upstream_;
  std::unique_ptr<cmp::test::RelayProcess> relay_;
  std::unique_ptr<cmp::test::HttpEntity> server_;
};

}  // namespace cmpkit::test
