// What every store must do.
#include <atomic>
#include <barrier>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/store/records.h"
#include "tests/store/stores.h"

namespace cmpkit::test {
namespace {

using cmp::Commit;
using cmp::IssuedCertificate;
using cmp::Store;
using cmp::Transaction;

/// The one transaction with this ID.
Transaction the_transaction(Store& store, std::string_view id) {
  auto found = store.transactions(bytes_of(id)).value();
  REQUIRE(found.size() == 1);
  return found.front();
}

IssuedCertificate::Status status_of(Store& store, std::string_view serial) {
  const auto found = store.certificate(bytes_of(serial)).value();
  REQUIRE(found.has_value());
  return found->status;
}

bool key_in_use(Store& store, std::string_view key) { return store.key_in_use(bytes_of(key)).value(); }

TEMPLATE_LIST_TEST_CASE("a store gives back a transaction as it was put in", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK(store->transactions(bytes_of("T1"))->empty());
  REQUIRE(store->commit(change(transaction("T1"))) == Commit::done);

  const Transaction found = the_transaction(*store, "T1");
  const Transaction expected = transaction("T1");
  CHECK(found.version == 1);
  CHECK(found.sender == expected.sender);
  CHECK(found.transaction_id == expected.transaction_id);
  CHECK(found.state == expected.state);
  CHECK(found.by_secret == expected.by_secret);
  CHECK(found.cert_req_id == expected.cert_req_id);
  CHECK(found.certificate == expected.certificate);
  CHECK(found.sender_nonce == expected.sender_nonce);
  CHECK(found.request_digest == expected.request_digest);
  CHECK(found.response == expected.response);
  CHECK(found.deadline == expected.deadline);
}

TEMPLATE_LIST_TEST_CASE("a store keeps the transactions of different senders with the same ID apart", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit(change(transaction("T1", "secret 1"))) == Commit::done);
  REQUIRE(store->commit(change(transaction("T1", "secret 2"))) == Commit::done);
  REQUIRE(store->commit(change(transaction("T2", "secret 1"))) == Commit::done);
  CHECK(store->transactions(bytes_of("T1"))->size() == 2);
  CHECK(store->transactions(bytes_of("T2"))->size() == 1);
  CHECK(store->transactions(bytes_of("T"))->empty());
}

TEMPLATE_LIST_TEST_CASE("a store replaces a transaction only in the version that the caller knows", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit(change(transaction("T1"))) == Commit::done);
  CHECK(store->commit(change(transaction("T1"))) == Commit::conflict);  // version 0: it exists meanwhile

  Transaction next = the_transaction(*store, "T1");
  next.state = Transaction::State::done;
  REQUIRE(store->commit(change(next)) == Commit::done);
  CHECK(the_transaction(*store, "T1").state == Transaction::State::done);
  CHECK(the_transaction(*store, "T1").version == 2);

  next.response = octets("too late");
  CHECK(store->commit(change(next)) == Commit::conflict);
  CHECK(the_transaction(*store, "T1").response == octets("response"));

  Transaction unknown = transaction("T2");
  unknown.version = 1;
  CHECK(store->commit(change(unknown)) == Commit::conflict);
  CHECK(store->transactions(bytes_of("T2"))->empty());
}

TEMPLATE_LIST_TEST_CASE("a store gives back a certificate as it was put in", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK_FALSE(store->certificate(bytes_of("S1"))->has_value());
  REQUIRE(store->commit(change(issued("S1"))) == Commit::done);

  const auto found = store->certificate(bytes_of("S1")).value();
  REQUIRE(found.has_value());
  const IssuedCertificate expected = issued("S1");
  CHECK(found->serial == expected.serial);
  CHECK(found->certificate == expected.certificate);
  CHECK(found->holder == expected.holder);
  CHECK(found->key_digest == expected.key_digest);
  CHECK(found->status == IssuedCertificate::Status::unconfirmed);
  CHECK(found->status_since == expected.status_since);
}

