// `cmpkit ra` in a folder of its own, in front of a CA, for the tests of its commands.
#pragma once

#include <thread>

#include "tests/tools/new_ca.h"

namespace cmpkit::tools {

/// A CA that takes an RA's word, and the RA's certificate.
class CaWithRa {
 public:
  CaWithRa() : ca({"--subjects", "any", "--secret", "ra-1=pass:sesame"}) {
    edit(ca / "ca.toml", "approval_poll = \"1m\"", "approval_poll = \"1s\"");
  }

  NewCa ca;
};

/// An RA that is enrolled at this CA, which is served at `upstream`.
class NewRa {
 public:
  NewRa(const CaWithRa& above, const std::string& upstream, const Arguments& options = {}) {
    Arguments init{
        CMPKIT_COMMAND,        "ra",       "init",  folder(), "--upstream",   upstream,      "--upstream-trusted",
        above.ca / "root.crt", "--enroll", "--ref", "ra-1",   "--ref-secret", "pass:sesame", "--secret",
        "device-1=pass:open"};
    init.insert(init.end(), options.begin(), options.end());
    Process making(init);
    approve(above.ca.folder());
    made = making.wait();
    INFO(made.out << made.err);
    REQUIRE(made.status == 0);
  }
  [[nodiscard]] std::string folder() const { return scratch_ / "ra"; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return folder() + "/" + name; }
  [[nodiscard]] std::string scratch(const std::string& name) const { return scratch_ / name; }

  /// The operator of the server in this folder approves the one request that waits, as soon as it does.
  static void approve(const std::string& folder, const char* command = "ca") {
    for (int i = 0; i < 200; ++i) {
      if (cmpkit({command, "approve", folder}).status == 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    FAIL("nothing waited for approval");
  }

  Finished made;

 private:
  ScratchDirectory scratch_;
};

}  // namespace cmpkit::tools
