#include "cmpkit/asn1/visit.h"

#include "asn1/leaf_text.h"
#include "cmpkit/asn1/codec.h"
#include "cmpkit/asn1/registry.h"
#include "cmpkit/asn1/x509.h"

namespace cmpkit::asn1 {

namespace {

class Walker {
 public:
  explicit Walker(Visitor& visitor) : visitor_(visitor) {}

  /// `governor`: the OID that says what an ANY in the value is.
  void value(const Step& step, const Type& type, const void* slot, Oid governor) {
    switch (type.kind) {
      case Kind::sequence:
        return sequence(step, type, slot);
      case Kind::choice:
        return choice(step, type, slot);
      case Kind::sequence_of:
      case Kind::set_of:
        return list(step, type, slot, governor);
      case Kind::encoded:
        if (&type == &type_of<Name>()) return leaf(step, type, slot, {});
        return follow(step, type, slot, type.element);
      case Kind::any:
        return follow(step, type, slot, open_type(governor));
      default:
        return leaf(step, type, slot, {});
    }
  }

 private:
  void leaf(const Step& step, const Type& type, const void* slot, std::string problem) {
    const bool is_name = &type == &type_of<Name>();  // its text is no hexadecimal
    visitor_.leaf(step, {type, leaf_text(type, slot), is_name ? Bytes() : leaf_octets(type, slot), std::move(problem)});
  }

  void sequence(const Step& step, const Type& type, const void* slot) {
    visitor_.enter(step, type);
    Oid governor;
    for (const Field& field : type.fields) {
      const void* member = field.get(slot);
      if (member == nullptr) continue;
      if (field.type->kind == Kind::oid) governor = *static_cast<const Oid*>(member);
      if (field.encapsulates)
        follow({field.name}, *field.type, member, open_type(governor));
      else
        value({field.name}, *field.type, member, governor);
    }
    visitor_.leave(type);
  }

  void choice(const Step& step, const Type& type, const void* slot) {
    visitor_.enter(step, type);
    for (const Field& alternative : type.fields)
      if (const void* held = alternative.get(slot)) value({alternative.name}, *alternative.type, held, {});
    visitor_.leave(type);
  }

  void list(const Step& step, const Type& type, const void* slot, Oid governor) {
    visitor_.enter(step, type);
    const auto* first = static_cast<const std::uint8_t*>(type.list.data(slot));
    for (std::uint32_t i = 0; i < type.list.size(slot); ++i)
      value({{}, i}, *type.element, first + i * type.list.element_size, governor);
    visitor_.leave(type);
  }

  /// Looks into octets that encode a value of type `inner` (null: unknown).
  void follow(const Step& step, const Type& type, const void* slot, const Type* inner) {
    if (inner == nullptr || depth_ == max_depth) return leaf(step, type, slot, {});
    Object object(*inner);
    Error error;
    if (!decode_into(*inner, object.get(), leaf_octets(type, slot), {}, error))
      return leaf(step, type, slot, error.text());
    ++depth_;
    value(step, *inner, object.get(), {});
    --depth_;
  }

  static constexpr unsigned max_depth = 12;
  Visitor& visitor_;
  unsigned depth_ = 0;  // of octets within octets
};

}  // namespace

void visit(const Type& type, const void* object, Visitor& visitor) { Walker(visitor).value({}, type, object, {}); }

}  // namespace cmpkit::asn1