TEMPLATE_LIST_TEST_CASE("a store replaces the status of a certificate", "[store]", AllStores) {
  const auto store = TestType::make();
  IssuedCertificate certificate = issued("S1");
  REQUIRE(store->commit(change(certificate)) == Commit::done);
  certificate.status = IssuedCertificate::Status::valid;
  certificate.status_since = at(8);
  REQUIRE(store->commit(change(certificate)) == Commit::done);
  CHECK(status_of(*store, "S1") == IssuedCertificate::Status::valid);
  CHECK(store->certificate(bytes_of("S1")).value()->status_since == at(8));
}

TEMPLATE_LIST_TEST_CASE("a store never holds two certificates of one serial number", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit(change(issued("S1"))) == Commit::done);
  IssuedCertificate other = issued("S1", "key 2");
  other.certificate = octets("another certificate");
  CHECK_FALSE(store->commit({transaction("T1"), other}).has_value());
  CHECK(store->certificate(bytes_of("S1")).value()->certificate == issued("S1").certificate);
  CHECK(store->transactions(bytes_of("T1"))->empty());
  CHECK_FALSE(key_in_use(*store, "key 2"));
}

TEMPLATE_LIST_TEST_CASE("a key is in use while a certificate for it is not rejected", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK_FALSE(key_in_use(*store, "key 1"));
  IssuedCertificate first = issued("S1"), second = issued("S2");
  REQUIRE(store->commit(change(first)) == Commit::done);
  REQUIRE(store->commit(change(second)) == Commit::done);
  CHECK(key_in_use(*store, "key 1"));

  first.status = IssuedCertificate::Status::rejected;
  REQUIRE(store->commit(change(first)) == Commit::done);
  REQUIRE(store->commit(change(first)) == Commit::done);  // again: still one rejection
  CHECK(key_in_use(*store, "key 1"));

  second.status = IssuedCertificate::Status::revoked;  // a key stays compromised with its certificate
  REQUIRE(store->commit(change(second)) == Commit::done);
  CHECK(key_in_use(*store, "key 1"));

  second.status = IssuedCertificate::Status::rejected;
  REQUIRE(store->commit(change(second)) == Commit::done);
  CHECK_FALSE(key_in_use(*store, "key 1"));
}

TEMPLATE_LIST_TEST_CASE("a commit that conflicts changes nothing at all", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit({transaction("T1"), issued("S1")}) == Commit::done);
  CHECK(store->commit({transaction("T1"), issued("S2", "key 2")}) == Commit::conflict);
  CHECK_FALSE(store->certificate(bytes_of("S2"))->has_value());
  CHECK_FALSE(key_in_use(*store, "key 2"));
}

TEMPLATE_LIST_TEST_CASE("a store finds the transactions whose deadline has come", "[store]", AllStores) {
  const auto store = TestType::make();
  for (int i = 0; i < 50; ++i) {
    Transaction each = transaction("T" + std::to_string(i));
    each.deadline = at(100 + i);
    REQUIRE(store->commit(change(each)) == Commit::done);
  }
  CHECK(store->expired(at(99), 100)->empty());
  CHECK(store->expired(at(100), 100)->size() == 1);
  CHECK(store->expired(at(119), 100)->size() == 20);
  CHECK(store->expired(at(119), 7)->size() == 7);
  const auto all = store->expired(at(119), 100).value();
  for (const Transaction& each : all) CHECK(each.deadline <= at(119));

  Transaction moved = the_transaction(*store, "T0");
  moved.deadline = at(500);
  REQUIRE(store->commit(change(moved)) == Commit::done);
  CHECK(store->expired(at(100), 100)->empty());
  CHECK(store->expired(at(500), 100)->size() == 50);
}

