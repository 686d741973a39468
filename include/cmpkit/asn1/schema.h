// The language in which an ASN.1 type is declared once, in the RFC's words, and the constant tables it becomes.
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
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <type_traits>
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

/// A field of a SEQUENCE, or an alternative of a CHOICE.
struct Field {
  std::string_view name;
  const Type* type;
  Tagging tagging;
  std::uint8_t tag;                // the identifier octet it starts with; 0: that of the CHOICE or ANY it is
  bool optional;                   // OPTIONAL or DEFAULT
  Bytes default_der;               // empty: no DEFAULT
  std::int64_t min, max;           // of an INTEGER's value, or of the size of an OCTET STRING or character string
  void* (*emplace)(void* object);  // the value's slot, made present (or the held alternative)
  const void* (*get)(const void* object);  // the value's slot; null: absent (or another alternative is held)
  void (*reset)(void* object);             // makes an OPTIONAL absent; null: not OPTIONAL
};

/// How a walker handles the std::vector behind a SEQUENCE OF or SET OF.
struct ListAccess {
  std::size_t element_size;
  std::size_t min;
  std::size_t (*size)(const void* list);
  void* (*resize)(void* list, std::size_t count);  // the first element; new elements are default values
  const void* (*data)(const void* list);
  void (*erase)(void* list, std::size_t index);
};

/// One ASN.1 type.
struct Type {
  Kind kind;
  std::uint8_t tag;       // universal identifier octet; 0 for CHOICE and ANY
  bool deep;              // encoded: check the content when decoding
  std::string_view name;  // `PKIHeader`, `INTEGER`, ...
  const Type* element;    // sequence_of, set_of, encoded
  std::span<const Field> fields;
  ListAccess list;
  Bytes* (*received)(void* object);  // null: the type keeps no received octets
};

// --- the words of a declaration
// ---------------------------------------------------------------------------------------

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

// --- from declarations to tables
// --------------------------------------------------------------------------------------

template <class T>
consteval Type make_type();

/// The table of T.
template <class T>
inline constexpr Type type_of = make_type<T>();

namespace detail {

template <class T>
concept Declared = requires { T::asn1; };

template <class T>
inline constexpr bool is_character_string = false;
template <std::uint8_t Tag>
inline constexpr bool is_character_string<CharacterString<Tag>> = true;

template <class T>
struct ListTraits {
  static constexpr bool is_list = false;
};
template <class E, std::size_t Min>
struct ListTraits<SequenceOf<E, Min>> {
  static constexpr bool is_list = true, is_set = false;
  static constexpr std::size_t min = Min;
  using Element = E;
};
template <class E, std::size_t Min>
struct ListTraits<SetOf<E, Min>> {
  static constexpr bool is_list = true, is_set = true;
  static constexpr std::size_t min = Min;
  using Element = E;
};

template <class T>
struct EncodedTraits {
  static constexpr bool is_encoded = false;
};
template <class E, bool Deep>
struct EncodedTraits<Encoded<E, Deep>> {
  static constexpr bool is_encoded = true, deep = Deep;
  using Element = E;
};

template <class T>
inline constexpr bool is_choice_decl = false;
template <auto V, class R, class... A>
inline constexpr bool is_choice_decl<ChoiceDecl<V, R, A...>> = true;

/// The C++ type's last name: "PKIHeader" of cmpkit::asn1::PKIHeader.
template <class T>
consteval std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]<"));
  const auto colon = text.rfind(':');
  return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

/// The last name of a member pointer or enumerator: "pvno" of &PKIHeader::pvno. What C++ reserves is written with a
/// trailing underscore (`int_`), which is not part of the name.
template <auto Value>
consteval std::string_view value_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Value = ") + 8);
  text = text.substr(0, text.find_first_of(";]"));
  text = text.substr(text.rfind(':') + 1);
  text = text.substr(0, text.find(')'));
  if (text.ends_with('_')) text.remove_suffix(1);
  return text;
}

struct KindTag {
  Kind kind;
  std::uint8_t tag;
  std::string_view name;
};

