#include "tools/ca_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

/// Under which the person logged in; of a process without a terminal, whose it is.
std::string login_name() {
  std::array<char, 256> name{};
  if (::getlogin_r(name.data(), name.size()) == 0) return name.data();
  const passwd* user = ::getpwuid(::getuid());
  return user != nullptr ? user->pw_name : fmt::format("{}", ::getuid());
}

}  // namespace

tl::expected<CaStore, int> open_ca_store(const std::string& folder) {
  auto configuration = read_ca_configuration(folder);
  if (!configuration)
    return tl::unexpected(misused(fmt::format("{}", fmt::join(configuration.error(), "\ncmpkit: ")),
                                  "name the folder of a CA, made by cmpkit ca init"));
  if (configuration->store.kind == StoreChoice::Kind::memory)
    return tl::unexpected(fail("the state of this CA is in the memory of its server only",
                               fmt::format("write store = \"sqlite\" in {}", configuration->file)));
  auto store = open_store(configuration->store, store::Migration::none);
  if (!store)
    return tl::unexpected(
        fail(store.error(), fmt::format("cmpkit store migrate {} makes the store, or brings it to the present "
                                        "format; so does cmpkit ca serve when it starts",
                                        folder)));
  return CaStore{std::move(*configuration), std::move(*store)};
}

tl::expected<void, std::string> commit_change(cmp::Store& store, const MakeChange& make) {
  constexpr int attempts = 100;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const auto change = make();
    if (!change) return tl::unexpected(change.error());
    const auto committed = store.commit(*change);
    if (!committed) return tl::unexpected(committed.error().text);
    if (*committed == cmp::Commit::done) return {};
  }
  return tl::unexpected<std::string>("it is changed by others at the same time, again and again");
}

cmp::AuditEntry operator_entry(std::string action, std::string result, std::string reason) {
  cmp::AuditEntry entry;
  entry.time = SystemClock().now();
  entry.actor = fmt::format("operator {}", login_name());
  entry.action = std::move(action);
  entry.result = std::move(result);
  entry.reason = std::move(reason);
  return entry;
}

int store_failed(const std::string& error) { return fail(error, "see that the store can be reached, and try again"); }

}  // namespace cmpkit::tools
