#include "cmpkit/asn1/mutate.h"

#include "asn1/leaf_pool.h"
#include "asn1/leaf_text.h"
#include "cmpkit/asn1/codec.h"
#include "cmpkit/asn1/registry.h"

namespace cmpkit::asn1 {

namespace {

/// Makes a default value one that decodes: lists have as many elements as they must, strings and numbers are in range.
void complete(const Type& type, void* slot, const Field* field, const Choose& choose) {
  switch (type.kind) {
    case Kind::sequence:
      for (const Field& member : type.fields)
        if (!member.optional) complete(*member.type, member.emplace(slot), &member, choose);
      break;
    case Kind::choice: {
      const Field& alternative = type.fields.front();
      complete(*alternative.type, alternative.emplace(slot), &alternative, choose);
      break;
    }
    case Kind::sequence_of:
    case Kind::set_of:
      if (type.list.min != 0) complete(*type.element, type.list.resize(slot, 1), nullptr, choose);
      break;
    case Kind::any:
    case Kind::encoded:
      break;  // encode to something by themselves
    default:
      replace_leaf(type, slot, field, choose);
  }
}

/// Goes through all places where something can be changed, and changes the one that was asked for.
class Mutator {
 public:
  Mutator(std::size_t target, const Choose& choose, Storage& storage)
      : target_(target), choose_(choose), storage_(storage) {}

  [[nodiscard]] std::size_t places() const { return place_; }

  void value(const Type& type, void* slot, const Field* field, Oid governor) {
    switch (type.kind) {
      case Kind::sequence:
        return sequence(type, slot);
      case Kind::choice:
        return choice(type, slot);
      case Kind::sequence_of:
      case Kind::set_of:
        return list(type, slot, governor);
      case Kind::any:
        return octets(type, slot, field, open_type(governor));
      case Kind::encoded:
        return octets(type, slot, field, type.element);
      default:
        if (here()) replace_leaf(type, slot, field, choose_);
    }
  }

 private:
  bool here() { return place_++ == target_; }

  void sequence(const Type& type, void* slot) {
    Oid governor;
    for (const Field& field : type.fields) {
      const bool may_go = field.reset != nullptr && here();
      void* member = const_cast<void*>(field.get(slot));
      if (may_go && member != nullptr) {
        field.reset(slot);
      } else if (may_go) {
        complete(*field.type, field.emplace(slot), &field, choose_);
      } else if (member != nullptr) {
        if (field.encapsulates)
          octets(*field.type, member, &field, open_type(governor));
        else
          value(*field.type, member, &field, governor);
        if (field.type->kind == Kind::oid) governor = *static_cast<const Oid*>(member);
      }
    }
  }

  void choice(const Type& type, void* slot) {
    if (here()) {
      const Field& alternative = type.fields[choose_(type.fields.size())];
      complete(*alternative.type, alternative.emplace(slot), &alternative, choose_);
      return;
    }
    for (const Field& alternative : type.fields)
      if (const void* held = alternative.get(slot))
        return value(*alternative.type, const_cast<void*>(held), &alternative, {});
  }

  void list(const Type& type, void* slot, Oid governor) {
    if (here()) return change_list(type, slot);
    const std::size_t count = type.list.size(slot);
    auto* first = static_cast<std::uint8_t*>(const_cast<void*>(type.list.data(slot)));
    for (std::size_t i = 0; i < count; ++i) value(*type.element, first + i * type.list.element_size, nullptr, governor);
  }

  void change_list(const Type& type, void* slot) {
    const std::size_t count = type.list.size(slot);
    const auto element = [&](std::size_t i) {
      return static_cast<std::uint8_t*>(const_cast<void*>(type.list.data(slot))) + i * type.list.element_size;
    };
    switch (choose_(4)) {
      case 0:
        type.list.resize(slot, count + 1);
        return complete(*type.element, element(count), nullptr, choose_);
      case 1:
        if (count > type.list.min) type.list.erase(slot, choose_(count));
        return;
      case 2:
        if (count > 0) type.list.duplicate(slot, choose_(count));
        return;
      default:
        if (count > 1) type.list.swap(slot, choose_(count), choose_(count));
    }
  }

  /// Octets that encode a value of type `inner` (null: unknown): replaced, or changed within.
  void octets(const Type& type, void* slot, const Field* field, const Type* inner) {
    if (here()) return replace_leaf(type, slot, field, choose_);
    if (inner == nullptr || depth_ == max_depth) return;
    Object object(*inner);
    Error error;
    if (!decode_into(*inner, object.get(), leaf_octets(type, slot), {}, error)) return;
    const std::size_t before = place_;
    ++depth_;
    value(*inner, object.get(), nullptr, {});
    --depth_;
    if (target_ >= before && target_ < place_) *static_cast<Bytes*>(slot) = storage_.keep(encode(*inner, object.get()));
  }

  static constexpr unsigned max_depth = 6;
  std::size_t target_;
  std::size_t place_ = 0;
  unsigned depth_ = 0;  // of octets within octets
  const Choose& choose_;
  Storage& storage_;
};

}  // namespace

void mutate(const Type& type, void* object, const Choose& choose, Storage& storage) {
  Mutator counting(SIZE_MAX, choose, storage);
  counting.value(type, object, nullptr, {});
  if (counting.places() == 0) return;
  Mutator(choose(counting.places()), choose, storage).value(type, object, nullptr, {});
}

}  // namespace cmpkit::asn1
