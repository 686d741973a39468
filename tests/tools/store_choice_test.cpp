#include "tools/store_choice.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace cmpkit::tools {
namespace {

using Kind = StoreChoice::Kind;

TEST_CASE("a store is chosen by a word, a path or a URI") {
  struct Row {
    const char* text;
    Kind kind;
    const char* place;
    const char* shown;
  };
  const auto row = GENERATE(values<Row>({
      {"memory", Kind::memory, "", "memory"},
      {"sqlite", Kind::sqlite, "ca/store.db", "SQLite, ca/store.db"},
      {"sqlite:other.db", Kind::sqlite, "ca/other.db", "SQLite, ca/other.db"},
      {"sqlite:/var/lib/ca.db", Kind::sqlite, "/var/lib/ca.db", "SQLite, /var/lib/ca.db"},
      {"postgresql://db/ca", Kind::postgresql, "postgresql://db/ca", "PostgreSQL, postgresql://db/ca"},
      {"postgres://db", Kind::postgresql, "postgres://db", "PostgreSQL, postgres://db"},
  }));
  const auto choice = parse_store_choice(row.text, "ca");
  REQUIRE(choice);
  CHECK(choice->kind == row.kind);
  CHECK(choice->place == row.place);
  CHECK(choice->text() == row.shown);
}

TEST_CASE("what is no store is none") {
  const auto* text = GENERATE("", "sqlit", "sqlite:", "sqlite3", "oracle", "mysql://db", "Memory", "postgresql:db");
  CAPTURE(text);
  CHECK_FALSE(parse_store_choice(text, "ca"));
}

TEST_CASE("a password in a URI is not shown") {
  struct Row {
    const char* uri;
    const char* shown;
  };
  const auto row = GENERATE(values<Row>({
      {"postgresql://alice:secret@db:5432/ca", "postgresql://alice@db:5432/ca"},
      {"postgresql://alice@db:5432/ca", "postgresql://alice@db:5432/ca"},
      {"postgresql://alice:se@cret@db/ca", "postgresql://alice@db/ca"},
      {"postgresql://:secret@db", "postgresql://@db"},
      {"postgresql://db/ca?user=alice&password=secret", "postgresql://db/ca"},
      {"postgresql://alice:secret@?password=secret", "postgresql://alice@"},
      {"postgresql://[::1]:5432/ca", "postgresql://[::1]:5432/ca"},
  }));
  CHECK(parse_store_choice(row.uri, "ca")->text() == std::string("PostgreSQL, ") + row.shown);
}

TEST_CASE("a store in memory is opened empty, and has no format") {
  const auto store = open_store({Kind::memory, {}}, store::Migration::none);
  REQUIRE(store);
  CHECK((*store)->statistics()->audit_entries == 0);
  CHECK(migrate_store({Kind::memory, {}}).error() == "a store in memory has no format");
}

}  // namespace
}  // namespace cmpkit::tools
