// A bounded memory of what was used recently.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cmpkit::cmp {

/// Values by key. When `capacity` new ones have come in, what was not used meanwhile is forgotten; so it never holds
/// more than twice the capacity, and using a value costs no list to be kept in order. Not for several threads at once.
template <class Value>
class Recent {
 public:
  explicit Recent(std::size_t capacity) : capacity_(capacity) {}

  /// The value, or null. Valid until the next call.
  Value* find(std::string_view key) {
    if (const auto at = young_.find(key); at != young_.end()) return &at->second;
    const auto at = old_.find(key);
    if (at == old_.end()) return nullptr;
    auto node = old_.extract(at);
    return &insert(std::move(node.key()), std::move(node.mapped()));
  }

  /// Adds or replaces. The reference is valid until the next call.
  Value& insert(std::string key, Value value) {
    if (young_.size() >= capacity_) {
      old_ = std::move(young_);
      young_.clear();
    }
    return young_.insert_or_assign(std::move(key), std::move(value)).first->second;
  }

  void erase(std::string_view key) {
    for (auto* map : {&young_, &old_})
      if (const auto at = map->find(key); at != map->end()) map->erase(at);
  }

  [[nodiscard]] std::size_t size() const { return young_.size() + old_.size(); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Map = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  std::size_t capacity_;
  Map young_, old_;
};

}  // namespace cmpkit::cmp
