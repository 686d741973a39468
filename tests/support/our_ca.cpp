#include "tests/support/our_ca.h"

#include <catch2/catch_test_macros.hpp>

namespace cmpkit::test {

OurCa::OurCa(const std::string& key_type, const Arguments& options) {
  Arguments init{CMPKIT_COMMAND, "ca",         "init", folder_ / "ca", "--key",
                 key_type,       "--subjects", "any",  "--secret",     std::string(reference) + "=" + secret};
  init.insert(init.end(), options.begin(), options.end());
  const Finished made = run(init);
  INFO(made.err);
  REQUIRE(made.status == 0);
  ProcessOptions bounded;
  bounded.timeout = std::chrono::minutes{2};  // longer than any test
  server_ = std::make_unique<Process>(
      Arguments{CMPKIT_COMMAND, "ca", "serve", folder_ / "ca", "--listen", "127.0.0.1:0"}, bounded);
  const auto line = server_->wait_for_line("listening on ");
  REQUIRE(line);
  url_ = line->substr(line->find("http://"));
}

std::string OurCa::address() const { return url_.substr(url_.find("//") + 2); }

}  // namespace cmpkit::test
