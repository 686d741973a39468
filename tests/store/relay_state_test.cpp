// What a store keeps for an RA: transactions that wait for upstream, and devices.
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <thread>

#include "tests/store/records.h"
#include "tests/store/stores.h"

namespace cmpkit::test {
namespace {

using cmp::Commit;
using cmp::DeviceQuery;
using cmp::Store;
using cmp::StoredDevice;
using cmp::Transaction;

std::vector<std::string> ids_in(Store& store, Transaction::State state, std::size_t count = 10) {
  std::vector<std::string> out;
  const auto found = store.transactions_in(state, count).value();
  for (const Transaction& each : found) out.emplace_back(text_of(each.transaction_id));
  return out;
}

/// `ACME 1`
std::vector<std::string> names(const std::vector<StoredDevice>& devices) {
  std::vector<std::string> out;
  for (const StoredDevice& each : devices) out.push_back(each.manufacturer + " " + each.serial);
  return out;
}
using Names = std::vector<std::string>;

TEMPLATE_LIST_TEST_CASE("a store lists the transactions in a state, those with the earliest deadline first", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  const auto add = [&](std::string_view id, Transaction::State state, int deadline) {
    Transaction each = transaction(id);
    each.state = state;
    each.deadline = at(deadline);
    REQUIRE(store->commit(change(each)) == Commit::done);
  };
  add("T1", Transaction::State::relayed, 30);
  add("T2", Transaction::State::queued, 20);
  add("T3", Transaction::State::relayed, 10);
  add("T4", Transaction::State::delayed, 5);
  add("T5", Transaction::State::relayed, 20);
  add("T6", Transaction::State::awaiting_confirmation, 1);
  CHECK(ids_in(*store, Transaction::State::relayed) == Names{"T3", "T5", "T1"});
  CHECK(ids_in(*store, Transaction::State::relayed, 2) == Names{"T3", "T5"});
  CHECK(ids_in(*store, Transaction::State::queued) == Names{"T2"});
  CHECK(ids_in(*store, Transaction::State::delayed) == Names{"T4"});
  CHECK(ids_in(*store, Transaction::State::done).empty());
  CHECK(store->statistics()->transactions == std::array<std::uint64_t, 5>{1, 1, 0, 1, 3});

  Transaction sent = store->transactions(bytes_of("T2"))->front();
  sent.state = Transaction::State::relayed;
  REQUIRE(store->commit(change(sent)) == Commit::done);
  CHECK(ids_in(*store, Transaction::State::queued).empty());
  CHECK(ids_in(*store, Transaction::State::relayed).size() == 4);
  CHECK(store->statistics()->transactions == std::array<std::uint64_t, 5>{1, 1, 0, 0, 4});
}

TEMPLATE_LIST_TEST_CASE("a store gives back a device as it was put in", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK_FALSE(store->device("ACME", "1")->has_value());
  REQUIRE(store->commit(change({device("1")})) == Commit::done);
  const auto found = store->device("ACME", "1").value().value();
  const StoredDevice expected = device("1");
  CHECK(found.manufacturer == expected.manufacturer);
  CHECK(found.serial == expected.serial);
  CHECK(found.model == expected.model);
  CHECK(found.key_digest == expected.key_digest);
  CHECK(found.certificate_digest == expected.certificate_digest);
  CHECK(found.state == expected.state);
  CHECK(found.since == expected.since);
  CHECK(found.certificate == expected.certificate);
  CHECK(found.version == 1);
  CHECK_FALSE(store->device("1", "ACME")->has_value());
  CHECK_FALSE(store->device("ACME", "")->has_value());
}

TEMPLATE_LIST_TEST_CASE("a store replaces a device only in the version that the caller knows", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit(change({device("1")})) == Commit::done);
  CHECK(store->commit(change({device("1")})) == Commit::conflict);  // it exists meanwhile
  StoredDevice next = store->device("ACME", "1").value().value();
  next.state = StoredDevice::State::decommissioned;
  REQUIRE(store->commit(change({next})) == Commit::done);
  CHECK(store->device("ACME", "1").value()->state == StoredDevice::State::decommissioned);
  CHECK(store->device("ACME", "1").value()->version == 2);
  CHECK(store->commit(change({next})) == Commit::conflict);

