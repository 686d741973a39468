#include "tools/message_files.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/scratch_directory.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

TEST_CASE("each message goes to the next file, further ones to none") {
  const test::ScratchDirectory folder;
  MessageFiles files(folder / "first" + ", " + folder / "second");
  for (const char* message : {"1", "2", "3"}) REQUIRE(files.save(bytes_of(message)));
  CHECK(text_of(*read_file(folder / "first")) == "1");
  CHECK(text_of(*read_file(folder / "second")) == "2");
}

TEST_CASE("no file name, no file") {
  MessageFiles files("");
  CHECK(files.names().empty());
  CHECK(files.save(bytes_of("1")));
}

}  // namespace
}  // namespace cmpkit::tools
