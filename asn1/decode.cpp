// The decoder: one walk over the tables, zero-copy. Below, `true` means decoded; after `false` the Error says why, and
// each caller on the way out pushes its step of the path.
#include "asn1/characters.h"
#include "asn1/time.h"
#include "asn1/tlv.h"
#include "cmpkit/asn1/codec.h"

#include <cstring>

namespace cmpkit::asn1 {

namespace {

template <class T>
void store(void* slot, const T& value) {
  if (slot != nullptr) *static_cast<T*>(slot) = value;
}

class Decoder {
 public:
  Decoder(Bytes input, const Limits& limits, Error& error)
      : start_(input.data()), elements_left_(limits.elements), depth_left_(limits.depth), error_(error) {}

  /// One value that fills `in`.
  bool whole(const Type& type, void* slot, Bytes in) {
    Bytes rest = in;
    if (!value(type, type.tag, slot, rest)) return false;
    return rest.empty() || fail(rest, "the end of the value", "trailing octets");
  }

 private:
  bool fail(Bytes at, std::string_view expected, std::string_view found) {
    error_.expected = expected;
    error_.found = found;
    error_.offset = static_cast<std::size_t>(at.data() - start_);
    return false;
  }

  bool fail_tag(Bytes at, const Type& type, std::uint8_t expected_tag) {
    if (expected_tag == 0) error_.expected = type.name;
    error_.expected_tag = expected_tag;
    error_.found_tag = at.empty() ? Error::end_of_input : at[0];
    error_.offset = static_cast<std::size_t>(at.data() - start_);
    return false;
  }

  /// Takes the TLV at the front of `in`; its identifier octet must be `tag` unless that is 0.
  bool take(const Type& type, std::uint8_t tag, Bytes& in, Bytes& tlv, Bytes& content) {
    if (in.empty() || (tag != 0 && in[0] != tag)) return fail_tag(in, type, tag);
    Tlv t;
    if (const HeaderProblem problem = read_header(in, t)) return fail(in, "a DER header", problem);
    tlv = in.first(t.size());
    content = tlv.subspan(t.header);
    in = in.subspan(t.size());
    return true;
  }

  /// One value at the front of `in`, whose identifier octet is `tag` (0: what CHOICE or ANY bring themselves).
  bool value(const Type& type, std::uint8_t tag, void* slot, Bytes& in) {
    if (type.kind == Kind::choice) return choice(type, slot, in);
    Bytes tlv, content;
    if (!take(type, tag, in, tlv, content)) return false;
    switch (type.kind) {
      case Kind::sequence:
        return sequence(type, slot, tlv, content);
      case Kind::sequence_of:
      case Kind::set_of:
        return list(type, slot, content);
      case Kind::encoded:
        store(slot, tlv);
        return !type.deep || nested([&] { return whole_element(type, tlv); }, tlv);
      case Kind::any:
        store(slot, Any{tlv});
        return well_formed(tlv);
      default:
        return leaf(type, slot, content);
    }
  }

  template <class Body>
  bool nested(Body body, Bytes at) {
    if (depth_left_ == 0) return fail(at, "fewer nested values", "too many");
    --depth_left_;
    const bool ok = body();
    ++depth_left_;
    return ok;
  }

  bool whole_element(const Type& type, Bytes tlv) { return value(*type.element, type.element->tag, nullptr, tlv); }

  bool sequence(const Type& type, void* slot, Bytes tlv, Bytes content) {
    if (slot != nullptr && type.received != nullptr) *type.received(slot) = tlv;
    return nested([&] { return fields(type, slot, content); }, tlv);
  }

  bool fields(const Type& type, void* slot, Bytes in) {
    for (const Field& field : type.fields) {
      if (field.optional && (in.empty() || !field.can_start(in[0]))) {
        if (!field.default_der.empty() && slot != nullptr) set_default(field, slot);
        continue;
      }
      const Bytes before = in;
      if (!field_value(field, slot, in)) {
        error_.push({field.name});
        return false;
      }
      if (!field.default_der.empty() && is_default(field, before, in)) {
        error_.push({field.name});
        return fail(before, "a DEFAULT value left out", "it encoded");
      }
    }
    return in.empty() || fail_unexpected(in);
  }

  bool fail_unexpected(Bytes in) {
    error_.found_tag = in[0];
    return fail(in, "no further field", {});
  }

  bool field_value(const Field& field, void* object, Bytes& in) {
    void* slot = object != nullptr ? field.emplace(object) : nullptr;
    const Bytes before = in;
    if (field.tagging == Tagging::explicit_) {
      Bytes tlv, content;
      if (!take(*field.type, field.tag, in, tlv, content)) return false;
      if (!value(*field.type, field.type->tag, slot, content)) return false;
      if (!content.empty()) return fail(content, "the end of the explicit tag", "trailing octets");
    } else if (!value(*field.type, field.tag, slot, in)) {
      return false;
    }
    return !field.ranged || in_range(field, before, in);
  }

