#include "tools/files.h"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/scratch_directory.h"

namespace cmpkit::tools {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

std::size_t files_in(const test::ScratchDirectory& folder) {
  const std::filesystem::directory_iterator files(folder.path());
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

TEST_CASE("a file is replaced whole and leaves nothing else behind") {
  const test::ScratchDirectory folder;
  const std::string path = folder / "file";
  REQUIRE(write_file(path, bytes_of("a long first content")));
  REQUIRE(write_file(path, bytes_of("short")));
  CHECK(text_of(*read_file(path)) == "short");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("keys are for their owner only, whatever the umask and whatever stood there before") {
  const test::ScratchDirectory folder;
  const mode_t before = ::umask(0);
  REQUIRE(write_file(folder / "key", bytes_of("x")));
  CHECK(mode_of(folder / "key") == 0644);
  REQUIRE(write_file(folder / "key", bytes_of("x"), Access::owner_only));
  CHECK(mode_of(folder / "key") == 0600);
  ::umask(027);
  REQUIRE(write_file(folder / "certificate", bytes_of("x")));
  CHECK(mode_of(folder / "certificate") == 0640);
  ::umask(before);
}

TEST_CASE("a file that grows takes its place when it is finished, and leaves nothing where it is not") {
  const test::ScratchDirectory folder;
  REQUIRE(write_file(folder / "list", bytes_of("old")));
  {
    auto given_up = ReplacingFile::create(folder / "list").value();
    REQUIRE(given_up.write(bytes_of("half")));
  }
  CHECK(text_of(read_file(folder / "list").value()) == "old");
  {
    auto file = ReplacingFile::create(folder / "list").value();
    REQUIRE(file.write(bytes_of("one ")));
    REQUIRE(file.write(bytes_of("two")));
    CHECK(text_of(read_file(folder / "list").value()) == "old");
    REQUIRE(file.finish());
  }
  CHECK(text_of(read_file(folder / "list").value()) == "one two");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("where a file cannot be written, the old one stays and the name is told") {
  const test::ScratchDirectory folder;
  const auto missing = write_file(folder / "no/such/folder", bytes_of("x"));
  REQUIRE_FALSE(missing);
  CHECK(missing.error() == "cannot write " + folder / "no/such/folder" + ": No such file or directory");
  CHECK_FALSE(can_write(folder / "no/such/folder"));
  CHECK(can_write(folder / "new"));
  std::filesystem::create_directory(folder / "folder");
  CHECK_FALSE(can_write(folder / "folder"));
  CHECK_FALSE(write_file(folder / "folder", bytes_of("x")));
  CHECK(files_in(folder) == 1);
}

}  // namespace
}  // namespace cmpkit::tools
