// `cmpkit ra` in a folder of its own, in front of a CA, for the tests of its commands.
#pragma once

#include <thread>

#include "tests/tools/new_ca.h"

namespace cmpkit::tools {

/// Waits, but not for ever.
template <class Condition>
void wait_until(const Condition& condition) {
  for (int i = 0; i < 300; ++i) {
    if (condition()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  FAIL("what is waited for does not happen");
}

/// A CA that takes an RA's word, and the RA's certificate.
class CaWithRa {
 public:
  CaWithRa() : ca({"--subjects", "any", "--secret", "ra-1=pass:sesame"}) {
    edit(ca / "ca.toml", "approval_poll = \"1m\"", "approval_poll = \"1s\"");
  }

  NewCa ca;
};

/// The folder of an RA, and one for what its tests need.
class RaFolder {
 public:
  [[nodiscard]] std::string folder() const { return scratch_ / "ra"; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return folder() + "/" + name; }
  [[nodiscard]] std::string scratch(const std::string& name) const { return scratch_ / name; }

 private:
  ScratchDirectory scratch_;
};

/// An RA that is enrolled at this CA, which is served at `upstream`.
class NewRa : public RaFolder {
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

  /// The operator of the server in this folder approves the one request that waits, as soon as it does.
  static void approve(const std::string& folder, const char* command = "ca") {
    wait_until([&] { return cmpkit({command, "approve", folder}).status == 0; });
  }

  Finished made;
};

/// `cmpkit ra serve`.
class RaServer : public Server {
 public:
  explicit RaServer(const RaFolder& ra, const Arguments& options = {}) : Server(ra.folder(), options, "ra") {
    REQUIRE_FALSE(url.empty());
  }
};

/// Options of a device that does not give up soon.
inline const Arguments patient{"--retries", "20", "--retry-wait", "1"};

/// `cmpkit enroll` at a server for the device of this name, with the secret that RAs here know of it.
inline Arguments enrollment(const std::string& root, const RaFolder& ra, const std::string& url,
                            const Arguments& options = {}, const std::string& name = "device-1") {
  Arguments out{CMPKIT_COMMAND, "enroll", "--server", url, "--ref", name, "--secret", "pass:open"};
  out.insert(out.end(), {"--trusted", root, "--subject", "/CN=" + name, "--newkey", ra.scratch(name + ".key"),
                         "--certout", ra.scratch(name + ".crt"), "--verbose"});
  out.insert(out.end(), options.begin(), options.end());
  return out;
}
inline Arguments enrollment(const CaWithRa& above, const RaFolder& ra, const std::string& url,
                            const Arguments& options = {}, const std::string& name = "device-1") {
  return enrollment(above.ca / "root.crt", ra, url, options, name);
}

inline void check_done(const Finished& done) {
  INFO(done.out << done.err);
  CHECK(done.status == 0);
}

}  // namespace cmpkit::tools
