#include "tests/support/our_ca.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

namespace cmpkit::test {

namespace {

void edit(const std::string& path, const std::vector<std::pair<std::string, std::string>>& edits) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  std::string text = content.str();
  for (const auto& [what, replacement] : edits) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    text.replace(at, what.size(), replacement);
  }
  std::ofstream(path) << text;
}

}  // namespace

OurCa::OurCa(const std::string& key_type, const Arguments& options,
             const std::vector<std::pair<std::string, std::string>>& edits) {
  Arguments init{CMPKIT_COMMAND, "ca",         "init", folder_ / "ca", "--key",
                 key_type,       "--subjects", "any",  "--secret",     std::string(reference) + "=" + secret};
  init.insert(init.end(), options.begin(), options.end());
  const Finished made = run(init);
  INFO(made.err);
  REQUIRE(made.status == 0);
  edit(folder_ / "ca/ca.toml", edits);
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
