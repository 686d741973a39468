#include "cmp/crypto/recent.h"

#include <catch2/catch_test_macros.hpp>

using cmpkit::cmp::Recent;

TEST_CASE("what is used stays, what is not used goes") {
  Recent<int> recent(10);
  recent.insert("kept", 1);
  recent.insert("dropped", 2);
  for (int i = 0; i < 100; ++i) {
    recent.insert("other " + std::to_string(i), i);
    CHECK(recent.find("kept") != nullptr);
    CHECK(recent.size() <= 20);
  }
  CHECK(*recent.find("kept") == 1);
  CHECK(recent.find("dropped") == nullptr);
}

TEST_CASE("a value is replaced and erased in whichever half it is") {
  Recent<int> recent(2);
  recent.insert("a", 1);
  recent.insert("b", 2);
  recent.insert("c", 3);  // a and b are the old ones now
  recent.insert("a", 4);
  CHECK(*recent.find("a") == 4);
  recent.erase("a");
  recent.erase("b");
  CHECK(recent.find("a") == nullptr);
  CHECK(recent.find("b") == nullptr);
  CHECK(*recent.find("c") == 3);
}
