// Messages as files: nobody sees half of one, and no crash, full disk or foreign file loses any.
#include "cmpkit/transport/folder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "tests/support/scratch_directory.h"
#include "tests/support/small_disk.h"

namespace cmpkit::transport {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using test::ScratchDirectory;
using Names = std::vector<std::string>;

/// DER of a SEQUENCE with this many octets of content.
Octets message_of(std::size_t content, std::uint8_t fill = 0) {
  Octets out{0x30, 0x82, static_cast<std::uint8_t>(content >> 8U), static_cast<std::uint8_t>(content & 0xFFU)};
  out.resize(out.size() + content, fill);
  return out;
}

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string text_in(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

Names names_in(const Folder& folder) {
  auto names = folder.names();
  REQUIRE(names);
  return *names;
}

std::optional<Octets> read(const Folder& folder, const std::string& name) {
  auto message = folder.read(name);
  REQUIRE(message);
  return *message;
}

/// Everything that lies in a folder, sub-folders included.
Names files_in(const std::string& path) {
  Names out;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (!entry.is_directory()) out.push_back(fs::relative(entry.path(), path).string());
  std::ranges::sort(out);
  return out;
}

TEST_CASE("folder: what is put is read, done, and kept or gone") {
  const ScratchDirectory scratch;
  const Octets message = message_of(1000);
  for (const bool keep : {true, false}) {
    const Folder folder = Folder::open(scratch / (keep ? "a/b" : "c"), {.keep_done = keep}).value();
    REQUIRE(folder.put("ticket-1", message));
    CHECK(files_in(folder.path()) == Names{"ticket-1.pki"});
    CHECK(names_in(folder) == Names{"ticket-1"});
    CHECK(read(folder, "ticket-1") == message);
    CHECK(names_in(folder) == Names{"ticket-1"});  // until it is done
    REQUIRE(folder.done("ticket-1"));
    CHECK(files_in(folder.path()) == (keep ? Names{"done/ticket-1.pki"} : Names{}));
    CHECK(names_in(folder).empty());
    CHECK_FALSE(read(folder, "ticket-1"));
    CHECK(folder.done("ticket-1"));  // by another reader before
  }
}

TEST_CASE("folder: the same name again replaces the file") {
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch.path()).value();
  REQUIRE(folder.put("t", message_of(10, 1)));
  REQUIRE(folder.put("t", message_of(10, 2)));
  CHECK(read(folder, "t") == message_of(10, 2));
  CHECK(files_in(scratch.path()) == Names{"t.pki"});
}

TEST_CASE("W-30 folder: messages come in the order of their time, then of their names") {
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch.path()).value();
  for (const char* name : {"c", "b", "a", "d"}) REQUIRE(folder.put(name, message_of(1)));
  const auto set_time = [&](const std::string& name, time_t seconds) {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    REQUIRE(::utimensat(AT_FDCWD, (scratch / (name + ".pki")).c_str(), times, 0) == 0);
  };
  set_time("a", 2000);
  set_time("b", 1000);
  set_time("d", 3000);
  set_time("c", 2000);
  CHECK(names_in(folder) == Names{"b", "a", "c", "d"});
}

TEST_CASE("folder: foreign files and sub-folders are left alone") {
  const ScratchDirectory scratch;
  write(scratch / "README.txt", "read me");
  write(scratch / ".hidden.pki", "0");
  write(scratch / "upper.PKI", "0");
  write(scratch / ".pki", "0");
  fs::create_directory(scratch / "folder.pki");
  fs::create_symlink("README.txt", scratch / "link.pki");
  REQUIRE(::mkfifo((scratch / "fifo.pki").c_str(), 0600) == 0);
  const Names before = files_in(scratch.path());
  const Folder folder = Folder::open(scratch.path()).value();
  CHECK(names_in(folder).empty());
  CHECK_FALSE(read(folder, "folder"));
  CHECK_FALSE(read(folder, "fifo"));
  CHECK(files_in(scratch.path()) == before);
}