  cmp::Change all = change({device("2"), next});  // all or nothing
  all.transaction = transaction("T1");
  CHECK(store->commit(all) == Commit::conflict);
  CHECK_FALSE(store->device("ACME", "2")->has_value());
  CHECK(store->transactions(bytes_of("T1"))->empty());
  CHECK(store->statistics()->devices == 1);

  CHECK_FALSE(store->commit(change({device("3"), device("3")})).has_value());
  CHECK_FALSE(store->device("ACME", "3")->has_value());
}

TEMPLATE_LIST_TEST_CASE("a store finds a device by the certificate it was issued last", "[store]", AllStores) {
  const auto store = TestType::make();
  StoredDevice without = device("2");
  without.certificate.clear();
  REQUIRE(store->commit(change({device("1"), without})) == Commit::done);
  CHECK(store->device_with(bytes_of("serial number")).value()->serial == "1");
  CHECK_FALSE(store->device_with({})->has_value());
  StoredDevice renewed = store->device("ACME", "1").value().value();
  renewed.certificate = octets("next");
  REQUIRE(store->commit(change({renewed})) == Commit::done);
  CHECK_FALSE(store->device_with(bytes_of("serial number"))->has_value());
  CHECK(store->device_with(bytes_of("next")).value()->serial == "1");
}

TEMPLATE_LIST_TEST_CASE("a store lists devices by manufacturer and serial, page by page, and by state", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  StoredDevice gone = device("2");
  gone.state = StoredDevice::State::decommissioned;
  REQUIRE(store->commit(change({device("10"), gone, device("1"), device("1", "Bolt"), device("", "Bolt")})) ==
          Commit::done);
  const auto listed = [&](DeviceQuery query) { return names(store->devices(query).value()); };
  CHECK(listed({}) == Names{"ACME 1", "ACME 10", "ACME 2", "Bolt ", "Bolt 1"});
  DeviceQuery query;
  query.count = 2;
  CHECK(listed(query) == Names{"ACME 1", "ACME 10"});
  query.after_manufacturer = "ACME";
  query.after_serial = "10";
  CHECK(listed(query) == Names{"ACME 2", "Bolt "});
  query.state = StoredDevice::State::onboarded;
  CHECK(listed(query) == Names{"Bolt ", "Bolt 1"});
  query.after_manufacturer = "Bolt";
  query.after_serial = "";
  CHECK(listed(query) == Names{"Bolt 1"});

  DeviceQuery of_state;
  of_state.state = StoredDevice::State::decommissioned;
  CHECK(listed(of_state) == Names{"ACME 2"});
  of_state.state = StoredDevice::State::manufactured;
  CHECK(listed(of_state).empty());
  StoredDevice back = store->device("ACME", "2").value().value();
  back.state = StoredDevice::State::manufactured;
  REQUIRE(store->commit(change({back})) == Commit::done);
  CHECK(listed(of_state) == Names{"ACME 2"});
}

TEMPLATE_LIST_TEST_CASE("a store takes many devices in one commit", "[store]", AllStores) {
  const auto store = TestType::make();
  std::vector<StoredDevice> many;
  for (int i = 0; i < 1000; ++i) many.push_back(device(std::to_string(i)));
  REQUIRE(store->commit(change(many)) == Commit::done);
  CHECK(store->statistics()->devices == 1000);
  CHECK(store->device("ACME", "999")->has_value());
}

TEMPLATE_LIST_TEST_CASE("of threads that change a device at once exactly one wins", "[store]", AllStores) {
  constexpr int threads = 4, devices = 50;
  const auto store = TestType::make();
  std::atomic<int> wins = 0;
  std::vector<std::jthread> racers;
  for (int racer = 0; racer < threads; ++racer)
    racers.emplace_back([&] {
      for (int i = 0; i < devices; ++i)
        if (store->commit(change({device(std::to_string(i))})) == Commit::done) ++wins;
    });
  racers.clear();  // joins
  CHECK(wins == devices);
  CHECK(store->statistics()->devices == devices);
}

}  // namespace
}  // namespace cmpkit::test
