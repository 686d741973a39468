// `cmpkit ca audit`: the log of decisions, and that whoever alters it is noticed.
#include <sqlite3.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ca.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

/// A CA with three entries in its log, behind whose back its store can be altered.
class Logged {
 public:
  Logged() {
    REQUIRE(cmpkit({"store", "migrate", ca_.folder()}).status == 0);
    add_entry("one");
    add_entry("two");
    add_entry("three");
  }
  [[nodiscard]] std::string folder() const { return ca_.folder(); }
  [[nodiscard]] const NewCa& ca() const { return ca_; }
  void add_entry(const std::string& reference) const {
    REQUIRE(cmpkit({"ca", "secret", "add", ca_.folder(), reference}).status == 0);
  }
  void alter(const char* sql) const {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open((ca_ / "store.db").c_str(), &database) == SQLITE_OK);
    const int done = sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
    INFO(sqlite3_errmsg(database));
    CHECK(done == SQLITE_OK);
    sqlite3_close(database);
  }
  [[nodiscard]] Finished verify(const Arguments& more = {}) const {
    Arguments arguments{"ca", "audit", "verify", ca_.folder()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cmpkit(std::move(arguments));
  }

 private:
  NewCa ca_;
};

TEST_CASE("ca audit lists who did what") {
  const Logged log;
  const auto all = json_of({"ca", "audit", log.folder()});
  REQUIRE(all.size() == 3);
  CHECK(all[0]["number"] == 1);
  CHECK_THAT(all[0]["actor"].get<std::string>(), ContainsSubstring("operator "));
  CHECK(all[0]["action"] == "add secret");
  CHECK(all[0]["result"] == "added");
  CHECK(json_of({"ca", "audit", log.folder(), "--after", "1", "--count", "1"})[0]["number"] == 2);
  CHECK(lines_of(cmpkit({"ca", "audit", log.folder()}).out).size() == 3);
  CHECK_THAT(cmpkit({"ca", "audit", log.folder(), "--after", "3"}).out, ContainsSubstring("no entry"));
  CHECK(cmpkit({"ca", "audit"}).status == 2);
  CHECK(cmpkit({"ca", "audit", "verify"}).status == 2);
}

TEST_CASE("a running server logs each decision, with the certificate and the checks") {
  const NewCa ca;
  Server server(ca.folder());
  REQUIRE(enroll(ca, server.url, "/CN=first-device").status == 0);
  CHECK(enroll(ca, server.url, "/CN=somebody else").status == 1);
  const auto all = json_of({"ca", "audit", ca.folder()});
  REQUIRE(all.size() == 3);
  CHECK(all[0]["actor"] == "secret first-device");
  CHECK(all[0]["action"] == "ir");
  CHECK(all[0]["result"] == "granted");
  CHECK(all[0]["certificates"][0] == serial_of(ca.scratch("device.crt")));
  CHECK_THAT(all[0]["trail"].get<std::string>(), ContainsSubstring("V-34 protection"));
  CHECK(all[1]["action"] == "certConf");
  CHECK(all[2]["result"] == "refused");
  CHECK_THAT(all[2]["reason"].get<std::string>(), ContainsSubstring("R-07"));
  CHECK(cmpkit({"ca", "audit", "verify", ca.folder()}).status == 0);
}

TEST_CASE("a log that nobody altered is whole, and its head is known again later") {
  const Logged log;
  const auto verified = json_of({"ca", "audit", "verify", log.folder()});
  CHECK(verified["whole"] == true);
  CHECK(verified["entries"] == 3);
  const std::string head = verified["head"].get<std::string>();
  CHECK_THAT(log.verify().out, ContainsSubstring("head " + head));
  CHECK_THAT(log.verify().err, ContainsSubstring("verified 3 of 3"));

  log.add_entry("four");
  CHECK(log.verify({"--head", head}).status == 0);
  const Finished other = log.verify({"--head", "3:00"});
  CHECK(other.status == 1);
  CHECK_THAT(other.err, ContainsSubstring("entry 3"));
  CHECK(log.verify({"--head", "three"}).status == 2);
}

TEST_CASE("an altered log is noticed, with the number of the entry") {
  struct Row {
    const char* what;
    const char* sql;
    const char* text;
  };
  const auto row = GENERATE(values<Row>(
      {{"changed", "UPDATE audit SET entry = (SELECT entry FROM audit WHERE number = 1) WHERE number = 2", "entry 2 "},
       {"its hash, too", "UPDATE audit SET hash = randomblob(32) WHERE number = 3", "entry 3 "},
       {"removed", "DELETE FROM audit WHERE number = 2", "entry 3 "},
       {"the first one removed", "DELETE FROM audit WHERE number = 1", "entry 2 "},
       {"put in",
        "UPDATE audit SET number = number + 100 WHERE number > 1;"
        "INSERT INTO audit SELECT 2, entry, hash FROM audit WHERE number = 1;"
        "UPDATE audit SET number = number - 99 WHERE number > 100",
        "entry 2 "},
       {"exchanged",
        "UPDATE audit SET number = 100 WHERE number = 1; UPDATE audit SET number = 1 WHERE number = 2;"
        "UPDATE audit SET number = 2 WHERE number = 100",
        "entry 1 "}}));
  const Logged log;
  log.alter(row.sql);
  const Finished done = log.verify();
  CAPTURE(row.what, done.err);
  CHECK(done.status == 1);
  CHECK_THAT(done.err, ContainsSubstring(row.text));
  CHECK(json_of({"ca", "audit", "verify", log.folder()}, 1)["whole"] == false);
}

TEST_CASE("an end that was cut off shows by an earlier head") {
  const Logged log;
  const std::string head = json_of({"ca", "audit", "verify", log.folder()})["head"].get<std::string>();
  log.alter("DELETE FROM audit WHERE number = 3");
  const Finished cut = log.verify({"--head", head});
  CHECK(cut.status == 1);
  CHECK_THAT(cut.err, ContainsSubstring("ends at entry 2"));
  log.add_entry("another");  // which takes the number
  const Finished replaced = log.verify({"--head", head});
  CHECK(replaced.status == 1);
  CHECK_THAT(replaced.err, ContainsSubstring("entry 3 of the audit log has another hash"));
}

}  // namespace
}  // namespace cmpkit::tools
