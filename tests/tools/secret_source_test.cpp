#include "tools/secret_source.h"

#include <stdlib.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/support/scratch_directory.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

TEST_CASE("a secret comes from the command line, a variable or the first line of a file") {
  const test::ScratchDirectory folder;
  REQUIRE(write_file(folder / "secret", bytes_of("from a file\r\nsecond line\n")));
  ::setenv("CMPKIT_TEST_SECRET", "from a variable", 1);
  CHECK(text_of(*read_secret("pass:from:the line")) == "from:the line");
  CHECK(text_of(*read_secret("env:CMPKIT_TEST_SECRET")) == "from a variable");
  CHECK(text_of(*read_secret("file:" + folder / "secret")) == "from a file");
}

TEST_CASE("what is no secret is refused without being quoted") {
  ::unsetenv("CMPKIT_TEST_SECRET");
  struct Row {
    std::string source, text;
  };
  const auto row = GENERATE(values<Row>({
      {"", "a secret is given as pass:SECRET, file:PATH or env:VARIABLE"},
      {"hunter2", "a secret is given as pass:SECRET, file:PATH or env:VARIABLE"},
      {"pas:hunter2", "a secret is given as pass:SECRET, file:PATH or env:VARIABLE"},
      {"pass:", "the secret after pass: is empty"},
      {"env:CMPKIT_TEST_SECRET", "the environment variable CMPKIT_TEST_SECRET is not set"},
      {"file:/dev/null", "the first line of /dev/null is empty"},
      {"file:/nonexistent/secret", "cannot read /nonexistent/secret: No such file or directory"},
  }));
  const auto secret = read_secret(row.source);
  REQUIRE_FALSE(secret);
  CHECK(secret.error() == row.text);
}

}  // namespace
}  // namespace cmpkit::tools
