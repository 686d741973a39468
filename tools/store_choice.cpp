#include "tools/store_choice.h"

#include <fmt/format.h>

#include <filesystem>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/store/sqlite.h"
#ifdef CMPKIT_WITH_POSTGRESQL
#include "cmpkit/store/postgresql.h"
#endif

namespace cmpkit::tools {
namespace {

using Kind = StoreChoice::Kind;

/// `postgresql://alice:secret@host/db?sslmode=...` without the password and the parameters.
std::string without_secrets(const std::string& uri) {
  const auto host = uri.find("://") + 3;
  const std::string authority = uri.substr(host, uri.find_first_of("/?", host) - host);
  const std::string path = uri.substr(host + authority.size(), uri.find('?', host) - host - authority.size());
  const auto at = authority.rfind('@');
  if (at == std::string::npos) return uri.substr(0, host) + authority + path;
  return uri.substr(0, host) + authority.substr(0, authority.find(':') < at ? authority.find(':') : at) +
         authority.substr(at) + path;
}

template <class T>
tl::expected<T, std::string> in_words(tl::expected<T, cmp::StoreError> result) {
  if (!result) return tl::unexpected(std::move(result.error().text));
  return std::move(*result);
}

#ifdef CMPKIT_WITH_POSTGRESQL
tl::expected<std::unique_ptr<cmp::Store>, std::string> open_server(const std::string& uri, store::Migration migration) {
  return in_words(store::open_postgresql(uri, cmp::botan_crypto(), migration));
}
tl::expected<store::Migrated, std::string> migrate_server(const std::string& uri) {
  return in_words(store::migrate_postgresql(uri));
}
#else
constexpr const char* not_built = "this cmpkit was built without PostgreSQL; build it where libpq is installed";
tl::expected<std::unique_ptr<cmp::Store>, std::string> open_server(const std::string&, store::Migration) {
  return tl::unexpected<std::string>(not_built);
}
tl::expected<store::Migrated, std::string> migrate_server(const std::string&) {
  return tl::unexpected<std::string>(not_built);
}
#endif

}  // namespace

std::string StoreChoice::text() const {
  if (kind == Kind::memory) return "memory";
  return kind == Kind::sqlite ? fmt::format("SQLite, {}", place)
                              : fmt::format("PostgreSQL, {}", without_secrets(place));
}

std::optional<StoreChoice> parse_store_choice(const std::string& text, const std::string& folder) {
  constexpr std::string_view sqlite = "sqlite";
  const auto file = [&](const std::string& name) { return (std::filesystem::path(folder) / name).string(); };
  if (text == "memory") return StoreChoice{Kind::memory, {}};
  if (text.starts_with("postgresql://") || text.starts_with("postgres://")) return StoreChoice{Kind::postgresql, text};
  if (text == sqlite) return StoreChoice{Kind::sqlite, file("store.db")};
  if (text.starts_with(sqlite) && text.size() > sqlite.size() + 1 && text[sqlite.size()] == ':')
    return StoreChoice{Kind::sqlite, file(text.substr(sqlite.size() + 1))};
  return std::nullopt;
}

tl::expected<std::unique_ptr<cmp::Store>, std::string> open_store(const StoreChoice& choice,
                                                                  store::Migration migration) {
  switch (choice.kind) {
    case Kind::memory:
      return cmp::memory_store();
    case Kind::sqlite:
      return in_words(store::open_sqlite(choice.place, cmp::botan_crypto(), migration));
    default:
      return open_server(choice.place, migration);
  }
}

tl::expected<store::Migrated, std::string> migrate_store(const StoreChoice& choice) {
  switch (choice.kind) {
    case Kind::memory:
      return tl::unexpected<std::string>("a store in memory has no format");
    case Kind::sqlite:
      return in_words(store::migrate_sqlite(choice.place));
    default:
      return migrate_server(choice.place);
  }
}

}  // namespace cmpkit::tools
