// An RA that is ready to answer: what ra.toml names, loaded, checked and put together.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "tools/crl_files.h"
#include "tools/ra_configuration.h"

namespace cmpkit::tools {

class RaEngine {
 public:
  /// Loads all keys, certificates and secrets. The errors are all that is wrong with them, each with the setting and
  /// the file.
  static tl::expected<std::unique_ptr<RaEngine>, std::vector<std::string>> create(const RaConfiguration& configuration,
                                                                                  std::unique_ptr<cmp::Store> store);
  ~RaEngine();

  /// Safe to use from several threads at once.
  [[nodiscard]] cmp::Relay& relay() const;

  [[nodiscard]] cmp::Store& store() const;

  /// Who was revoked. Safe to use from several threads at once.
  [[nodiscard]] cmp::CrlStatus& crl_status() const;
  /// ... by files. For one thread at a time.
  [[nodiscard]] CrlFiles& crl_files() const;

  [[nodiscard]] const std::vector<cmp::Upstream>& upstreams() const;

  /// Answers general messages from this source, and nothing else, to those who may ask them here. This and the source
  /// must outlive it. The error is a sentence.
  [[nodiscard]] tl::expected<std::unique_ptr<cmp::Responder>, std::string> make_informant(
      const RaConfiguration& configuration, cmp::InformationSource& source) const;

 private:
  struct Parts;
  explicit RaEngine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace cmpkit::tools
