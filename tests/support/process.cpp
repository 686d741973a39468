#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

namespace cmpkit::test {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  }
  std::array<int, 2> ends{};
};

/// An unlinked file that holds the input, so that nobody has to feed a pipe.
int input_file(const std::string& input) {
  if (input.empty()) return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::FILE* file = std::tmpfile();
  if (file == nullptr) fail("tmpfile");
  std::fwrite(input.data(), 1, input.size(), file);
  std::fflush(file);
  const int copy = ::fcntl(::fileno(file), F_DUPFD_CLOEXEC, 3);
  std::fclose(file);
  if (copy < 0 || ::lseek(copy, 0, SEEK_SET) != 0) fail("input");
  return copy;
}

[[noreturn]] void become(const Arguments& arguments, const ProcessOptions& options, int in, int out, int err) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) ::_exit(126);
  if (options.prepare && !options.prepare()) ::_exit(126);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

/// Appends what can be read; closes the descriptor at the end of the stream.
void drain(int& descriptor, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    ::close(descriptor);
    descriptor = -1;
  }
}

}  // namespace

Process::Process(const Arguments& arguments, const ProcessOptions& options)
    : deadline_(std::chrono::steady_clock::now() + options.timeout) {
  const int in = input_file(options.input);
  const Pipe out, err;
  id_ = ::fork();
  if (id_ < 0) fail("fork");
  if (id_ == 0) become(arguments, options, in, out.ends[1], err.ends[1]);
  for (const int end : {in, out.ends[1], err.ends[1]}) ::close(end);
  out_ = out.ends[0];
  err_ = err.ends[0];
}

Process::~Process() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    reap();
  }
  close_pipes();
}

std::optional<std::string> Process::wait_for_line(const std::string& text) {
  for (;;) {
    const auto found = finished_.out.find(text);
    const auto end = found == std::string::npos ? found : finished_.out.find('\n', found);
    if (end != std::string::npos) {
      const auto before = finished_.out.rfind('\n', found);
      const auto begin = before == std::string::npos ? 0 : before + 1;
      return finished_.out.substr(begin, end - begin);
    }
    if (out_ < 0 || time_is_over()) return std::nullopt;
    read_some();
  }
}

Finished Process::wait() {
  while ((out_ >= 0 || err_ >= 0) && !time_is_over()) read_some();
  if (out_ >= 0 || err_ >= 0) {
    finished_.timed_out = true;
    ::kill(id_, SIGKILL);
  }
  reap();
  close_pipes();
  return finished_;
}

Finished Process::stop() {
  if (id_ > 0) ::kill(id_, SIGTERM);
  return wait();
}

void Process::read_some() {
  std::array<pollfd, 2> waiting{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  if (waiting[0].revents != 0) drain(out_, finished_.out);
  if (waiting[1].revents != 0) drain(err_, finished_.err);
}

void Process::close_pipes() {
  for (int* descriptor : {&out_, &err_}) {
    if (*descriptor >= 0) ::close(*descriptor);
    *descriptor = -1;
  }
}

void Process::reap() {
  int status = 0;
  if (id_ > 0 && ::waitpid(id_, &status, 0) == id_) {
    finished_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  id_ = -1;
}

Finished run(const Arguments& arguments, const ProcessOptions& options) { return Process(arguments, options).wait(); }

std::optional<std::string> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = folder + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate)) return candidate;
  }
  return std::nullopt;
}

}  // namespace cmpkit::test
