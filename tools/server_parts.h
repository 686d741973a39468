// What the engines of a CA and an RA are put together from alike: what the configuration names, loaded and checked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmpkit/cmp/botan.h"
#include "tools/crl_files.h"
#include "tools/server_settings.h"
#include "tools/store_secrets.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {

/// Adds what it is about to an error and keeps it; nothing in place of the value.
class Loading {
 public:
  explicit Loading(std::string file) : file_(std::move(file)) {}

  template <class T>
  std::optional<T> operator()(const std::string& setting, tl::expected<T, std::string> value) {
    if (value) return std::move(*value);
    complain(setting, value.error());
    return std::nullopt;
  }
  void complain(const std::string& setting, const std::string& text);
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  std::string file_;
  std::vector<std::string> complaints_;
};

/// The certificates of all files of a folder but hidden ones.
tl::expected<std::vector<Octets>, std::string> load_folder(const std::string& folder);

/// The anchors of these folders.
tl::expected<std::vector<Octets>, std::string> load_folders(const std::vector<std::string>& folders);

struct ServerParts {
  explicit ServerParts(std::unique_ptr<cmp::Store> opened) : store(std::move(opened)) {}

  SystemClock clock;
  cmp::Environment environment{clock, cmp::system_random(), cmp::botan_crypto()};
  std::unique_ptr<cmp::Store> store;
  StoreSecrets secrets{*store};
  std::optional<cmp::TrustStore> trust;
  std::vector<cmp::Permission> permissions;
  cmp::CrlStatus crl_status{environment.crypto};
  std::optional<CrlFiles> crl_files;

  /// Secrets, anchors and permissions. The anchors that a permission names are trusted, too.
  void load_requesters(const ServerSettings& settings, Loading& load);

  /// CRLs that are files, for the first time.
  void load_revocation(const ServerSettings& settings, Loading& load);

  /// Puts into `options` what is loaded, and the limits. Points to this.
  void configure(const ServerSettings& settings, cmp::ServerConfiguration& options) const;

 private:
  void load_secrets(const ServerSettings& settings, Loading& load);
};

}  // namespace cmpkit::tools