  /// The content octets of a value that has been decoded: what is in `before` and no longer in `after`.
  static Bytes content_of(const Field& field, Bytes before, Bytes after) {
    Bytes tlv = before.first(before.size() - after.size());
    if (field.tagging == Tagging::explicit_) tlv = without_header(tlv);
    return without_header(tlv);
  }
  static Bytes without_header(Bytes tlv) {
    Tlv t;
    read_header(tlv, t);
    return tlv.subspan(t.header);
  }

  bool in_range(const Field& field, Bytes before, Bytes after) {
    const Bytes content = content_of(field, before, after);
    const bool is_integer = field.type->kind == Kind::integer;
    const std::int64_t measured = is_integer ? integer_value(content) : static_cast<std::int64_t>(content.size());
    return (measured >= field.min && measured <= field.max) || fail(before, "a value in range", "one outside it");
  }

  static bool is_default(const Field& field, Bytes before, Bytes after) {
    return same_octets(content_of(field, before, after), without_header(field.default_der));
  }

  static void set_default(const Field& field, void* object) {
    Error ignored;  // our own constant: tests decode each
    decode_into(*field.type, field.emplace(object), field.default_der, {}, ignored);
  }

  bool choice(const Type& type, void* slot, Bytes& in) {
    if (in.empty()) return fail_tag(in, type, 0);
    for (const Field& alternative : type.fields) {
      if (!alternative.can_start(in[0])) continue;
      const Bytes before = in;
      if (!nested([&] { return field_value(alternative, slot, in); }, before)) {
        error_.push({alternative.name});
        return false;
      }
      if (slot != nullptr && type.received != nullptr) *type.received(slot) = before.first(before.size() - in.size());
      return true;
    }
    return fail_tag(in, type, 0);
  }

  bool list(const Type& type, void* slot, Bytes content) {
    std::size_t count = 0;
    if (!count_elements(content, count)) return false;
    if (count < type.list.min) return fail(content, "at least one element", "none");
    if (count > elements_left_) return fail(content, "fewer elements", "too many");
    elements_left_ -= count;
    auto* element = slot != nullptr ? static_cast<std::uint8_t*>(type.list.resize(slot, count)) : nullptr;
    return nested([&] { return elements(type, element, content); }, content);
  }

  bool elements(const Type& type, std::uint8_t* element, Bytes in) {
    Bytes previous;
    for (std::uint32_t index = 0; !in.empty(); ++index) {
      const Bytes before = in;
      if (!value(*type.element, type.element->tag, element, in)) {
        error_.push({{}, index});
        return false;
      }
      if (type.kind == Kind::set_of) {
        const Bytes current = before.first(before.size() - in.size());
        if (text_of(current) < text_of(previous))
          return fail(before, "SET OF in ascending order", "an unordered element");
        previous = current;
      }
      if (element != nullptr) element += type.list.element_size;
    }
    return true;
  }

  bool count_elements(Bytes in, std::size_t& count) {
    while (!in.empty()) {
      Tlv t;
      if (const HeaderProblem problem = read_header(in, t)) {
        fail(in, "a DER header", problem);
        error_.push({{}, static_cast<std::uint32_t>(count)});
        return false;
      }
      in = in.subspan(t.size());
      ++count;
    }
    return true;
  }

  /// An unknown value: definite lengths all the way down, and primitive or constructed as the universal tags want it.
  bool well_formed(Bytes in) {
    while (!in.empty()) {
      Tlv t;
      if (const HeaderProblem problem = read_header(in, t)) return fail(in, "a DER header", problem);
      const bool constructed = (t.tag & 0x20) != 0;
      const std::uint8_t number = t.tag & 0x1F;
      const bool is_list = number == 0x10 || number == 0x11;
      const bool may_be_either = t.tag >= 0x40 || number == 0x08 || number == 0x0B || number == 0x1D;
      if (t.tag == 0 || (!may_be_either && constructed != is_list))
        return fail(in, "a DER header", "a constructed or primitive form that DER forbids");
      const Bytes content = in.subspan(t.header, t.content);
      if (constructed && !nested([&] { return well_formed(content); }, in)) return false;
      in = in.subspan(t.size());
    }
    return true;
  }

