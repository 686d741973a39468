// `cmpkit ca serve`, killed and started again on the same port.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/crash/published_crl.h"
#include "tests/support/process.h"
#include "tests/support/reserved_port.h"

namespace cmpkit::crash {

class Replica {
 public:
  /// Serves the CA in `folder` from `store` (as --store has it). What it logs goes to the file `log`.
  Replica(std::string command, std::string folder, std::string store, std::string log);

  /// Returns when it serves; throws std::runtime_error where it does not.
  void start();
  /// SIGKILL.
  void kill() { process_.reset(); }
  /// SIGTERM; false where it does not end well.
  bool stop();

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_.number()); }
  /// The CRL that it publishes now; nothing where it gives none.
  [[nodiscard]] std::optional<PublishedCrl> crl() const { return fetch_crl(port_.number()); }

 private:
  std::string command_, folder_, store_, log_;
  test::ReservedPort port_;
  std::unique_ptr<test::Process> process_;
};

}  // namespace cmpkit::crash
