#include "tools/csv.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using Fields = std::vector<std::string>;

/// The only record in the text.
Fields record(std::string_view text) {
  CsvReader reader(text);
  const auto found = reader.next();
  REQUIRE(found.has_value());
  CHECK_FALSE(reader.next().has_value());
  return found->fields.value();
}

TEST_CASE("fields stand between commas, up to the end of a line of either kind") {
  for (const char* text : {"a,b c,,d", "a,b c,,d\n", "a,b c,,d\r\n",
                           "\xEF\xBB\xBF"
                           "a,b c,,d",
                           "\n\r\n"
                           "a,b c,,d\n\n"})
    CHECK(record(text) == Fields{"a", "b c", "", "d"});
  CHECK(record("a,") == Fields{"a", ""});
  CHECK(record(",\n") == Fields{"", ""});
  CHECK(record("a\rb") == Fields{"a\rb"});
  CHECK_FALSE(CsvReader("").next().has_value());
  CHECK_FALSE(CsvReader("\n\n").next().has_value());
}

TEST_CASE("a field in quotes holds commas, line ends and quotes (RFC 4180)") {
  CHECK(record("\"a,b\",\"c\"\"d\",\"\"\r\n") == Fields{"a,b", "c\"d", ""});
  CHECK(record("\"one\r\ntwo\"") == Fields{"one\r\ntwo"});
  CHECK(record("a \"quoted\" word") == Fields{"a \"quoted\" word"});
}

TEST_CASE("each record knows its line, also after those that are wrong") {
  CsvReader reader("a\n\n\"b\nb\"\n\"c\"x,y\nd\n");
  CHECK(reader.next()->line == 1);
  CHECK(reader.next()->line == 3);
  const auto wrong = reader.next();
  CHECK(wrong->line == 5);
  CHECK_THAT(wrong->fields.error(), ContainsSubstring("written twice"));
  const auto last = reader.next();
  CHECK(last->line == 6);
  CHECK(last->fields.value() == Fields{"d"});
  CHECK_FALSE(reader.next().has_value());
}

TEST_CASE("a quote that is never closed ends the reading") {
  CsvReader reader("a\n\"b\nc\n");
  CHECK(reader.next()->fields.has_value());
  const auto open = reader.next();
  CHECK(open->line == 2);
  CHECK_THAT(open->fields.error(), ContainsSubstring("never closed"));
  CHECK_FALSE(reader.next().has_value());
}

}  // namespace
}  // namespace cmpkit::tools
