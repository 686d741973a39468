// A CA of ours in a folder of its own, served by the command for as long as the test runs.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::test {

class OurCa {
 public:
  /// Knows `reference` and `secret`, allows any subject. `options` are further ones of `cmpkit ca init`; in ca.toml the
  /// first text of each edit is replaced by the second.
  explicit OurCa(const std::string& key_type = "ec:P-256", const Arguments& options = {},
                 const std::vector<std::pair<std::string, std::string>>& edits = {});

  /// `http://127.0.0.1:12345`
  [[nodiscard]] const std::string& url() const { return url_; }
  /// `127.0.0.1:12345`
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::string root() const { return folder_ / "ca/root.crt"; }
  [[nodiscard]] std::string issuer() const { return folder_ / "ca/ca.crt"; }
  /// A file beside the CA's.
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

  static constexpr const char* reference = "device-1";
  static constexpr const char* secret = "pass:correct-horse";

 private:
  ScratchDirectory folder_;
  std::string url_;
  std::unique_ptr<Process> server_;
};

}  // namespace cmpkit::test
