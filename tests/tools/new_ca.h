// `cmpkit ca` in a folder of its own, for the tests of its commands.
#pragma once

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cmpkit/cmp/certificate.h"
#include "tests/support/process.h"
#include "tests/support/scratch_directory.h"
#include "tools/certificate_summary.h"
#include "tools/credentials.h"
#include "tools/files.h"

namespace cmpkit::tools {

using test::Arguments;
using test::Finished;
using test::Process;
using test::ScratchDirectory;

inline Finished cmpkit(Arguments arguments) {
  arguments.insert(arguments.begin(), CMPKIT_COMMAND);
  return test::run(arguments);
}

/// For what runs beside a test for most of its time.
inline test::ProcessOptions patient_process() {
  test::ProcessOptions options;
  options.timeout = std::chrono::minutes{4};
  return options;
}

/// A CA in a folder that lives as long as this.
class NewCa {
 public:
  explicit NewCa(const Arguments& options = {}) {
    Arguments arguments{"ca", "init", folder()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    made = cmpkit(arguments);
  }
  [[nodiscard]] std::string folder() const { return scratch_ / "ca"; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return folder() + "/" + name; }
  [[nodiscard]] std::string scratch(const std::string& name) const { return scratch_ / name; }

  Finished made;

 private:
  ScratchDirectory scratch_;
};

/// `cmpkit ca serve`, or that of another role, of a folder on a port of its own.
class Server {
 public:
  explicit Server(const std::string& folder, const Arguments& options = {}, const char* role = "ca")
      : process_(arguments(folder, options, role), patient_process()) {
    const auto line = process_.wait_for_line("listening on ");
    if (line) url = line->substr(std::string("listening on ").size());
  }
  Finished stop() { return process_.stop(); }
  /// At once, as by a power cut.
  Finished kill() {
    ::kill(process_.id(), SIGKILL);
    return process_.wait();
  }

  /// The option for one that comes after it.
  [[nodiscard]] Arguments same_address() const { return {"--listen", url.substr(url.find("//") + 2)}; }

  std::string url;  // empty: it does not serve

 private:
  static Arguments arguments(const std::string& folder, const Arguments& options, const char* role) {
    Arguments out{CMPKIT_COMMAND, role, "serve", folder};
    if (std::ranges::find(options, "--listen") == options.end()) out.insert(out.end(), {"--listen", "127.0.0.1:0"});
    out.insert(out.end(), options.begin(), options.end());
    return out;
  }
  Process process_;
};

inline unsigned mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

inline std::string text_in(const std::string& path) { return std::string(text_of(read_file(path).value())); }

/// Replaces a text in a file that holds it.
inline void edit(const std::string& path, const std::string& what, const std::string& replacement) {
  std::string text = text_in(path);
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  REQUIRE(write_file(path, bytes_of(text.replace(at, what.size(), replacement))));
}

inline Finished enroll(const NewCa& ca, const std::string& url, const std::string& subject) {
  return cmpkit({"enroll", "--server", url, "--ref", "first-device", "--secret", "file:" + ca / "first-device.secret",
                 "--trusted", ca / "root.crt", "--subject", subject, "--newkey", ca.scratch("device.key"), "--certout",
                 ca.scratch("device.crt")});
}

/// What a command printed with --json.
inline nlohmann::json json_of(Arguments arguments, int status = 0) {
  arguments.emplace_back("--json");
  const Finished done = cmpkit(std::move(arguments));
  INFO(done.out << done.err);
  CHECK(done.status == status);
  return nlohmann::json::parse(done.out);
}

/// The serial number of the certificate in a file, as the commands write it.
inline std::string serial_of(const std::string& file) {
  const auto certificates = load_certificates({file}).value();
  return hexadecimal(cmp::CertificateView::decode(certificates.front())->serial().octets);
}

}  // namespace cmpkit::tools
