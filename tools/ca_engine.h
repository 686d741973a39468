// A CA that is ready to answer: what ca.toml names, loaded, checked and put together.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/cmp/ca_information.h"
#include "tools/ca_configuration.h"
#include "tools/crl_files.h"

namespace cmpkit::tools {

class CaEngine {
 public:
  /// Loads all keys, certificates and secrets. The errors are all that is wrong with them, each with the setting and
  /// the file.
  static tl::expected<std::unique_ptr<CaEngine>, std::vector<std::string>> create(const CaConfiguration& configuration,
                                                                                  std::unique_ptr<cmp::Store> store);
  ~CaEngine();

  /// Safe to use from several threads at once.
  [[nodiscard]] cmp::Responder& responder() const;

  [[nodiscard]] cmp::Store& store() const;

  /// DER of the certificate that issues.
  [[nodiscard]] const Octets& certificate() const;

  /// Safe to use from several threads at once.
  [[nodiscard]] cmp::CrlIssuer& crls() const;

  /// CRLs of others. For one thread at a time.
  [[nodiscard]] CrlFiles& crl_files() const;

  /// The roots that came before, the oldest first.
  [[nodiscard]] const std::vector<cmp::RootUpdate>& root_updates() const;

 private:
  struct Parts;
  explicit CaEngine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace cmpkit::tools
