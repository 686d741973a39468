// What a change may depend on: counts of certificates, quotas, uses of secrets.
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <thread>

#include "tests/store/records.h"
#include "tests/store/stores.h"

namespace cmpkit::test {
namespace {

using cmp::Change;
using cmp::Commit;
using cmp::Expectation;
using cmp::Quota;
using cmp::Store;
using cmp::Transaction;

Change expecting(cmp::IssuedCertificate certificate, Expectation expectation) {
  Change out = change(std::move(certificate));
  out.expectations.push_back(std::move(expectation));
  return out;
}

Change within(Quota quota, Transaction transaction) {
  Change out = change(std::move(transaction));
  out.quota = quota;
  return out;
}

Transaction with_state(Transaction transaction, Transaction::State state) {
  transaction.state = state;
  return transaction;
}

/// A use of it, in the course of issuing a certificate.
Change use_of(std::string_view reference, std::string_view serial) {
  Change out = change(issued(serial));
  out.secret_used = reference;
  return out;
}

TEMPLATE_LIST_TEST_CASE("a change is made only while the number of certificates is what it expects", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  const auto none_for = [](std::string_view key) { return Expectation{Expectation::Of::key, octets(key), 0}; };
  REQUIRE(store->commit(expecting(issued("S1"), none_for("key 1"))) == Commit::done);
  CHECK(store->commit(expecting(issued("S2"), none_for("key 1"))) == Commit::conflict);
  CHECK_FALSE(store->certificate(bytes_of("S2"))->has_value());
  CHECK(store->commit(expecting(issued("S2"), {Expectation::Of::key, octets("key 1"), 2})) == Commit::conflict);
  REQUIRE(store->commit(expecting(issued("S2"), {Expectation::Of::key, octets("key 1"), 1})) == Commit::done);

  const Octets subject = issued("S3", "key 3").subject;
  CHECK(store->commit(expecting(issued("S3", "key 3"), {Expectation::Of::subject, subject, 1})) == Commit::conflict);
  CHECK(store->commit(expecting(issued("S3", "key 3"), {Expectation::Of::subject, subject, 0})) == Commit::done);
  CHECK(store->commit(expecting(issued("S4", "key 3"), {Expectation::Of::subject, subject, 0})) == Commit::conflict);
}

TEMPLATE_LIST_TEST_CASE("of threads that expect to be the first with a key exactly one is", "[store]", AllStores) {
  constexpr int threads = 8, keys = 20;
  const auto store = TestType::make();
  std::atomic<int> wins = 0;
  std::vector<std::jthread> racers;
  for (int racer = 0; racer < threads; ++racer)
    racers.emplace_back([&, racer] {
      for (int i = 0; i < keys; ++i) {
        const std::string key = "K" + std::to_string(i);
        const Expectation first{Expectation::Of::key, octets(key), 0};
        if (store->commit(expecting(issued(key + "/" + std::to_string(racer), key), first)) == Commit::done) ++wins;
      }
    });
  racers.clear();  // joins
  CHECK(wins == keys);
  for (int i = 0; i < keys; ++i) CHECK(store->certificates_for(bytes_of("K" + std::to_string(i)))->size() == 1);
}

TEMPLATE_LIST_TEST_CASE("a sender has no more transactions that are not done than the quota", "[store]", AllStores) {
  const auto store = TestType::make();
  const Quota quota{.per_sender = 2, .in_all = 0};
  REQUIRE(store->commit(within(quota, transaction("T1"))) == Commit::done);
  REQUIRE(store->commit(within(quota, with_state(transaction("T2"), Transaction::State::delayed))) == Commit::done);
  CHECK(store->commit(within(quota, transaction("T3"))) == Commit::over_quota);
  CHECK(store->transactions(bytes_of("T3"))->empty());
  CHECK(store->commit(within(quota, with_state(transaction("T4"), Transaction::State::done))) == Commit::done);
  CHECK(store->commit(within(quota, transaction("T3", "secret 2"))) == Commit::done);

  Transaction first = store->transactions(bytes_of("T1"))->front();
  REQUIRE(store->commit(within(quota, first)) == Commit::done);  // what is there goes on
  first = store->transactions(bytes_of("T1"))->front();
  REQUIRE(store->commit(within(quota, with_state(first, Transaction::State::done))) == Commit::done);
  CHECK(store->commit(within(quota, transaction("T5"))) == Commit::done);
  CHECK(store->commit(within(quota, transaction("T6"))) == Commit::over_quota);
  REQUIRE(store->forget(store->transactions(bytes_of("T2")).value()) == 1U);
  CHECK(store->commit(within(quota, transaction("T6"))) == Commit::done);
}

TEMPLATE_LIST_TEST_CASE("a store has no more transactions that are not done than the quota in all", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  const Quota quota{.per_sender = 0, .in_all = 2};
  REQUIRE(store->commit(within(quota, transaction("T1", "secret 1"))) == Commit::done);
  REQUIRE(store->commit(within(quota, transaction("T2", "secret 2"))) == Commit::done);
  CHECK(store->commit(within(quota, transaction("T3", "secret 3"))) == Commit::over_quota);
  REQUIRE(store->forget(store->transactions(bytes_of("T1")).value()) == 1U);
  CHECK(store->commit(within(quota, transaction("T3", "secret 3"))) == Commit::done);
}

TEMPLATE_LIST_TEST_CASE("what an RA has queued or sent upstream counts against quotas", "[store]", AllStores) {
  const auto store = TestType::make();
  const auto add = [&](Quota quota, std::string_view id, Transaction::State state) {
    return store->commit(within(quota, with_state(transaction(id), state)));
  };
  REQUIRE(add({}, "T1", Transaction::State::queued) == Commit::done);
  REQUIRE(add({}, "T2", Transaction::State::relayed) == Commit::done);
  CHECK(add({.per_sender = 2, .in_all = 0}, "T3", Transaction::State::relayed) == Commit::over_quota);
  CHECK(add({.per_sender = 0, .in_all = 2}, "T3", Transaction::State::delayed) == Commit::over_quota);

  Transaction sent = store->transactions(bytes_of("T1"))->front();
  REQUIRE(store->commit(change(with_state(sent, Transaction::State::done))) == Commit::done);
  CHECK(add({.per_sender = 2, .in_all = 2}, "T3", Transaction::State::queued) == Commit::done);
}

TEMPLATE_LIST_TEST_CASE("threads cannot exceed a quota together", "[store]", AllStores) {
  const auto store = TestType::make();
  std::atomic<int> let_in = 0;
  std::vector<std::jthread> senders;
  for (int sender = 0; sender < 8; ++sender)
    senders.emplace_back([&, sender] {
      for (int i = 0; i < 5; ++i) {
        const std::string id = "T" + std::to_string(sender) + "-" + std::to_string(i);
        if (store->commit(within({.per_sender = 7, .in_all = 0}, transaction(id))) == Commit::done) ++let_in;
      }
    });
  senders.clear();  // joins
  CHECK(let_in == 7);
}

TEMPLATE_LIST_TEST_CASE("a store gives back a secret as it was put in", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK_FALSE(store->secret("device 1")->has_value());
  REQUIRE(store->commit(change(secret("device 2"))) == Commit::done);
  REQUIRE(store->commit(change(secret("device 1"))) == Commit::done);
  CHECK(store->commit(change(secret("device 1"))) == Commit::conflict);
  const auto found = store->secret("device 1").value().value();
  CHECK(found.reference == "device 1");
  CHECK(found.secret == octets("secret of device 1"));
  CHECK(found.uses == 1);
  CHECK(found.max_uses == 3);
  CHECK(found.expires == at(70));
  CHECK(found.version == 1);
  const auto all = store->secrets().value();
  REQUIRE(all.size() == 2);
  CHECK(all[0].reference == "device 1");
  CHECK(all[1].reference == "device 2");
}

TEMPLATE_LIST_TEST_CASE("a store replaces and removes a secret only in the version that the caller knows", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit(change(secret("device 1"))) == Commit::done);
  cmp::StoredSecret next = store->secret("device 1").value().value();
  next.expires.reset();
  REQUIRE(store->commit(change(next)) == Commit::done);
  CHECK_FALSE(store->secret("device 1").value()->expires.has_value());
  next.secret.clear();
  CHECK(store->commit(change(next)) == Commit::conflict);
  next.version = 2;
  CHECK(store->commit(change(next)) == Commit::done);
  CHECK_FALSE(store->secret("device 1")->has_value());
  CHECK(store->secrets()->empty());
  CHECK(store->commit(change(secret("device 1"))) == Commit::done);  // may come back
}

TEMPLATE_LIST_TEST_CASE("a secret is used as often as it may be and no more", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit(change(secret("device 1"))) == Commit::done);  // used once, of three times
  CHECK(store->commit(use_of("device 1", "S1")) == Commit::done);
  CHECK(store->commit(use_of("device 1", "S1")) == Commit::conflict);  // which does not count
  CHECK(store->secret("device 1").value()->uses == 2);
  cmp::StoredSecret as_it_was = secret("device 1");
  as_it_was.version = 1;
  CHECK(store->commit(change(as_it_was)) == Commit::conflict);  // or the use would be forgotten
  CHECK(store->commit(use_of("device 1", "S2")) == Commit::done);
  CHECK(store->commit(use_of("device 1", "S3")) == Commit::secret_used_up);
  CHECK_FALSE(store->certificate(bytes_of("S3"))->has_value());
  CHECK(store->secret("device 1").value()->uses == 3);
  Change given_back;
  given_back.secret_given_back = "device 1";
  for (std::uint32_t left = 3; left > 0; --left) {
    CHECK(store->secret("device 1").value()->uses == left);
    CHECK(store->commit(given_back) == Commit::done);
  }
  CHECK(store->commit(given_back) == Commit::done);  // more than were used
  CHECK(store->secret("device 1").value()->uses == 0);
  CHECK(store->commit(use_of("not in the store", "S4")) == Commit::done);
  CHECK_FALSE(store->secret("not in the store")->has_value());
}

TEMPLATE_LIST_TEST_CASE("of threads that use a secret no more succeed than may", "[store]", AllStores) {
  const auto store = TestType::make();
  cmp::StoredSecret shared = secret("batch");
  shared.uses = 0;
  shared.max_uses = 10;
  REQUIRE(store->commit(change(shared)) == Commit::done);
  std::atomic<int> used = 0;
  std::vector<std::jthread> devices;
  for (int device = 0; device < 8; ++device)
    devices.emplace_back([&, device] {
      for (int i = 0; i < 3; ++i)
        if (store->commit(use_of("batch", std::to_string(device) + "-" + std::to_string(i))) == Commit::done) ++used;
    });
  devices.clear();  // joins
  CHECK(used == 10);
  CHECK(store->secret("batch").value()->uses == 10);
}

}  // namespace
}  // namespace cmpkit::test
