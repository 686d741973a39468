// The store of a CA: made, chosen, missing, damaged.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ca.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("the commands beside the server make no store: store migrate does") {
  const NewCa ca;
  for (const char* name : {"list", "stats", "pending", "audit", "export", "crl"}) {
    const Finished done = cmpkit({"ca", name, ca.folder()});
    CAPTURE(name, done.err);
    CHECK(done.status == 1);
    CHECK_THAT(done.err, ContainsSubstring("cmpkit store migrate " + ca.folder()));
  }
  CHECK_FALSE(file_exists(ca / "store.db"));

  const auto made = json_of({"store", "migrate", ca.folder()});
  CHECK(made["from"] == 0);
  CHECK(mode_of(ca / "store.db") == 0600);
  CHECK(json_of({"store", "migrate", ca.folder()})["from"] == made["to"]);
  CHECK_THAT(cmpkit({"store", "migrate", ca.folder()}).out, ContainsSubstring("already"));
  CHECK(json_of({"ca", "list", ca.folder()}).empty());
}

TEST_CASE("a server says which store it uses") {
  const NewCa ca;
  SECTION("the file in its folder") {
    Server server(ca.folder());
    CHECK_THAT(server.stop().err, ContainsSubstring("state is kept in SQLite, " + ca / "store.db"));
    CHECK(file_exists(ca / "store.db"));
  }
  SECTION("another file, by ca.toml") {
    edit(ca / "ca.toml", "store = \"sqlite\"", "store = \"sqlite:other.db\"");
    Server server(ca.folder());
    CHECK_THAT(server.stop().err, ContainsSubstring("SQLite, " + ca / "other.db"));
  }
  SECTION("memory, by its command line") {
    Server server(ca.folder(), {"--store", "memory"});
    CHECK_THAT(server.stop().err, ContainsSubstring("state is kept in memory: all of it ends with this process"));
    CHECK_FALSE(file_exists(ca / "store.db"));
  }
}

TEST_CASE("of a CA in memory only its server knows the state") {
  const NewCa ca;
  edit(ca / "ca.toml", "store = \"sqlite\"", "store = \"memory\"");
  const Finished listed = cmpkit({"ca", "list", ca.folder()});
  CHECK(listed.status == 1);
  CHECK_THAT(listed.err, ContainsSubstring("in the memory of its server only"));
  CHECK(cmpkit({"store", "migrate", ca.folder()}).status == 1);
}

TEST_CASE("a store that cannot be used stops the server before it listens, in words") {
  const NewCa ca;
  SECTION("no such folder") { edit(ca / "ca.toml", "store = \"sqlite\"", "store = \"sqlite:missing/store.db\""); }
  SECTION("no store") { REQUIRE(write_file(ca / "store.db", bytes_of("this is no database at all, not even nearly"))); }
  SECTION("no server") {
    edit(ca / "ca.toml", "store = \"sqlite\"", "store = \"postgresql://alice:hidden@127.0.0.1:1/ca\"");
  }
  const Finished served = cmpkit({"ca", "serve", ca.folder(), "--listen", "127.0.0.1:0"});
  CHECK(served.status == 1);
  CHECK(served.out.empty());
  CHECK_THAT(served.err, ContainsSubstring("nothing was listened on yet"));
  CHECK_THAT(served.err, !ContainsSubstring("hidden"));
}

TEST_CASE("what is no store is refused") {
  const NewCa ca;
  CHECK(cmpkit({"ca", "serve", ca.folder(), "--store", "oracle"}).status == 2);
  edit(ca / "ca.toml", "store = \"sqlite\"", "store = \"oracle\"");
  const Finished served = cmpkit({"ca", "serve", ca.folder()});
  CHECK(served.status == 2);
  CHECK_THAT(served.err, ContainsSubstring("store: write \"sqlite\""));
}

}  // namespace
}  // namespace cmpkit::tools
