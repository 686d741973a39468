#include "tools/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>

namespace cmpkit::tools {
namespace {

using Clock = std::chrono::steady_clock;

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void take(int value) {
    close();
    value_ = value;
  }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }
  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] bool is_open() const { return value_ >= 0; }

 private:
  int value_;
};

/// One of its standard streams: our end and its end. A socket, since writing to one that nobody reads can be kept from
/// raising SIGPIPE.
struct Stream {
  Descriptor ours, its;

  bool open() {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
    ours.take(pair[0]);
    its.take(pair[1]);
    return ::fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0;
  }
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> extended_environment(const std::vector<std::string>& added) {
  std::vector<std::string> out = added;  // the first of a name counts
  for (char** each = environ; *each != nullptr; ++each) out.emplace_back(*each);
  return out;
}

class Program {
 public:
  explicit Program(std::chrono::seconds timeout) : deadline_(Clock::now() + timeout) {}
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (id_ <= 0) return;
    ::kill(-id_, SIGKILL);  // it has a process group of its own: its children end with it
    ::waitpid(id_, nullptr, 0);
  }

  /// The error is that of errno.
  int start(std::vector<std::string> command, const std::vector<std::string>& environment) {
    for (Stream* each : {&in_, &out_, &err_})
      if (!each->open()) return errno;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in_.its.get(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out_.its.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err_.its.get(), STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);  // ours blocks SIGTERM
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    std::vector<std::string> extended = extended_environment(environment);
    const std::vector<char*> arguments = pointers_to(command), variables = pointers_to(extended);
    const int error =
        ::posix_spawnp(&id_, arguments.front(), &actions, &attributes, arguments.data(), variables.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) id_ = -1;
    for (Stream* each : {&in_, &out_, &err_}) each->its.close();
    return error;
  }

  /// Its end; nothing where its time was over before.
  std::optional<ProgramResult> finish(std::string_view input) {
    ProgramResult result;
    while (out_.ours.is_open() || err_.ours.is_open()) {
      if (input.empty()) in_.ours.close();
      std::array<pollfd, 3> waiting{
          {{in_.ours.get(), POLLOUT, 0}, {out_.ours.get(), POLLIN, 0}, {err_.ours.get(), POLLIN, 0}}};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      if (left <= 0) return std::nullopt;
      ::poll(waiting.data(), waiting.size(), static_cast<int>(left));
      if (waiting[0].revents != 0) write_some(input);
      if (waiting[1].revents != 0) read_some(out_.ours, result.out);
      if (waiting[2].revents != 0) read_some(err_.ours, result.err);
    }
    if (!wait_for_end(result.status)) return std::nullopt;
    return result;
  }

 private:
  void write_some(std::string_view& input) {
    const ssize_t written = ::send(in_.ours.get(), input.data(), input.size(), MSG_NOSIGNAL);
    if (written > 0)
      input.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EAGAIN && errno != EINTR)
      input = {};  // it does not want to read more
  }

  static void read_some(Descriptor& from, std::string& to) {
    constexpr std::size_t most = 1 << 20;
    std::array<char, 4096> part{};
    const ssize_t got = ::recv(from.get(), part.data(), part.size(), 0);
    if (got > 0 && to.size() < most)
      to.append(part.data(), static_cast<std::size_t>(got));
    else if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
      from.close();
  }

  /// It may close its streams long before it ends.
  bool wait_for_end(int& status) {
    int how = 0;
    for (;;) {
      const pid_t ended = ::waitpid(id_, &how, WNOHANG);
      if (ended == id_) break;
      if (Clock::now() >= deadline_) return false;
      ::usleep(2000);
    }
    id_ = -1;
    status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
    return true;
  }

  Clock::time_point deadline_;
  pid_t id_ = -1;
  Stream in_, out_, err_;
};

}  // namespace

tl::expected<ProgramResult, std::string> run_program(const std::vector<std::string>& command, const std::string& input,
                                                     const std::vector<std::string>& environment,
                                                     std::chrono::seconds timeout) {
  Program program(timeout);
  if (const int error = program.start(command, environment); error != 0)
    return tl::unexpected(fmt::format("cannot run {}: {}", command.front(), std::strerror(error)));
  auto result = program.finish(input);
  if (!result) return tl::unexpected(fmt::format("{} did not end within {} s", command.front(), timeout.count()));
  return std::move(*result);
}

}  // namespace cmpkit::tools
