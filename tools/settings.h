// Reads a TOML file strictly: every key is asked for by name and type, and what is wrong is collected with the line
// where it stands, so that a person sees all mistakes at once.
#pragma once

#include <toml++/toml.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cmpkit::tools {

/// What is wrong with a configuration, a sentence each: `ca.toml:12: server.listen: ...`.
using Complaints = std::vector<std::string>;

/// One table of the file. Copies look at the same table.
class Settings {
 public:
  /// `table` may be null: all its keys are absent. `name` is that of the table, empty for the whole file.
  Settings(const toml::table* table, std::string file, std::string name, Complaints& complaints)
      : table_(table), file_(std::move(file)), name_(std::move(name)), complaints_(&complaints) {}

  [[nodiscard]] bool present() const { return table_ != nullptr; }

  // Each gives the value of a key. Where it is absent: `fallback`. Where it is of another type: a complaint, and
  // `fallback`.
  std::string text(const char* key, std::string fallback);
  std::vector<std::string> texts(const char* key, std::vector<std::string> fallback);
  std::int64_t number(const char* key, std::int64_t fallback, std::int64_t min, std::int64_t max);
  bool flag(const char* key, bool fallback);
  /// Written with its unit: "90s", "5m", "12h", "365d".
  std::chrono::seconds duration(const char* key, std::chrono::seconds fallback);

  /// A text that has to be there; `fix` is an example of what to write.
  std::string required_text(const char* key, const char* fix);
  /// One of these texts, which has to be there. The index of it; 0 after a complaint.
  std::size_t required_choice(const char* key, std::span<const std::string_view> choices);
  bool required_flag(const char* key);

  Settings table(const char* key);
  /// `[[key]]`.
  std::vector<Settings> tables(const char* key);
  /// The keys and texts of a table whose keys are free.
  std::vector<std::pair<std::string, std::string>> free_texts();

  /// Complains about every key that was not asked for: a misspelt one would be silently without effect.
  void refuse_other_keys();

  /// Adds a complaint about a key of this table.
  void complain(std::string_view key, std::string_view text);

 private:
  const toml::node* find(const char* key);
  [[nodiscard]] std::string place(const toml::node* node, std::string_view key) const;
  void wrong(const toml::node& node, std::string_view key, std::string_view text);

  const toml::table* table_;
  std::string file_, name_;
  Complaints* complaints_;
  std::vector<std::string> asked_;
};

/// The duration that a text means; nothing where it is none or more than a hundred years.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace cmpkit::tools
