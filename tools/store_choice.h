// Which store a CA keeps its state in: `store` of ca.toml, or --store. The one place of the command that opens stores.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "cmpkit/store/sql_options.h"

namespace cmpkit::tools {

struct StoreChoice {
  enum class Kind { memory, sqlite, postgresql };
  Kind kind = Kind::sqlite;
  std::string place;  // sqlite: the file; postgresql: the URI

  /// `SQLite, ca/store.db`; of a URI neither its password nor its parameters.
  [[nodiscard]] std::string text() const;
};

/// What may be written, for complaints.
inline constexpr const char* store_choices =
    R"(write "sqlite", "sqlite:PATH", "postgresql://HOST/DATABASE" or "memory")";

/// One of store_choices; a path is relative to this folder. Nothing: it is none of them.
std::optional<StoreChoice> parse_store_choice(const std::string& text, const std::string& folder);

/// Opens it. The error is a sentence.
tl::expected<std::unique_ptr<cmp::Store>, std::string> open_store(const StoreChoice& choice,
                                                                  store::Migration migration);

/// Brings it to the present format, or makes it; of memory there is nothing to do that for. The error is a sentence.
tl::expected<store::Migrated, std::string> migrate_store(const StoreChoice& choice);

}  // namespace cmpkit::tools
