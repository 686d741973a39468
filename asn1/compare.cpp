#include "cmpkit/asn1/compare.h"

#include "asn1/leaf_text.h"
#include "cmpkit/asn1/codec.h"

namespace cmpkit::asn1 {

namespace {

std::optional<Difference> values(const Type& type, const void* left, const void* right);

std::string present_or_absent(const Field& field, const void* value) {
  if (value == nullptr) return "absent";
  const bool is_leaf = field.type->fields.empty() && field.type->list.size == nullptr;
  return is_leaf ? leaf_text(*field.type, value) : "present";
}

/// The difference, with a step put before its path.
Difference below(std::string step, Difference difference) {
  const bool is_joined = !difference.path.empty() && difference.path.front() != '[';
  difference.path = std::move(step.append(is_joined ? "." : "").append(difference.path));
  return difference;
}

/// The same for the alternatives of a CHOICE, of which all but one are absent.
std::optional<Difference> fields(const Type& type, const void* left, const void* right) {
  for (const Field& field : type.fields) {
    const void *a = field.get(left), *b = field.get(right);
    if (a == nullptr && b == nullptr) continue;
    std::optional<Difference> found;
    if (a == nullptr || b == nullptr)
      found = Difference{{}, present_or_absent(field, a), present_or_absent(field, b)};
    else
      found = values(*field.type, a, b);
    if (!found) continue;
    return below(std::string(field.name), *std::move(found));
  }
  return {};
}

std::optional<Difference> lists(const Type& type, const void* left, const void* right) {
  const auto element = [&](const void* list, std::size_t i) {
    return static_cast<const std::uint8_t*>(type.list.data(list)) + i * type.list.element_size;
  };
  const std::size_t count_left = type.list.size(left), count_right = type.list.size(right);
  for (std::size_t i = 0; i < count_left && i < count_right; ++i) {
    auto found = values(*type.element, element(left, i), element(right, i));
    if (!found) continue;
    return below(std::string("[").append(std::to_string(i)).append("]"), *std::move(found));
  }
  if (count_left == count_right) return {};
  return Difference{{}, std::to_string(count_left) + " elements", std::to_string(count_right) + " elements"};
}

std::optional<Difference> values(const Type& type, const void* left, const void* right) {
  switch (type.kind) {
    case Kind::sequence:
    case Kind::choice:
      return fields(type, left, right);
    case Kind::sequence_of:
    case Kind::set_of:
      return lists(type, left, right);
    default:
      if (encode(type, left) == encode(type, right)) return {};
      return Difference{{}, leaf_text(type, left), leaf_text(type, right)};
  }
}

}  // namespace

std::optional<Difference> compare(const Type& type, const void* left, const void* right) {
  return values(type, left, right);
}

}  // namespace cmpkit::asn1
