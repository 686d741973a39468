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

std::size_t count_for(Store& store, std::string_view key) { return store.certificates_for(bytes_of(key))->size(); }

/// What the store holds of the certificate, with another status.
IssuedCertificate with_status(Store& store, std::string_view serial, IssuedCertificate::Status status) {
  IssuedCertificate out = store.certificate(bytes_of(serial)).value().value();
  out.status = status;
  return out;
}

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
  REQUIRE(found.granted.size() == 1);
  CHECK(found.granted[0].cert_req_id == -1);
  CHECK(found.granted[0].certificate == expected.granted[0].certificate);
  CHECK(found.updates == expected.updates);
  CHECK(found.confirmed);
  CHECK(found.request_nonce == expected.request_nonce);
  CHECK(found.delayed_request == expected.delayed_request);
  CHECK(found.profile == expected.profile);
  CHECK(found.polls == expected.polls);
  CHECK(found.sender_nonce == expected.sender_nonce);
  CHECK(found.request_digest == expected.request_digest);
  CHECK(found.response == expected.response);
  CHECK(found.deadline == expected.deadline);
  CHECK(found.route == expected.route);
  CHECK(found.operation == "ir");
  CHECK(found.replaced);
  CHECK(found.upstream == expected.upstream);
  CHECK(found.upstream_nonce == expected.upstream_nonce);
  CHECK(found.arrived == expected.arrived);
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
  CHECK(found->subject == expected.subject);
  CHECK(found->profile == expected.profile);
  CHECK(found->status == IssuedCertificate::Status::unconfirmed);
  CHECK(found->status_since == expected.status_since);
  CHECK(found->on_crl == expected.on_crl);
  CHECK(found->reason == expected.reason);
  CHECK(found->update_until == expected.update_until);
  CHECK(found->version == 1);
}

TEMPLATE_LIST_TEST_CASE("a store replaces the status of a certificate", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit(change(issued("S1"))) == Commit::done);
  IssuedCertificate certificate = with_status(*store, "S1", IssuedCertificate::Status::valid);
  certificate.status_since = at(8);
  REQUIRE(store->commit(change(certificate)) == Commit::done);
  CHECK(store->commit(change(certificate)) == Commit::conflict);  // of a version that is no more
  CHECK(status_of(*store, "S1") == IssuedCertificate::Status::valid);
  CHECK(store->certificate(bytes_of("S1")).value()->status_since == at(8));
}

TEMPLATE_LIST_TEST_CASE("a store never holds two certificates of one serial number", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit(change(issued("S1"))) == Commit::done);
  IssuedCertificate other = issued("S1", "key 2");
  other.certificate = octets("another certificate");
  CHECK_FALSE(store->commit({transaction("T1"), {other}, {}}).has_value());
  CHECK(store->certificate(bytes_of("S1")).value()->certificate == issued("S1").certificate);
  CHECK(store->transactions(bytes_of("T1"))->empty());
  CHECK(count_for(*store, "key 2") == 0);
}

TEMPLATE_LIST_TEST_CASE("a store finds the certificates for a key", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK(count_for(*store, "key 1") == 0);
  REQUIRE(store->commit({{}, {issued("S1"), issued("S2"), issued("S3", "key 2")}, {}}) == Commit::done);
  CHECK(count_for(*store, "key 1") == 2);
  REQUIRE(store->commit(change(with_status(*store, "S1", IssuedCertificate::Status::rejected))) == Commit::done);
  CHECK(count_for(*store, "key 1") == 2);
  CHECK(store->certificates_for(bytes_of("key 2"))->front().serial == octets("S3"));
  CHECK(store->certificates_named(bytes_of("/cn=subject of key 2"))->front().serial == octets("S3"));
  CHECK(store->certificates_named(bytes_of("/cn=subject of key 1"))->size() == count_for(*store, "key 1"));
  CHECK(store->certificates_named(bytes_of("/cn=nobody"))->empty());
}

TEMPLATE_LIST_TEST_CASE("a store finds subjects of any length", "[store]", AllStores) {
  const auto store = TestType::make();
  const std::string longer(5000, 'x');
  REQUIRE(store->commit({{}, {issued("S1", longer + "1"), issued("S2", longer + "2")}, {}}) == Commit::done);
  CHECK(store->certificates_named(issued("", longer + "1").subject)->size() == 1);
  cmp::Change third = change(issued("S3"));
  third.expectations = {{cmp::Expectation::Of::subject, issued("", longer + "2").subject, 0}};
  CHECK(store->commit(third) == Commit::conflict);
}

TEMPLATE_LIST_TEST_CASE("a store lists what is on the CRL, by partition, and tells when that changes", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  IssuedCertificate quiet = issued("\x02");
  quiet.on_crl = false;
  REQUIRE(store->commit({{}, {issued("\x01"), quiet, issued("\x03")}, {}}) == Commit::done);
  const auto first = store->revocations().value();
  CHECK(store->revoked(0, 1)->size() == 2);
  CHECK(store->revoked(1, 2)->size() == 2);
  CHECK(store->revoked(0, 2)->empty());

  REQUIRE(store->commit(change(with_status(*store, "\x01", IssuedCertificate::Status::held))) == Commit::done);
  CHECK(store->revocations() == first);  // its entry is the same
  IssuedCertificate other_reason = store->certificate(bytes_of("\x01")).value().value();
  other_reason.reason = asn1::CRLReason::keyCompromise;
  REQUIRE(store->commit(change(other_reason)) == Commit::done);
  const auto second = store->revocations().value();
  CHECK(second > first);
  IssuedCertificate released = store->certificate(bytes_of("\x03")).value().value();
  released.on_crl = false;
  REQUIRE(store->commit(change(released)) == Commit::done);
  CHECK(store->revocations().value() > second);
  CHECK(store->revoked(1, 2)->size() == 1);
}