template <class T>
consteval KindTag leaf() {
  if constexpr (std::is_same_v<T, bool>)
    return {Kind::boolean, 0x01, "BOOLEAN"};
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return {Kind::integer, 0x02, "INTEGER"};
  else if constexpr (std::is_enum_v<T>) {
    static_assert(std::is_same_v<std::underlying_type_t<T>, std::int64_t>, "a named INTEGER is an enum over int64_t");
    return {Kind::integer, 0x02, type_name<T>()};
  } else if constexpr (std::is_same_v<T, Integer>)
    return {Kind::big_integer, 0x02, "INTEGER"};
  else if constexpr (std::is_same_v<T, Enumerated>)
    return {Kind::enumerated, 0x0A, "ENUMERATED"};
  else if constexpr (std::is_same_v<T, BitString>)
    return {Kind::bit_string, 0x03, "BIT STRING"};
  else if constexpr (std::is_base_of_v<NamedBits, T>)
    return {Kind::named_bits, 0x03, type_name<T>()};
  else if constexpr (std::is_same_v<T, OctetString>)
    return {Kind::octet_string, 0x04, "OCTET STRING"};
  else if constexpr (std::is_same_v<T, Null>)
    return {Kind::null, 0x05, "NULL"};
  else if constexpr (std::is_same_v<T, Oid>)
    return {Kind::oid, 0x06, "OBJECT IDENTIFIER"};
  else if constexpr (std::is_same_v<T, UTCTime>)
    return {Kind::utc_time, 0x17, "UTCTime"};
  else if constexpr (std::is_same_v<T, GeneralizedTime>)
    return {Kind::generalized_time, 0x18, "GeneralizedTime"};
  else if constexpr (std::is_same_v<T, Any>)
    return {Kind::any, 0, "ANY"};
  else if constexpr (std::is_same_v<T, UTF8String>)
    return {Kind::character_string, 0x0C, "UTF8String"};
  else if constexpr (std::is_same_v<T, PrintableString>)
    return {Kind::character_string, 0x13, "PrintableString"};
  else if constexpr (std::is_same_v<T, TeletexString>)
    return {Kind::character_string, 0x14, "TeletexString"};
  else if constexpr (std::is_same_v<T, IA5String>)
    return {Kind::character_string, 0x16, "IA5String"};
  else if constexpr (std::is_same_v<T, VisibleString>)
    return {Kind::character_string, 0x1A, "VisibleString"};
  else if constexpr (std::is_same_v<T, UniversalString>)
    return {Kind::character_string, 0x1C, "UniversalString"};
  else if constexpr (std::is_same_v<T, BMPString>)
    return {Kind::character_string, 0x1E, "BMPString"};
}

template <class T>
consteval KindTag kind_tag() {
  if constexpr (ListTraits<T>::is_list) {
    if constexpr (ListTraits<T>::is_set)
      return {Kind::set_of, 0x31, "SET OF"};
    else
      return {Kind::sequence_of, 0x30, "SEQUENCE OF"};
  } else if constexpr (EncodedTraits<T>::is_encoded) {
    return {Kind::encoded, kind_tag<typename EncodedTraits<T>::Element>().tag, "encoded"};
  } else if constexpr (Declared<T>) {
    if constexpr (is_choice_decl<std::remove_cv_t<decltype(T::asn1)>>)
      return {Kind::choice, 0, type_name<T>()};
    else
      return {Kind::sequence, 0x30, type_name<T>()};
  } else {
    return leaf<T>();
  }
}

template <class T>
struct MemberTraits;
template <class C, class M>
struct MemberTraits<M C::*> {
  using Class = C;
  using Value = M;
  static constexpr bool optional = false;
};
template <class C, class M>
struct MemberTraits<std::optional<M> C::*> {
  using Class = C;
  using Value = M;
  static constexpr bool optional = true;
};

constexpr void apply(Field& f, TagOption option) {
  f.tagging = option.tagging;
  const bool constructed = option.tagging == Tagging::explicit_ || (f.tag & 0x20) != 0;
  f.tag = static_cast<std::uint8_t>(0x80 | (constructed ? 0x20 : 0) | option.number);
}
constexpr void apply(Field& f, RangeOption option) {
  f.min = option.min;
  f.max = option.max;
}
constexpr void apply(Field& f, DefaultOption option) {
  f.optional = true;
  f.default_der = Bytes(option.der->octets.data(), option.der->size);
}

constexpr bool can_be_implicit(Kind kind) { return kind != Kind::choice && kind != Kind::any && kind != Kind::encoded; }

template <class V, auto... Options>
consteval Field make_field_base(std::string_view name) {
  Field f{};
  f.name = name;
  f.type = &type_of<V>;
  f.tag = kind_tag<V>().tag;
  f.min = std::numeric_limits<std::int64_t>::min();
  f.max = std::numeric_limits<std::int64_t>::max();
  (apply(f, Options), ...);
  if (f.tagging == Tagging::implicit_ && !can_be_implicit(kind_tag<V>().kind))
    throw "a CHOICE or ANY cannot be tagged IMPLICIT (X.680 Section 31.2.9)";
  return f;
}

template <auto Member, auto... Options>
consteval Field make_field(FieldDecl<Member, Options...>) {
  using M = MemberTraits<decltype(Member)>;
  using C = typename M::Class;
  Field f = make_field_base<typename M::Value, Options...>(value_name<Member>());
  if constexpr (M::optional) {
    f.optional = true;
    f.emplace = [](void* o) -> void* { return &(static_cast<C*>(o)->*Member).emplace(); };
    f.get = [](const void* o) -> const void* {
      const auto& member = static_cast<const C*>(o)->*Member;
      return member ? &*member : nullptr;
    };
    f.reset = [](void* o) { (static_cast<C*>(o)->*Member).reset(); };
  } else {
    f.emplace = [](void* o) -> void* { return &(static_cast<C*>(o)->*Member); };
    f.get = [](const void* o) -> const void* { return &(static_cast<const C*>(o)->*Member); };
  }
  return f;
}

