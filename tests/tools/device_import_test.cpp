#include "tools/device_import.h"

#include <catch2/catch_test_macros.hpp>

#include "cmpkit/cmp/audit.h"
#include "tests/support/failing_store.h"

namespace cmpkit::tools {
namespace {

using cmp::StoredDevice;
using State = StoredDevice::State;
using Counts = DeviceImport::Counts;

StoredDevice device(const std::string& serial, State state = State::manufactured) {
  StoredDevice out;
  out.manufacturer = "ACME";
  out.serial = serial;
  out.state = state;
  return out;
}

struct Fixture {
  Counts import(const std::vector<StoredDevice>& devices) {
    Progress progress("imported", devices.size());
    DeviceImport all(store, "devices.csv", progress);
    for (const auto& each : devices) REQUIRE(all.add(each).has_value());
    return all.finish().value();
  }
  StoredDevice stored(const std::string& serial) { return store.device("ACME", serial).value().value(); }

  test::FailingStore store{cmp::memory_store()};
};

void check(const Counts& counts, std::uint64_t added, std::uint64_t changed, std::uint64_t unchanged) {
  CHECK(counts.added == added);
  CHECK(counts.changed == changed);
  CHECK(counts.unchanged == unchanged);
}

TEST_CASE("devices are imported a thousand in a commit, and importing them again changes nothing") {
  Fixture fixture;
  int commits = 0;
  fixture.store.before_commit = [&] {
    ++commits;
    return std::nullopt;
  };
  std::vector<StoredDevice> many;
  for (int i = 0; i < 2500; ++i) many.push_back(device(std::to_string(i)));
  check(fixture.import(many), 2500, 0, 0);
  CHECK(commits == 3);
  CHECK(fixture.store.statistics()->devices == 2500);
  check(fixture.import(many), 0, 0, 2500);
  CHECK(fixture.stored("7").version == 1);

  const auto audit = fixture.store.audit(0, 10).value();
  REQUIRE(audit.size() == 3);
  const auto entry = cmp::decode_audit_entry(audit[0].entry).value();
  CHECK(entry.action == "import devices");
  CHECK(entry.reason == "1000 added, 0 changed, from devices.csv");
}

TEST_CASE("what a list says counts, and what it does not say stays") {
  Fixture fixture;
  StoredDevice known = device("1");
  known.model = "pump";
  known.key_digest = {1};
  fixture.import({known});
  StoredDevice more = device("1");
  more.key_digest = {2};
  more.certificate_digest = {3};
  check(fixture.import({more, device("2")}), 1, 1, 0);
  CHECK(fixture.stored("1").model == "pump");
  CHECK(fixture.stored("1").key_digest == Octets{2});
  CHECK(fixture.stored("1").certificate_digest == Octets{3});
}

TEST_CASE("an import never takes a device back") {
  Fixture fixture;
  fixture.import({device("1", State::onboarded), device("2", State::decommissioned), device("3")});
  check(fixture.import({device("1"), device("2"), device("3")}), 0, 0, 3);
  check(
      fixture.import({device("1", State::in_operation), device("2", State::onboarded), device("3", State::onboarded)}),
      0, 2, 1);
  CHECK(fixture.stored("1").state == State::in_operation);
  CHECK(fixture.stored("2").state == State::decommissioned);
  CHECK(fixture.stored("3").state == State::onboarded);
}

TEST_CASE("of a device that is listed twice the later line counts") {
  Fixture fixture;
  StoredDevice again = device("1");
  again.model = "valve";
  check(fixture.import({device("1"), device("2"), again}), 2, 1, 0);
  CHECK(fixture.stored("1").model == "valve");
}

TEST_CASE("what somebody else adds at the same time is not added twice") {
  Fixture fixture;
  bool is_first = true;
  fixture.store.before_commit = [&]() -> std::optional<cmp::StoreError> {
    if (!std::exchange(is_first, false)) return std::nullopt;
    cmp::Change other;
    other.devices = {device("1", State::onboarded)};
    REQUIRE(fixture.store.behind().commit(other) == cmp::Commit::done);
    return std::nullopt;
  };
  check(fixture.import({device("1"), device("2")}), 1, 0, 1);
  CHECK(fixture.stored("1").state == State::onboarded);
}

TEST_CASE("where the store fails, the import says so") {
  Fixture fixture;
  fixture.store.before_commit = [] { return cmp::StoreError{"the disk is full"}; };
  Progress progress("imported", 1);
  DeviceImport all(fixture.store, "devices.csv", progress);
  REQUIRE(all.add(device("1")).has_value());
  CHECK(all.finish().error() == "the disk is full");
}

}  // namespace
}  // namespace cmpkit::tools
