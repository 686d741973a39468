// The encoder: one walk over the tables, back to front, so that each length is known when it is written.
#include "asn1/time.h"
#include "cmpkit/asn1/codec.h"

#include <cstring>

namespace cmpkit::asn1 {

namespace {

class Encoder {
 public:
  Octets finish() {
    octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(free_));
    return std::move(octets_);
  }

  /// The whole TLV of a value, with `tag` as identifier octet (0: what CHOICE or ANY bring themselves).
  void value(const Type& type, std::uint8_t tag, const void* slot) {
    switch (type.kind) {
      case Kind::choice:
        return choice(type, slot);
      case Kind::any:
        return verbatim(static_cast<const Any*>(slot)->tlv, null_tlv);
      case Kind::encoded:
        return verbatim(*static_cast<const Bytes*>(slot), empty_sequence);
      default:
        break;
    }
    const std::size_t end = size();
    switch (type.kind) {
      case Kind::sequence:
        sequence(type, slot);
        break;
      case Kind::sequence_of:
        sequence_of(type, slot);
        break;
      case Kind::set_of:
        set_of(type, slot);
        break;
      default:
        leaf(type, slot);
    }
    header(tag, size() - end);
  }

 private:
  static constexpr std::uint8_t null_tlv[] = {0x05, 0x00};
  static constexpr std::uint8_t empty_sequence[] = {0x30, 0x00};

  [[nodiscard]] std::size_t size() const { return octets_.size() - free_; }

  std::uint8_t* prepend(std::size_t count) {
    if (count > free_) grow(count);
    free_ -= count;
    return octets_.data() + free_;
  }
  void grow(std::size_t count) {
    const std::size_t used = size();
    Octets larger(std::max<std::size_t>(512, 2 * (used + count)));
    std::copy(octets_.end() - static_cast<std::ptrdiff_t>(used), octets_.end(),
              larger.end() - static_cast<std::ptrdiff_t>(used));
    free_ = larger.size() - used;
    octets_ = std::move(larger);
  }
  void octet(std::size_t value) { *prepend(1) = static_cast<std::uint8_t>(value); }
  void raw(Bytes octets) {
    if (!octets.empty()) std::memcpy(prepend(octets.size()), octets.data(), octets.size());
  }
  void verbatim(Bytes tlv, Bytes when_empty) { raw(tlv.empty() ? when_empty : tlv); }

  void header(std::uint8_t tag, std::size_t length) {
    if (length < 0x80) {
      octet(length);
    } else {
      std::size_t octets = 0;
      for (std::size_t rest = length; rest != 0; rest >>= 8, ++octets) octet(rest & 0xFF);
      octet(0x80 | octets);
    }
    octet(tag);
  }

  void sequence(const Type& type, const void* slot) {
    for (auto field = type.fields.rbegin(); field != type.fields.rend(); ++field)
      if (const void* member = field->get(slot)) field_value(*field, member);
  }

  void field_value(const Field& field, const void* slot) {
    const std::size_t end = size();
    const bool is_explicit = field.tagging == Tagging::explicit_;
    if (!field.default_der.empty()) {
      value(*field.type, field.type->tag, slot);
      const bool is_default = same_octets(Bytes(octets_).subspan(free_, size() - end), field.default_der);
      if (is_default || field.tagging == Tagging::implicit_) free_ += size() - end;
      if (is_default) return;
      if (field.tagging == Tagging::implicit_) value(*field.type, field.tag, slot);
    } else {
      value(*field.type, is_explicit ? field.type->tag : field.tag, slot);
    }
    if (is_explicit) header(field.tag, size() - end);
  }

  void choice(const Type& type, const void* slot) {
    for (const Field& alternative : type.fields)
      if (const void* held = alternative.get(slot)) return field_value(alternative, held);
  }

  void sequence_of(const Type& type, const void* slot) {
    const auto* first = static_cast<const std::uint8_t*>(type.list.data(slot));
    for (std::size_t i = type.list.size(slot); i-- > 0;)
      value(*type.element, type.element->tag, first + i * type.list.element_size);
  }

  void set_of(const Type& type, const void* slot) {
    const auto* first = static_cast<const std::uint8_t*>(type.list.data(slot));
    std::vector<Octets> elements;
    for (std::size_t i = 0; i < type.list.size(slot); ++i)
      elements.push_back(encode(*type.element, first + i * type.list.element_size));
    std::sort(elements.begin(), elements.end(),
              [](const Octets& a, const Octets& b) { return text_of(a) < text_of(b); });
    for (auto element = elements.rbegin(); element != elements.rend(); ++element) raw(*element);
  }

  void leaf(const Type& type, const void* slot) {
    switch (type.kind) {
      case Kind::boolean:
        return octet(*static_cast<const bool*>(slot) ? 0xFF : 0x00);
      case Kind::integer:
      case Kind::enumerated:
        return integer(slot);
      case Kind::big_integer:
        return verbatim(static_cast<const Integer*>(slot)->octets, zero);
      case Kind::bit_string:
        raw(static_cast<const BitString*>(slot)->octets);
        return octet(static_cast<const BitString*>(slot)->unused);
      case Kind::named_bits:
        return named_bits(*static_cast<const NamedBits*>(slot));
      case Kind::octet_string:
        return raw(*static_cast<const Bytes*>(slot));
      case Kind::oid:
        return verbatim(static_cast<const Oid*>(slot)->octets, zero);
      case Kind::character_string:
        return raw(bytes_of(*static_cast<const std::string_view*>(slot)));
      case Kind::utc_time:
        return time(slot, utc_time_size);
      case Kind::generalized_time:
        return time(slot, generalized_time_size);
      default:
        return;  // NULL
    }
  }

  static constexpr std::uint8_t zero[] = {0x00};

  void integer(const void* slot) {
    std::int64_t value = 0;
    std::memcpy(&value, slot, sizeof value);
    while (value > 0x7F || value < -0x80) {
      octet(static_cast<std::uint64_t>(value) & 0xFF);
      value >>= 8;
    }
    octet(static_cast<std::uint64_t>(value) & 0xFF);
  }

  void named_bits(NamedBits value) {
    unsigned count = 64;
    while (count > 0 && !value.has(count - 1)) --count;
    for (unsigned octets = (count + 7) / 8; octets-- > 0;) {
      unsigned packed = 0;
      for (unsigned bit = 0; bit < 8; ++bit)
        if (octets * 8 + bit < 64 && value.has(octets * 8 + bit)) packed |= 0x80U >> bit;
      octet(packed);
    }
    octet((8 - count % 8) % 8);
  }

  void time(const void* slot, std::size_t size) {
    char text[generalized_time_size];
    std::chrono::sys_seconds value;
    std::memcpy(&value, slot, sizeof value);
    format_generalized_time(value, text);
    raw(bytes_of({text + generalized_time_size - size, size}));
  }

  Octets octets_;         // filled from the end
  std::size_t free_ = 0;  // octets still free at its front
};

}  // namespace

Octets encode_as(std::uint8_t tag, const Type& type, const void* object) {
  Encoder encoder;
  encoder.value(type, tag, object);
  return encoder.finish();
}

Octets encode(const Type& type, const void* object) { return encode_as(type.tag, type, object); }

}  // namespace cmpkit::asn1