  bool leaf(const Type& type, void* slot, Bytes content) {
    switch (type.kind) {
      case Kind::boolean:
        return boolean(slot, content);
      case Kind::integer:
      case Kind::enumerated:
        return integer(slot, content);
      case Kind::big_integer:
        store(slot, Integer{content});
        return minimal(content);
      case Kind::bit_string:
        return bit_string(slot, content);
      case Kind::named_bits:
        return named_bits(slot, content);
      case Kind::octet_string:
        store(slot, content);
        return true;
      case Kind::null:
        return content.empty() || fail(content, "an empty NULL", "content");
      case Kind::oid:
        return object_identifier(slot, content);
      case Kind::character_string:
        store(slot, text_of(content));
        return characters_allowed(type.tag, content) || fail(content, type.name, "a character it does not have");
      case Kind::utc_time:
        return time(slot, content, parse_utc_time(text_of(content)), "YYMMDDHHMMSSZ");
      default:
        return time(slot, content, parse_generalized_time(text_of(content)), "YYYYMMDDHHMMSSZ");
    }
  }

  bool boolean(void* slot, Bytes content) {
    if (content.size() != 1 || (content[0] != 0x00 && content[0] != 0xFF))
      return fail(content, "a BOOLEAN of 00 or FF", "another");
    store(slot, content[0] != 0);
    return true;
  }

  bool minimal(Bytes content) {
    if (content.empty()) return fail(content, "an INTEGER", "no content");
    const bool padded = content.size() > 1 && (content[0] == (content[1] < 0x80 ? 0x00 : 0xFF));
    return !padded || fail(content, "a minimal INTEGER", "a superfluous first octet");
  }

  bool integer(void* slot, Bytes content) {
    if (!minimal(content)) return false;
    if (content.size() > 8) return fail(content, "an INTEGER of at most 64 bits", "a longer one");
    const std::int64_t value = integer_value(content);
    if (slot != nullptr) std::memcpy(slot, &value, sizeof value);
    return true;
  }

  static std::int64_t integer_value(Bytes content) {
    std::uint64_t value = content[0] < 0x80 ? 0 : ~std::uint64_t{0};
    for (const std::uint8_t octet : content) value = value << 8 | octet;
    return static_cast<std::int64_t>(value);
  }

  /// X.690 Sections 8.6.2 and 11.2.1: 0 to 7 unused bits, which are zero.
  bool bit_content(Bytes content) {
    if (content.empty() || content[0] > 7 || (content.size() == 1 && content[0] != 0))
      return fail(content, "a BIT STRING with 0 to 7 unused bits", "another count");
    const unsigned mask = (1U << content[0]) - 1U;
    return (content.back() & mask) == 0 || content.size() == 1 || fail(content, "unused bits of zero", "others");
  }

  bool bit_string(void* slot, Bytes content) {
    if (!bit_content(content)) return false;
    store(slot, BitString{content.subspan(1), content[0]});
    return true;
  }

  /// X.690 Section 11.2.2: no trailing zero bits.
  bool named_bits(void* slot, Bytes content) {
    if (!bit_content(content)) return false;
    if (content.size() > 9) return fail(content, "at most 64 named bits", "more");
    if (content.size() > 1 && (content.back() & (1U << content[0])) == 0)
      return fail(content, "named bits without trailing zero bits", "some");
    NamedBits value;
    for (std::size_t bit = 0; bit < (content.size() - 1) * 8; ++bit)
      if ((content[1 + bit / 8] & (0x80U >> bit % 8)) != 0) value.set(static_cast<unsigned>(bit));
    store(slot, value);
    return true;
  }

  /// X.690 Section 8.19: whole subidentifiers without leading zero groups.
  bool object_identifier(void* slot, Bytes content) {
    if (content.empty() || content.back() >= 0x80) return fail(content, "an OBJECT IDENTIFIER", "an incomplete one");
    bool first = true;
    for (const std::uint8_t octet : content) {
      if (first && octet == 0x80) return fail(content, "a minimal OBJECT IDENTIFIER", "a superfluous octet");
      first = octet < 0x80;
    }
    store(slot, Oid{content});
    return true;
  }

  bool time(void* slot, Bytes content, std::optional<std::chrono::sys_seconds> value, std::string_view form) {
    if (!value) return fail(content, form, "another form");  // RFC 5280 Section 4.1.2.5
    store(slot, *value);
    return true;
  }

  const std::uint8_t* start_;
  std::size_t elements_left_;
  unsigned depth_left_;
  Error& error_;
};

}  // namespace

bool decode_into(const Type& type, void* object, Bytes der, const Limits& limits, Error& error) {
  if (der.size() > limits.octets) {
    error.expected = "a smaller input";
    error.found = "one above the limit";
    return false;
  }
  return Decoder(der, limits, error).whole(type, object, der);
}

}  // namespace cmpkit::asn1