TEMPLATE_LIST_TEST_CASE("a store forgets a transaction only in the version that the caller knows", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit({transaction("T1"), issued("S1")}) == Commit::done);
  const Transaction old = the_transaction(*store, "T1");
  REQUIRE(store->commit(change(old)) == Commit::done);
  CHECK(store->forget(old) == Commit::conflict);
  CHECK(store->transactions(bytes_of("T1"))->size() == 1);

  const Transaction current = the_transaction(*store, "T1");
  CHECK(store->forget(current) == Commit::done);
  CHECK(store->transactions(bytes_of("T1"))->empty());
  CHECK(store->expired(at(5000), 10)->empty());
  CHECK(store->forget(current) == Commit::conflict);
  CHECK(store->certificate(bytes_of("S1"))->has_value());
}

TEMPLATE_LIST_TEST_CASE("of threads that change a transaction at once exactly one wins", "[store]", AllStores) {
  constexpr int threads = 4, rounds = 500;
  const auto name = [](int racer, int round) { return "S" + std::to_string(racer) + "-" + std::to_string(round); };
  const auto store = TestType::make();
  std::atomic<int> wins = 0, errors = 0;
  std::barrier start(threads);
  std::vector<std::jthread> racers;
  for (int racer = 0; racer < threads; ++racer)
    racers.emplace_back([&, racer] {
      for (int round = 0; round < rounds; ++round) {
        const cmp::Change change{transaction("T" + std::to_string(round)), issued(name(racer, round))};
        start.arrive_and_wait();
        const auto result = store->commit(change);
        if (!result) ++errors;
        if (result == Commit::done) ++wins;
      }
    });
  racers.clear();  // joins
  CHECK(errors == 0);
  CHECK(wins == rounds);
  int certificates = 0;
  for (int racer = 0; racer < threads; ++racer)
    for (int round = 0; round < rounds; ++round)
      if (store->certificate(bytes_of(name(racer, round))).value()) ++certificates;
  CHECK(certificates == rounds);
}

TEMPLATE_LIST_TEST_CASE("many threads issue and reject certificates for the same keys", "[store]", AllStores) {
  constexpr int threads = 4, rounds = 500;
  const auto name = [](int racer, int round) { return "S" + std::to_string(racer) + "-" + std::to_string(round); };
  const auto store = TestType::make();
  std::barrier start(threads);
  std::vector<std::jthread> racers;
  for (int racer = 0; racer < threads; ++racer)
    racers.emplace_back([&, racer] {
      for (int round = 0; round < rounds; ++round) {
        cmp::Change change{{}, issued(name(racer, round), "K" + std::to_string(round))};
        start.arrive_and_wait();
        (void)store->commit(change);
        change.certificate->status = IssuedCertificate::Status::rejected;
        (void)store->commit(change);
      }
    });
  racers.clear();  // joins
  int rejected = 0, in_use = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int racer = 0; racer < threads; ++racer)
      if (status_of(*store, name(racer, round)) == IssuedCertificate::Status::rejected) ++rejected;
    if (key_in_use(*store, "K" + std::to_string(round))) ++in_use;
  }
  CHECK(rejected == threads * rounds);
  CHECK(in_use == 0);
}

TEMPLATE_LIST_TEST_CASE("changes by compare-and-swap from many threads are never lost", "[store]", AllStores) {
  constexpr int threads = 4, increments = 200;
  const auto store = TestType::make();
  Transaction counter = transaction("T1");
  counter.cert_req_id = 0;
  REQUIRE(store->commit(change(counter)) == Commit::done);
  std::vector<std::jthread> racers;
  for (int racer = 0; racer < threads; ++racer)
    racers.emplace_back([&] {
      for (int done = 0; done < increments;) {
        Transaction next = store->transactions(bytes_of("T1")).value().front();
        ++next.cert_req_id;
        if (store->commit(change(next)) == Commit::done) ++done;
      }
    });
  racers.clear();  // joins
  CHECK(the_transaction(*store, "T1").cert_req_id == threads * increments);
  CHECK(the_transaction(*store, "T1").version == 1 + threads * increments);
}

}  // namespace
}  // namespace cmpkit::test
