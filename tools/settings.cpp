#include "tools/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace cmpkit::tools {

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count < 0 || end + 1 != text.data() + text.size()) return std::nullopt;
  constexpr std::pair<char, std::int64_t> units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
  const auto* unit = std::ranges::find(units, *end, &std::pair<char, std::int64_t>::first);
  constexpr std::int64_t hundred_years = std::int64_t{36525} * 86400;
  if (unit == std::end(units) || count > hundred_years / unit->second) return std::nullopt;
  return std::chrono::seconds{count * unit->second};
}

const toml::node* Settings::find(const char* key) {
  asked_.emplace_back(key);
  return table_ == nullptr ? nullptr : table_->get(key);
}

std::string Settings::place(const toml::node* node, std::string_view key) const {
  const toml::node* at = node != nullptr ? node : table_;
  const std::string line = at != nullptr && at->source().begin ? fmt::format(":{}", at->source().begin.line) : "";
  return fmt::format("{}{}: {}{}{}", file_, line, name_, name_.empty() || key.empty() ? "" : ".", key);
}

void Settings::wrong(const toml::node& node, std::string_view key, std::string_view text) {
  complaints_->push_back(fmt::format("{}: {}", place(&node, key), text));
}

void Settings::complain(std::string_view key, std::string_view text) {
  const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
  complaints_->push_back(fmt::format("{}: {}", place(node, key), text));
}

std::string Settings::text(const char* key, std::string fallback) {
  const toml::node* node = find(key);
  if (node == nullptr) return fallback;
  if (const auto* value = node->as_string()) return value->get();
  wrong(*node, key, "write a text in quotes");
  return fallback;
}

std::vector<std::string> Settings::texts(const char* key, std::vector<std::string> fallback) {
  const toml::node* node = find(key);
  if (node == nullptr) return fallback;
  std::vector<std::string> out;
  const toml::array* values = node->as_array();
  if (values != nullptr)
    for (const toml::node& value : *values)
      if (const auto* each = value.as_string()) out.push_back(each->get());
  if (values != nullptr && out.size() == values->size()) return out;
  wrong(*node, key, R"(write a list of texts, such as ["one", "two"])");
  return fallback;
}

std::int64_t Settings::number(const char* key, std::int64_t fallback, std::int64_t min, std::int64_t max) {
  const toml::node* node = find(key);
  if (node == nullptr) return fallback;
  const auto* value = node->as_integer();
  if (value != nullptr && value->get() >= min && value->get() <= max) return value->get();
  wrong(*node, key, fmt::format("write a number from {} to {}", min, max));
  return fallback;
}

bool Settings::flag(const char* key, bool fallback) {
  const toml::node* node = find(key);
  if (node == nullptr) return fallback;
  if (const auto* value = node->as_boolean()) return value->get();
  wrong(*node, key, "write true or false");
  return fallback;
}

std::chrono::seconds Settings::duration(const char* key, std::chrono::seconds fallback) {
  const toml::node* node = find(key);
  if (node == nullptr) return fallback;
  const auto* value = node->as_string();
  const auto read = value == nullptr ? std::nullopt : parse_duration(value->get());
  if (read) return *read;
  wrong(*node, key, R"(write a time with its unit, such as "90s", "5m", "12h" or "365d")");
  return fallback;
}

std::string Settings::required_text(const char* key, const char* fix) {
  std::string value = text(key, {});
  if (value.empty() && (table_ == nullptr || table_->get(key) == nullptr || table_->get(key)->is_string()))
    complain(key, fmt::format("is missing; write for example {} = \"{}\"", key, fix));
  return value;
}

std::size_t Settings::required_choice(const char* key, std::span<const std::string_view> choices) {
  const std::string value = text(key, {});
  const auto it = std::ranges::find(choices, value);
  if (it != choices.end()) return static_cast<std::size_t>(it - choices.begin());
  complain(key, fmt::format("write one of \"{}\"", fmt::join(choices, "\", \"")));
  return 0;
}

bool Settings::required_flag(const char* key) {
  const bool value = flag(key, false);
  if (table_ == nullptr || table_->get(key) == nullptr) complain(key, "is missing; write true or false");
  return value;
}

Settings Settings::table(const char* key) {
  const toml::node* node = find(key);
  if (node != nullptr && !node->is_table()) wrong(*node, key, fmt::format("write it as a table, [{}]", key));
  return {node == nullptr ? nullptr : node->as_table(), file_, name_.empty() ? key : fmt::format("{}.{}", name_, key),
          *complaints_};
}

std::vector<Settings> Settings::tables(const char* key) {
  std::vector<Settings> out;
  const toml::node* node = find(key);
  const toml::array* array = node == nullptr ? nullptr : node->as_array();
  if (node != nullptr && (array == nullptr || !array->is_array_of_tables()))
    wrong(*node, key, fmt::format("write each of them as a table of its own, [[{}]]", key));
  if (array != nullptr)
    for (const toml::node& each : *array)
      if (each.is_table()) out.push_back({each.as_table(), file_, key, *complaints_});
  return out;
}

std::vector<std::pair<std::string, std::string>> Settings::free_texts() {
  std::vector<std::pair<std::string, std::string>> out;
  if (table_ == nullptr) return out;
  for (const auto& [key, node] : *table_) {
    const std::string name(key.str());
    std::string value = text(name.c_str(), {});
    if (node.is_string() && value.empty()) wrong(node, name, "is empty");
    if (!value.empty()) out.emplace_back(name, std::move(value));
  }
  return out;
}

void Settings::refuse_other_keys() {
  if (table_ == nullptr) return;
  for (const auto& [key, node] : *table_)
    if (std::ranges::find(asked_, key.str()) == asked_.end())
      wrong(node, key.str(), fmt::format("is not known here; known are: {}", fmt::join(asked_, ", ")));
}

}  // namespace cmpkit::tools
