#include "tools/store_secrets.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/failing_store.h"

namespace cmpkit::tools {
namespace {

constexpr cmp::Time noon{std::chrono::seconds{1'800'000'000}};
constexpr std::chrono::seconds second{1};

struct Limits {
  std::uint32_t uses = 0, max_uses = 0;
  std::optional<cmp::Time> expires{};
};

void put(cmp::Store& store, const std::string& reference, const std::string& secret, const Limits& limits = {}) {
  cmp::Change change;
  change.secret.emplace();
  change.secret->reference = reference;
  change.secret->secret = copy_of(bytes_of(secret));
  change.secret->uses = limits.uses;
  change.secret->max_uses = limits.max_uses;
  change.secret->expires = limits.expires;
  REQUIRE(store.commit(change) == cmp::Commit::done);
}

std::optional<std::string> found(const cmp::SharedSecrets& secrets, std::string_view reference) {
  const auto secret = secrets.find(bytes_of(reference)).value();
  return secret ? std::optional(std::string(text_of(*secret))) : std::nullopt;
}

TEST_CASE("a secret is looked for in ca.toml, then in the store, then in the row for all") {
  const auto store = cmp::memory_store();
  put(*store, "one", "of the store");
  put(*store, "two", "of the store");
  StoreSecrets secrets(*store);
  secrets.add("one", copy_of(bytes_of("of the file")));
  CHECK(found(secrets, "one") == "of the file");
  CHECK(found(secrets, "two") == "of the store");
  CHECK_FALSE(found(secrets, "three"));
  secrets.add("*", copy_of(bytes_of("for all")));
  CHECK(found(secrets, "two") == "of the store");
  CHECK(found(secrets, "three") == "for all");
}

TEST_CASE("no operation begins with a secret that has expired or was used up; one that has begun goes on") {
  const auto store = cmp::memory_store();
  put(*store, "old", "x", {.expires = noon});
  put(*store, "worn", "x", {.uses = 2, .max_uses = 2});
  put(*store, "used", "x", {.uses = 1, .max_uses = 2});
  const StoreSecrets secrets(*store);
  CHECK(secrets.why_not(bytes_of("old"), noon - second) == std::nullopt);
  CHECK(secrets.why_not(bytes_of("old"), noon) == "the secret has expired");
  CHECK(secrets.why_not(bytes_of("worn"), noon) == "the secret was used as often as it may be");
  CHECK(secrets.why_not(bytes_of("used"), noon) == std::nullopt);
  CHECK(found(secrets, "old") == "x");
  CHECK(found(secrets, "worn") == "x");
}

TEST_CASE("where the store fails nothing is said of its secrets") {
  test::FailingStore store(cmp::memory_store());
  store.before_read = [] { return cmp::StoreError{"gone"}; };
  StoreSecrets secrets(store);
  secrets.add("one", copy_of(bytes_of("of the file")));
  secrets.add("*", copy_of(bytes_of("for all")));
  CHECK(found(secrets, "one") == "of the file");
  CHECK(secrets.find(bytes_of("two")).error().text == "gone");
  CHECK(secrets.why_not(bytes_of("two"), noon).error().text == "gone");
}

}  // namespace
}  // namespace cmpkit::tools
