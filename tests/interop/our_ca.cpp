#include "tests/interop/our_ca.h"

#include <catch2/catch_test_macros.hpp>

namespace cmpkit::test {

OurCa::OurCa(const std::string& key_type, const std::string& trusted) {
  const Finished made = run({CMPKIT_COMMAND, "ca", "init", folder_ / "ca", "--key", key_type, "--subjects", "any",
                             "--secret", std::string(reference) + "=" + secret, "--trusted", trusted});
  INFO(made.err);
  REQUIRE(made.status == 0);
  ProcessOptions options;
  options.timeout = std::chrono::minutes{2};  // longer than any test
  server_ = std::make_unique<Process>(
      Arguments{CMPKIT_COMMAND, "ca", "serve", folder_ / "ca", "--listen", "127.0.0.1:0"}, options);
  const auto line = server_->wait_for_line("listening on ");
  REQUIRE(line);
  url_ = line->substr(line->find("http://"));
}

std::string OurCa::address() const { return url_.substr(url_.find("//") + 2); }

}  // namespace cmpkit::test
