// A CA whose disk is full, or may not be written: its clients are told to come again later, nothing that was told is
// lost, and it goes on by itself as soon as there is room.
#include <catch2/catch_test_macros.hpp>

#include "cmpkit/store/sqlite.h"
#include "tests/store/stored_world.h"
#include "tests/support/small_disk.h"

using namespace cmpkit;
using namespace cmpkit::test;

namespace {

constexpr std::size_t disk_size = 8U << 20U;

/// A CA with its store on a disk.
struct DiskWorld : StoredWorld {
  explicit DiskWorld(const SmallDisk& disk)
      : StoredWorld(store::open_sqlite(disk.path("store.db"), cmp::botan_crypto())) {}
};

}  // namespace

TEST_CASE("a CA on a full disk says systemUnavail, loses nothing and goes on when there is room", "[disk]") {
  const SmallDisk disk(disk_size);
  if (disk.missing()) SKIP(*disk.missing());
  DiskWorld world(disk);
  std::vector<Octets> confirmed;
  std::string cause;
  REQUIRE(disk.fill(disk_size / 16));
  for (int i = 0; i < 1000 && cause.empty(); ++i)
    if (auto certificate = enrol(world, cause)) confirmed.push_back(std::move(*certificate));
  CAPTURE(confirmed.size());
  CHECK(cause.find("the disk is full") != std::string::npos);
  REQUIRE_FALSE(confirmed.empty());
  CHECK_FALSE(enrol(world, cause));
  check_all_there(world, confirmed);

  disk.make_room();
  const auto after = enrol(world, cause);
  REQUIRE(after);
  confirmed.push_back(*after);
  check_all_there(world, confirmed);
  DiskWorld reopened(disk);
  check_all_there(reopened, confirmed);
}

TEST_CASE("a CA whose store may only be read says so when it starts, and goes on when it may be written", "[disk]") {
  const SmallDisk disk(disk_size);
  if (disk.missing()) SKIP(*disk.missing());
  DiskWorld world(disk);
  std::string cause;
  const auto before = enrol(world, cause);
  REQUIRE(before);
  const auto again = [&](bool read_only) {  // a file system that has files open for writing does not become read-only
    world.responder.reset();
    world.store.reset();
    return disk.set_read_only(read_only);
  };
  REQUIRE(again(true));
  const auto refused = store::open_sqlite(disk.path("store.db"), cmp::botan_crypto());
  REQUIRE_FALSE(refused);
  CAPTURE(refused.error().text);
  CHECK(refused.error().text.find("may only be read") != std::string::npos);
  REQUIRE(again(false));
  DiskWorld reopened(disk);
  check_all_there(reopened, {*before});
  CHECK(enrol(reopened, cause));
}
