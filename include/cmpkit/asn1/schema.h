// The language in which an ASN.1 type is declared once, in the RFC's words, and the constant table it becomes.
//
//   struct Validity {
//     Time notBefore, notAfter;
//     static constexpr auto asn1 = sequence(field<&Validity::notBefore>, field<&Validity::notAfter>);
//   };
//   struct DisplayName {
//     enum Type { ia5, utf8 };
//     std::variant<IA5String, UTF8String> value;  // in the order of the enumerators
//     static constexpr auto asn1 = choice<&DisplayName::value>(alt<ia5>, alt<utf8, implicit_tag<1>>);
//   };
//
// A member that is a std::optional is OPTIONAL. A member with `default_der<"01 01 00">` is DEFAULT that TLV: absent, it
// holds that value; encoding leaves it out. `received<&T::octets>` first in a sequence or choice names a Bytes member
// that decoding fills with the value's TLV as it was received (what a signature covers); encoding ignores it.
//
// Every walker (decode, encode, visit, compare, mutate) is a plain function over `Type`; none of them is a template.
// The tables of cmpkit's own types are compiled once, in the library; a program that declares a type of its own
// includes table.h where it uses it.
#pragma once

#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <variant>

#include "cmpkit/asn1/values.h"

namespace cmpkit::asn1 {

enum class Kind : std::uint8_t {
  boolean,
  integer,      // slot: std::int64_t, or an enum over it
  big_integer,  // slot: Integer
  enumerated,
  bit_string,
  named_bits,
  octet_string,
  null,
  oid,
  character_string,
  utc_time,
  generalized_time,
  any,
  encoded,
  sequence,
  choice,
  sequence_of,
  set_of,
};

enum class Tagging : std::uint8_t { none, implicit_, explicit_ };

struct Type;

/// Some identifier octets.
struct TagSet {
  std::array<std::uint64_t, 4> words{};

  [[nodiscard]] constexpr bool has(std::uint8_t tag) const { return ((words[tag / 64] >> (tag % 64)) & 1U) != 0; }
  constexpr void add(std::uint8_t tag) { words[tag / 64] |= std::uint64_t{1} << (tag % 64); }
};

/// A field of a SEQUENCE, or an alternative of a CHOICE.
struct Field {
  const Type* type;
  void* (*emplace)(void* object);  // the value's slot, made present (or the held alternative)
  std::string_view name;
  Bytes default_der;  // empty: no DEFAULT
  std::uint8_t tag;   // the identifier octet it starts with; 0: one of `first`
  Tagging tagging;
  bool optional;          // OPTIONAL or DEFAULT
  bool ranged;            // min and max mean something
  bool encapsulates;      // an OCTET STRING that holds the DER encoding of what an OID before it names
  std::int64_t min, max;  // of an INTEGER's value, or of the size of an OCTET STRING or character string
  TagSet first;           // the identifier octets it can start with
  const void* (*get)(const void* object);  // the value's slot; null: absent (or another alternative is held)
  void (*reset)(void* object);             // makes an OPTIONAL absent; null: not OPTIONAL

  [[nodiscard]] constexpr bool can_start(std::uint8_t octet) const {
    return tag != 0 ? tag == octet : first.has(octet);
  }
};

/// How a walker handles the std::vector behind a SEQUENCE OF or SET OF.
struct ListAccess {
  std::size_t element_size;
  std::size_t min;
  std::size_t (*size)(const void* list);
  void* (*resize)(void* list, std::size_t count);  // the first element; new elements are default values
  const void* (*data)(const void* list);
  void (*erase)(void* list, std::size_t index);
  void (*duplicate)(void* list, std::size_t index);  // appends a copy
  void (*swap)(void* list, std::size_t i, std::size_t j);
};

/// A named number of an INTEGER or ENUMERATED, or a named bit.
struct NamedNumber {
  std::int64_t number;
  std::string_view name;
};

/// One ASN.1 type.
struct Type {
  Kind kind;
  std::uint8_t tag;       // universal identifier octet; 0 for CHOICE and ANY
  bool deep;              // encoded: check the content when decoding
  std::string_view name;  // `PKIHeader`, `INTEGER`, ...
  const Type* element;    // sequence_of, set_of, encoded
  std::span<const Field> fields;
  std::span<const NamedNumber> numbers;
  ListAccess list;
  Bytes* (*received)(void* object);  // null: the type keeps no received octets
  void* (*create)();                 // a default value
  void (*destroy)(void* object);
};

/// A value whose type is known at run time only.
class Object {
 public:
  explicit Object(const Type& type) : type_(&type), value_(type.create(), type.destroy) {}
  [[nodiscard]] const Type& type() const { return *type_; }
  [[nodiscard]] void* get() { return value_.get(); }
  [[nodiscard]] const void* get() const { return value_.get(); }

 private:
  const Type* type_;
  std::unique_ptr<void, void (*)(void*)> value_;
};

/// The table of T: one object for the whole program.
template <class T>
const Type& type_of();

// --- The words of a declaration ---

struct TagOption {
  Tagging tagging;
  std::uint8_t number;
};
template <std::uint8_t N>
inline constexpr TagOption explicit_tag{Tagging::explicit_, N};
template <std::uint8_t N>
inline constexpr TagOption implicit_tag{Tagging::implicit_, N};

/// The range of an INTEGER, or of the size in octets of a string.
struct RangeOption {
  std::int64_t min, max;
};
template <std::int64_t Min, std::int64_t Max = std::numeric_limits<std::int64_t>::max()>
inline constexpr RangeOption range{Min, Max};

/// Marks an OCTET STRING whose content is DER of a type that the OID before it names (extnValue).
struct EncapsulatesOption {};
inline constexpr EncapsulatesOption encapsulates{};

struct DefaultOption {
  const detail::ParsedHex* der;
};
/// DEFAULT, as the TLV that DER leaves out, in capital hexadecimal.
template <detail::Literal Hex>
inline constexpr DefaultOption default_der{&detail::parsed_hex<Hex>};

template <auto Member, auto... Options>
struct FieldDecl {};
template <auto Member, auto... Options>
inline constexpr FieldDecl<Member, Options...> field{};

template <auto Enumerator, auto... Options>
struct AltDecl {};
/// An alternative, by the enumerator that is both its name and its index in the variant.
template <auto Enumerator, auto... Options>
inline constexpr AltDecl<Enumerator, Options...> alt{};

template <auto Member>
struct ReceivedDecl {};
/// Names the Bytes member that keeps the value's TLV as received.
template <auto Member>
inline constexpr ReceivedDecl<Member> received{};

template <class Received, class... Fields>
struct SequenceDecl {};
template <class... Fields>
constexpr SequenceDecl<void, Fields...> sequence(Fields...) {
  return {};
}
template <auto Member, class... Fields>
constexpr SequenceDecl<ReceivedDecl<Member>, Fields...> sequence(ReceivedDecl<Member>, Fields...) {
  return {};
}

template <auto Variant, class Received, class... Alts>
struct ChoiceDecl {};
template <auto Variant, class... Alts>
constexpr ChoiceDecl<Variant, void, Alts...> choice(Alts...) {
  return {};
}
template <auto Variant, auto Member, class... Alts>
constexpr ChoiceDecl<Variant, ReceivedDecl<Member>, Alts...> choice(ReceivedDecl<Member>, Alts...) {
  return {};
}

}  // namespace cmpkit::asn1
