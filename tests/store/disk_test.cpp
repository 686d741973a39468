// A CA whose disk is full, or may not be written: its clients are told to come again later, nothing that was told is
// lost, and it goes on by itself as soon as there is room.
#include <catch2/catch_test_macros.hpp>

#include "cmpkit/cmp/audit.h"
#include "cmpkit/store/sqlite.h"
#include "tests/cmp/support/caller.h"
#include "tests/support/small_disk.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using cmpkit::test::SmallDisk;

namespace {

constexpr std::size_t disk_size = 8U << 20U;

/// A CA with its store on a disk.
struct DiskWorld : World {
  explicit DiskWorld(const SmallDisk& disk) {
    auto opened = store::open_sqlite(disk.path("store.db"), botan_crypto());
    REQUIRE(opened);
    store = std::move(*opened);
    use(configuration());
  }
};

/// One enrolment; the certificate where it was confirmed, else nothing, and the client was told systemUnavail.
std::optional<Octets> enrol(World& world, std::string& text) {
  const auto is_answered = [&](const asn1::PKIMessage& answer) {
    if (answer.body.type() != PKIBody::error) return true;
    const auto& status = status_in(answer);
    CHECK(status.failInfo->has(PKIFailureInfo::systemUnavail));
    text = status.statusString->front().text;
    return false;
  };
  Caller caller(world, world.secret_credential());
  if (!is_answered(caller.send(EnrollmentBody(world, PKIBody::ir).body))) return std::nullopt;
  Octets certificate = copy_of(certificate_in(caller.answer()));
  asn1::Storage storage;
  if (!is_answered(caller.send(confirming(caller.answer(), storage)))) return std::nullopt;
  return certificate;
}

void check_all_there(World& world, const std::vector<Octets>& confirmed) {
  for (const Octets& certificate : confirmed) CHECK(world.status_of(certificate) == IssuedCertificate::Status::valid);
  AuditVerifier verifier(botan_crypto());
  const auto records = world.store->audit(0, 100'000).value();
  for (const AuditRecord& record : records) CHECK(verifier.add(record));
  CHECK(records.size() >= 2 * confirmed.size());
}

}  // namespace

TEST_CASE("a CA on a full disk says systemUnavail, loses nothing and goes on when there is room", "[disk]") {
  const SmallDisk disk(disk_size);
  if (disk.missing()) SKIP(*disk.missing());
  DiskWorld world(disk);
  std::vector<Octets> confirmed;
  std::string text;
  REQUIRE(disk.fill(disk_size / 16));
  for (int i = 0; i < 1000 && text.empty(); ++i)
    if (auto certificate = enrol(world, text)) confirmed.push_back(std::move(*certificate));
  CAPTURE(confirmed.size());
  CHECK(text.find("the disk is full") != std::string::npos);
  REQUIRE_FALSE(confirmed.empty());
  CHECK_FALSE(enrol(world, text));
  check_all_there(world, confirmed);

  disk.make_room();
  const auto after = enrol(world, text);
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
  std::string text;
  const auto before = enrol(world, text);
  REQUIRE(before);
  const auto again = [&](bool read_only) {  // a file system that has files open for writing does not become read-only
    world.responder.reset();
    world.store.reset();
    return disk.set_read_only(read_only);
  };
  REQUIRE(again(true));
  const auto refused = store::open_sqlite(disk.path("store.db"), botan_crypto());
  REQUIRE_FALSE(refused);
  CAPTURE(refused.error().text);
  CHECK(refused.error().text.find("may only be read") != std::string::npos);
  REQUIRE(again(false));
  DiskWorld reopened(disk);
  check_all_there(reopened, {*before});
  CHECK(enrol(reopened, text));
}
