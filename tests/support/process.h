// Programs that a test runs: started without a shell, bounded in time, ended by their own process id.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cmpkit::test {

using Arguments = std::vector<std::string>;

struct ProcessOptions {
  std::string input;      // its standard input
  std::string directory;  // where it runs; empty: where the test runs
  std::chrono::milliseconds timeout{30'000};
  std::function<bool()> prepare;  // called in the child before the program; false ends it with status 126
};

/// How a program ended.
struct Finished {
  int status = -1;         // its exit status; 128 + n: ended by signal n
  bool timed_out = false;  // it was killed
  std::string out, err;
};

/// A program that runs beside the test. The destructor kills it, and the kernel does if the test dies first.
class Process {
 public:
  /// Throws std::system_error where there is no process to be had. A program that is not found ends with status 127.
  explicit Process(const Arguments& arguments, const ProcessOptions& options = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t id() const { return id_; }

  /// Reads its standard output up to the first line that holds `text` and returns that line; nothing where it ended or
  /// the time was over before.
  std::optional<std::string> wait_for_line(const std::string& text);

  /// Waits for its end, reading all it prints.
  Finished wait();

  /// SIGTERM, then wait().
  Finished stop();

 private:
  void read_some();
  void close_pipes();
  void reap();
  [[nodiscard]] bool time_is_over() const { return std::chrono::steady_clock::now() >= deadline_; }

  pid_t id_ = -1;
  int out_ = -1, err_ = -1;
  std::chrono::steady_clock::time_point deadline_;
  Finished finished_;
};

/// Runs a program to its end.
Finished run(const Arguments& arguments, const ProcessOptions& options = {});

/// The path of a program in PATH; nothing where it is not installed.
std::optional<std::string> find_program(const std::string& name);

}  // namespace cmpkit::test
