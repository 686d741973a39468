#include <catch2/catch_test_macros.hpp>

#include "tests/store/records.h"

namespace cmpkit::test {
namespace {

using cmp::Commit;

TEST_CASE("a memory store takes in no more transactions than its limit") {
  const auto store = cmp::memory_store({.transactions = 2, .certificates = 10});
  REQUIRE(store->commit(change(transaction("T1"))) == Commit::done);
  REQUIRE(store->commit(change(transaction("T2"))) == Commit::done);
  CHECK_FALSE(store->commit({transaction("T3"), {issued("S3")}, {}}).has_value());
  CHECK(store->transactions(bytes_of("T3"))->empty());
  CHECK_FALSE(store->certificate(bytes_of("S3"))->has_value());

  auto first = store->transactions(bytes_of("T1"))->front();
  CHECK(store->commit(change(first)) == Commit::done);  // what is there can change
  first = store->transactions(bytes_of("T1"))->front();
  REQUIRE(store->forget({&first, 1}) == 1U);
  CHECK(store->commit(change(transaction("T3"))) == Commit::done);
}

TEST_CASE("a memory store takes in no more certificates than its limit") {
  const auto store = cmp::memory_store({.transactions = 2, .certificates = 1});
  REQUIRE(store->commit(change(issued("S1"))) == Commit::done);
  CHECK_FALSE(store->commit({transaction("T1"), {issued("S2")}, {}}).has_value());
  CHECK(store->transactions(bytes_of("T1"))->empty());
  const auto known = store->certificate(bytes_of("S1")).value().value();
  CHECK(store->commit(change(known)) == Commit::done);
  CHECK(store->commit(change(transaction("T1"))) == Commit::done);  // the refused commit took no room
  CHECK(store->commit(change(transaction("T2"))) == Commit::done);
}

}  // namespace
}  // namespace cmpkit::test
