#include "tools/server_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

#include "tools/files.h"
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

int wrong_folder(const std::vector<std::string>& complaints, const ServerRole& role) {
  return misused(fmt::format("{}", fmt::join(complaints, "\ncmpkit: ")),
                 fmt::format("name the folder of a {}, made by cmpkit {} init", role.name, role.command));
}

tl::expected<std::unique_ptr<cmp::Store>, int> open_store_of(const ServerSettings& settings, const ServerRole& role) {
  if (settings.store.kind == StoreChoice::Kind::memory)
    return tl::unexpected(fail(fmt::format("the state of this {} is in the memory of its server only", role.name),
                               fmt::format("write store = \"sqlite\" in {}", settings.file)));
  auto store = open_store(settings.store, store::Migration::none);
  if (store) return std::move(*store);
  return tl::unexpected(
      fail(store.error(), fmt::format("cmpkit store migrate {} makes the store, or brings it to the present format; so "
                                      "does cmpkit {} serve when it starts",
                                      settings.folder, role.command)));
}

tl::expected<ServerStore, int> open_server_store(const std::string& folder) {
  const ServerRole& role = role_of(folder);
  if (!file_exists(fmt::format("{}/{}.toml", folder, role.command)))
    return tl::unexpected(
        misused(fmt::format("{} is not the folder of a CA or an RA: neither ca.toml nor ra.toml is in it", folder),
                "name one that cmpkit ca init or cmpkit ra init has made"));
  auto settings = role.read(folder);
  if (!settings) return tl::unexpected(wrong_folder(settings.error(), role));
  auto store = open_store_of(*settings, role);
  if (!store) return tl::unexpected(store.error());
  return ServerStore{&role, std::move(*settings), std::move(*store)};
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