TEST_CASE("folder: names that could lead elsewhere are refused") {
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch / "folder").value();
  for (const std::string& name : {std::string(), std::string("../t"), std::string("."), std::string("a/b"),
                                  std::string(".t"), std::string("a\nb"), std::string(201, 'a')}) {
    CAPTURE(name);
    CHECK_FALSE(Folder::is_name(name));
    CHECK_FALSE(folder.put(name, message_of(1)));
    CHECK_FALSE(folder.read(name));
    CHECK_FALSE(folder.done(name));
    CHECK_FALSE(folder.reject(name, "why"));
  }
  CHECK(Folder::is_name(std::string(200, 'a')));
  CHECK(folder.put(std::string(200, 'a'), message_of(1)));
  CHECK(files_in(scratch.path()).size() == 1);
}

TEST_CASE("folder: a file that is too large goes to bad/ with the reason") {
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch.path(), {.max_message = 104}).value();
  REQUIRE(folder.put("fits", message_of(100)));
  REQUIRE(folder.put("large", message_of(101)));
  CHECK(read(folder, "fits") == message_of(100));
  const auto large = folder.read("large");
  REQUIRE_FALSE(large);
  CHECK_THAT(large.error().text, ContainsSubstring("large.pki went to bad/: it is larger than 104 octets"));
  CHECK(files_in(scratch.path()) == Names{"bad/large.pki", "bad/large.pki.txt", "fits.pki"});
  CHECK(text_in(scratch / "bad/large.pki.txt") == "large.pki: is larger than 104 octets\n");
}

TEST_CASE("folder: a file that cannot be opened goes to bad/ with the reason") {
  if (::geteuid() == 0) SKIP("root may read everything");
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch.path()).value();
  REQUIRE(folder.put("closed", message_of(1)));
  fs::permissions(scratch / "closed.pki", fs::perms::none);
  CHECK_FALSE(folder.read("closed"));
  CHECK_THAT(text_in(scratch / "bad/closed.pki.txt"), ContainsSubstring("cannot be opened"));
}

TEST_CASE("folder: a file that is still being copied is waited for") {
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch.path()).value();
  const Octets whole = message_of(300);
  const std::string text(whole.begin(), whole.end());
  for (const std::size_t so_far : {0U, 1U, 2U, 3U, 4U, 100U, 303U}) {
    CAPTURE(so_far);
    write(scratch / "t.pki", text.substr(0, so_far));
    CHECK_FALSE(read(folder, "t"));
    CHECK(names_in(folder) == Names{"t"});
  }
  write(scratch / "t.pki", text);
  CHECK(read(folder, "t") == whole);
  write(scratch / "t.pki", "no DER");  // it is for others to say what that is
  CHECK(read(folder, "t") == copy_of(bytes_of("no DER")));
}

TEST_CASE("folder: what no file can be at all is said") {
  const ScratchDirectory scratch;
  write(scratch / "file", "");
  const auto under_a_file = Folder::open(scratch / "file/in");
  REQUIRE_FALSE(under_a_file);
  CHECK(under_a_file.error().kind == TransportError::Kind::file);
  const Folder gone = Folder::open(scratch / "gone").value();
  fs::remove(scratch / "gone");
  CHECK_FALSE(gone.names());
  const auto put = gone.put("t", message_of(1));
  REQUIRE_FALSE(put);
  CHECK_THAT(put.error().text, ContainsSubstring("gone/t.pki"));
}

