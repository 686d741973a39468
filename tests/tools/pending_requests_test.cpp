#include "tools/pending_requests.h"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "tests/support/scratch_directory.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

PendingRequest request(std::string id, std::string since = "2026-11-22 12:00:00 UTC") {
  return {std::move(id), std::move(since), "ir", "gateway", "secret one", "/CN=device\n7", "ec:P-256"};
}

TEST_CASE("what waits is listed by age, whole, and by nobody else to be read") {
  const test::ScratchDirectory folder;
  const PendingRequests requests(folder.path());
  CHECK(requests.waiting().empty());
  REQUIRE(requests.add(request("bb")));
  REQUIRE(requests.add(request("aa", "2026-11-22 12:00:01 UTC")));
  REQUIRE(write_file(folder / "pending/cc.waiting", bytes_of("{ half")));
  const auto waiting = requests.waiting();
  REQUIRE(waiting.size() == 2);
  CHECK(waiting[0].id == "bb");
  CHECK(waiting[1].id == "aa");
  CHECK(waiting[0].subject == "/CN=device\n7");
  CHECK(waiting[0].requester == "secret one");
  struct stat status{};
  REQUIRE(::stat((folder / "pending/bb.waiting").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("a request is found by how its id begins, where that is enough") {
  const test::ScratchDirectory folder;
  const PendingRequests requests(folder.path());
  CHECK(requests.find("").error() == "no request is waiting");
  REQUIRE(requests.add(request("ab1")));
  CHECK(requests.find("")->id == "ab1");
  REQUIRE(requests.add(request("ab2")));
  CHECK(requests.find("ab2")->id == "ab2");
  CHECK(requests.find("ab").error() == "2 requests are meant; name one by its ID");
  CHECK(requests.find("b").error() == "no such request is waiting: b");
}

TEST_CASE("a decision stays, and what is decided waits no longer") {
  const test::ScratchDirectory folder;
  const PendingRequests requests(folder.path());
  for (const char* id : {"aa", "bb"}) REQUIRE(requests.add(request(id)));
  CHECK_FALSE(requests.decision("aa"));
  REQUIRE(requests.approve(*requests.find("aa")));
  REQUIRE(requests.reject(*requests.find("bb"), "stolen"));
  CHECK(requests.waiting().empty());

  const PendingRequests later(folder.path());  // after a restart
  CHECK(std::holds_alternative<cmp::Approved>(*later.decision("aa")));
  CHECK(std::get<cmp::Rejected>(*later.decision("bb")).reason == "stolen");
  REQUIRE(later.add(request("aa")));  // by a CA that looked before the decision and writes after it
  CHECK(later.waiting().empty());
  CHECK_FALSE(later.approve(request("aa")).has_value());
}

TEST_CASE("what is too old is forgotten") {
  const test::ScratchDirectory folder;
  const PendingRequests requests(folder.path());
  REQUIRE(requests.add(request("aa")));
  requests.forget(std::chrono::hours{1});
  CHECK(requests.waiting().size() == 1);
  std::filesystem::last_write_time(folder / "pending/aa.waiting",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours{2});
  requests.forget(std::chrono::hours{1});
  CHECK(requests.waiting().empty());
}

}  // namespace
}  // namespace cmpkit::tools