template <auto Variant, std::size_t I, auto Enumerator, auto... Options>
consteval Field make_alt(AltDecl<Enumerator, Options...>) {
  static_assert(Enumerator == I, "the alternatives of a CHOICE are declared in the order of their enumerators");
  using C = typename MemberTraits<decltype(Variant)>::Class;
  using V = typename MemberTraits<decltype(Variant)>::Value;
  Field f = make_field_base<std::variant_alternative_t<I, V>, Options...>(value_name<Enumerator>());
  f.emplace = [](void* o) -> void* { return &(static_cast<C*>(o)->*Variant).template emplace<I>(); };
  f.get = [](const void* o) -> const void* { return std::get_if<I>(&(static_cast<const C*>(o)->*Variant)); };
  return f;
}

/// The identifier octets that a value of the field can start with are all different from those of `other`.
consteval bool distinct(const Field& a, const Field& b) {
  return a.tag == 0 || b.tag == 0 || a.tag != b.tag;  // a CHOICE is told apart by its own check
}

template <std::size_t N>
consteval std::array<Field, N> checked_fields(std::array<Field, N> fields) {
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = i + 1; fields[i].optional && j < N; ++j) {
      if (!distinct(fields[i], fields[j]))
        throw "an OPTIONAL field and a field that may follow it start with the same tag";
      if (!fields[j].optional) break;
    }
  return fields;
}

template <std::size_t N>
consteval std::array<Field, N> checked_alts(std::array<Field, N> alts) {
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = i + 1; j < N; ++j)
      if (!distinct(alts[i], alts[j])) throw "two alternatives of a CHOICE start with the same tag";
  return alts;
}

template <class Decl>
struct Expand;

template <class Received, class... Fields>
struct Expand<SequenceDecl<Received, Fields...>> {
  static constexpr std::size_t count = sizeof...(Fields);
  using ReceivedMember = Received;
  static consteval std::array<Field, count> fields() {
    return checked_fields(std::array<Field, count>{make_field(Fields{})...});
  }
};

template <auto Variant, class Received, class... Alts>
struct Expand<ChoiceDecl<Variant, Received, Alts...>> {
  static constexpr std::size_t count = sizeof...(Alts);
  using ReceivedMember = Received;
  static_assert(count == std::variant_size_v<typename MemberTraits<decltype(Variant)>::Value>,
                "a CHOICE names each alternative of its variant once");
  template <std::size_t... I>
  static consteval std::array<Field, count> expand(std::index_sequence<I...>) {
    return checked_alts(std::array<Field, count>{make_alt<Variant, I>(Alts{})...});
  }
  static consteval std::array<Field, count> fields() { return expand(std::make_index_sequence<count>{}); }
};

template <class T>
using ExpandOf = Expand<std::remove_cv_t<decltype(T::asn1)>>;

template <class T>
inline constexpr std::array<Field, ExpandOf<T>::count> fields_of = ExpandOf<T>::fields();

template <class L>
consteval ListAccess make_list() {
  using E = typename ListTraits<L>::Element;
  return {sizeof(E),
          ListTraits<L>::min,
          [](const void* list) { return static_cast<const L*>(list)->size(); },
          [](void* list, std::size_t count) -> void* {
            auto& l = *static_cast<L*>(list);
            l.resize(count);
            return l.data();
          },
          [](const void* list) -> const void* { return static_cast<const L*>(list)->data(); },
          [](void* list, std::size_t index) {
            auto& l = *static_cast<L*>(list);
            l.erase(l.begin() + static_cast<std::ptrdiff_t>(index));
          }};
}

template <class R>
struct ReceivedAccess;
template <auto Member>
struct ReceivedAccess<ReceivedDecl<Member>> {
  using C = typename MemberTraits<decltype(Member)>::Class;
  static Bytes* get(void* object) { return &(static_cast<C*>(object)->*Member); }
};

}  // namespace detail

template <class T>
consteval Type make_type() {
  const auto [kind, tag, name] = detail::kind_tag<T>();
  Type t{};
  t.kind = kind;
  t.tag = tag;
  t.name = name;
  if constexpr (detail::ListTraits<T>::is_list) {
    t.element = &type_of<typename detail::ListTraits<T>::Element>;
    t.list = detail::make_list<T>();
  } else if constexpr (detail::EncodedTraits<T>::is_encoded) {
    t.element = &type_of<typename detail::EncodedTraits<T>::Element>;
    t.deep = detail::EncodedTraits<T>::deep;
  } else if constexpr (detail::Declared<T>) {
    t.fields = detail::fields_of<T>;
    using R = typename detail::ExpandOf<T>::ReceivedMember;
    if constexpr (!std::is_void_v<R>) t.received = &detail::ReceivedAccess<R>::get;
  }
  return t;
}

}  // namespace cmpkit::asn1