TEST_CASE("folder: a full disk leaves what was there, and nothing half") {
  const test::SmallDisk disk(1U << 20U);
  if (disk.missing()) SKIP(*disk.missing());
  const Folder folder = Folder::open(disk.path("folder")).value();
  REQUIRE(folder.put("t", message_of(100)));
  REQUIRE(disk.fill(8192));
  const auto put = folder.put("t", message_of(60'000));
  REQUIRE_FALSE(put);
  CHECK_THAT(put.error().text, ContainsSubstring("No space left"));
  CHECK(files_in(folder.path()) == Names{"t.pki"});
  CHECK(read(folder, "t") == message_of(100));
  disk.make_room();
  CHECK(folder.put("t", message_of(60'000)));
  CHECK(read(folder, "t") == message_of(60'000));

  REQUIRE(disk.set_read_only(true));
  CHECK_FALSE(folder.done("t"));
  CHECK(names_in(folder) == Names{"t"});
  REQUIRE(disk.set_read_only(false));
  CHECK(folder.done("t"));
}

TEST_CASE("folder: several readers and writers at once see whole messages only, and all of them") {
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch.path()).value();
  constexpr int count = 200;
  std::atomic<bool> wrong = false;
  std::atomic<int> writers = 2;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 2; ++writer)  // the same messages, both of them
    threads.emplace_back([&] {
      for (int i = 0; i < count; ++i)
        if (!folder.put("t" + std::to_string(i), message_of(2000, static_cast<std::uint8_t>(i)))) wrong = true;
      --writers;
    });
  std::array<std::vector<std::string>, 3> taken;
  for (auto& mine : taken)
    threads.emplace_back([&] {
      for (bool more = true; more;) {
        more = writers > 0;
        const auto names = folder.names();
        if (!names) wrong = true;
        for (const std::string& name : names.value_or(Names{})) {
          const auto message = folder.read(name);
          if (!message) wrong = true;
          if (!message || !*message) continue;
          if (**message != message_of(2000, static_cast<std::uint8_t>(std::stoi(name.substr(1))))) wrong = true;
          mine.push_back(name);
          if (!folder.done(name)) wrong = true;
        }
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK_FALSE(wrong);
  std::vector<std::string> all;
  for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  CHECK(all.size() == count);
  CHECK(names_in(folder).empty());
}

enum class Ended { whole, killed, not_permitted };

/// Does something in a process of its own that is killed as it enters its n-th system call.
Ended killed_at(int n, const std::function<void()>& what) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(1);
    ::raise(SIGSTOP);
    what();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) return Ended::not_permitted;
  for (int stops = 0;; ++stops) {
    if (stops == 2 * n - 1) {  // each call stops the process twice: as it enters and as it leaves
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return Ended::killed;
    }
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) || WIFSIGNALED(status)) return Ended::whole;
  }
}

/// Repeats it with a kill before each of its system calls, until one run ends by itself.
void kill_at_each_call(const std::function<void()>& prepare, const std::function<void()>& what,
                       const std::function<void()>& check) {
  for (int n = 1; n < 1000; ++n) {
    prepare();
    const Ended ended = killed_at(n, what);
    if (ended == Ended::not_permitted) SKIP("no process may be traced here");
    CAPTURE(n);
    check();
    if (ended == Ended::whole) {
      CHECK(n > 5);
      return;
    }
  }
  FAIL("it never ends");
}

TEST_CASE("folder: killed between any two steps of put(), there is the old message or the new one") {
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch.path()).value();
  const Octets before = message_of(100, 1), after = message_of(200, 2);
  kill_at_each_call([&] { REQUIRE(folder.put("t", before)); }, [&] { (void)folder.put("t", after); },
                    [&] {
                      CHECK(names_in(folder) == Names{"t"});
                      const auto message = read(folder, "t");
                      CHECK((message == before || message == after));
                      REQUIRE(folder.put("t", after));  // who starts again
                      CHECK(read(folder, "t") == after);
                    });
}

TEST_CASE("folder: killed between any two steps of done(), the message is there or done") {
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch.path()).value();
  const Octets message = message_of(100);
  const auto clean = [&] {
    fs::remove_all(scratch / "done");
    REQUIRE(folder.put("t", message));
  };
  kill_at_each_call(
      clean, [&] { (void)folder.done("t"); },
      [&] {
        const bool there = names_in(folder) == Names{"t"};
        CHECK(fs::exists(scratch / "done/t.pki") != there);
        REQUIRE(folder.done("t"));
        CHECK(files_in(scratch.path()) == Names{"done/t.pki"});
      });
}

TEST_CASE("folder: killed between any two steps of reject(), the message never lies in bad/ without its reason") {
  const ScratchDirectory scratch;
  const Folder folder = Folder::open(scratch.path()).value();
  const auto clean = [&] {
    fs::remove_all(scratch / "bad");
    REQUIRE(folder.put("t", message_of(100)));
  };
  kill_at_each_call(
      clean, [&] { (void)folder.reject("t", "is of no use"); },
      [&] {
        const bool bad = fs::exists(scratch / "bad/t.pki");
        CHECK(bad != (names_in(folder) == Names{"t"}));
        if (bad) CHECK(text_in(scratch / "bad/t.pki.txt") == "t.pki: is of no use\n");
        REQUIRE(folder.reject("t", "is of no use"));
        CHECK(fs::exists(scratch / "bad/t.pki"));
      });
}

}  // namespace
}  // namespace cmpkit::transport