TEMPLATE_LIST_TEST_CASE("a store takes the CRLs of a partition in the order of their numbers", "[store]", AllStores) {
  const auto store = TestType::make();
  CHECK_FALSE(store->crl(0)->has_value());
  const cmp::StoredCrl first{1, 1, at(5), at(6), 7, octets("CRL 1")};
  REQUIRE(store->commit({{}, {}, first}) == Commit::done);
  CHECK(store->commit({{}, {}, first}) == Commit::conflict);
  CHECK_FALSE(store->crl(0)->has_value());
  const auto found = store->crl(1).value().value();
  CHECK(found.number == 1);
  CHECK(found.this_update == at(5));
  CHECK(found.next_update == at(6));
  CHECK(found.revision == 7);
  CHECK(found.der == octets("CRL 1"));
  const cmp::StoredCrl third{1, 3, at(7), at(8), 9, octets("CRL 3")};
  CHECK(store->commit({{}, {}, third}) == Commit::conflict);
  const cmp::StoredCrl second{1, 2, at(7), at(8), 9, octets("CRL 2")};
  CHECK(store->commit({{}, {}, second}) == Commit::done);
  CHECK(store->crl(1).value()->der == octets("CRL 2"));
}

TEMPLATE_LIST_TEST_CASE("a commit that conflicts changes nothing at all", "[store]", AllStores) {
  const auto store = TestType::make();
  REQUIRE(store->commit({transaction("T1"), {issued("S1")}, {}}) == Commit::done);
  CHECK(store->commit({transaction("T1"), {issued("S2", "key 2")}, {}}) == Commit::conflict);
  CHECK_FALSE(store->certificate(bytes_of("S2"))->has_value());
  CHECK(count_for(*store, "key 2") == 0);
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
  REQUIRE(store->commit({transaction("T1"), {issued("S1")}, {}}) == Commit::done);
  const Transaction old = the_transaction(*store, "T1");
  REQUIRE(store->commit(change(old)) == Commit::done);
  CHECK(store->forget({&old, 1}) == 0U);
  CHECK(store->transactions(bytes_of("T1"))->size() == 1);

  const Transaction current = the_transaction(*store, "T1");
  CHECK(store->forget({&current, 1}) == 1U);
  CHECK(store->transactions(bytes_of("T1"))->empty());
  CHECK(store->expired(at(5000), 10)->empty());
  CHECK(store->forget({&current, 1}) == 0U);
  CHECK(store->certificate(bytes_of("S1"))->has_value());
}

TEMPLATE_LIST_TEST_CASE("a store forgets many transactions at once, and leaves those that have moved", "[store]",
                        AllStores) {
  const auto store = TestType::make();
  for (const char* id : {"T1", "T2", "T3"}) REQUIRE(store->commit(change(transaction(id))) == Commit::done);
  const auto all = store->expired(at(5000), 10).value();
  REQUIRE(all.size() == 3);
  REQUIRE(store->commit(change(the_transaction(*store, "T2"))) == Commit::done);
  CHECK(store->forget(all) == 2U);
  CHECK(store->transactions(bytes_of("T1"))->empty());
  CHECK(store->transactions(bytes_of("T2"))->size() == 1);
  CHECK(store->statistics()->transactions == std::array<std::uint64_t, 5>{0, 1, 0, 0, 0});
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
        const cmp::Change change{transaction("T" + std::to_string(round)), {issued(name(racer, round))}, {}};
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
        cmp::Change change{{}, {issued(name(racer, round), "K" + std::to_string(round))}, {}};
        start.arrive_and_wait();
        (void)store->commit(change);
        change.certificates.front().status = IssuedCertificate::Status::rejected;
        change.certificates.front().version = 1;
        (void)store->commit(change);
      }
    });
  racers.clear();  // joins
  int rejected = 0, found = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int racer = 0; racer < threads; ++racer)
      if (status_of(*store, name(racer, round)) == IssuedCertificate::Status::rejected) ++rejected;
    found += static_cast<int>(count_for(*store, "K" + std::to_string(round)));
  }
  CHECK(rejected == threads * rounds);
  CHECK(found == threads * rounds);
}

TEMPLATE_LIST_TEST_CASE("changes by compare-and-swap from many threads are never lost", "[store]", AllStores) {
  constexpr int threads = 4, increments = 200;
  const auto store = TestType::make();
  Transaction counter = transaction("T1");
  counter.polls = 0;
  REQUIRE(store->commit(change(counter)) == Commit::done);
  std::vector<std::jthread> racers;
  for (int racer = 0; racer < threads; ++racer)
    racers.emplace_back([&] {
      for (int done = 0; done < increments;) {
        Transaction next = store->transactions(bytes_of("T1")).value().front();
        ++next.polls;
        if (store->commit(change(next)) == Commit::done) ++done;
      }
    });
  racers.clear();  // joins
  CHECK(the_transaction(*store, "T1").polls == threads * increments);
  CHECK(the_transaction(*store, "T1").version == 1 + threads * increments);
}

}  // namespace
}  // namespace cmpkit::test
