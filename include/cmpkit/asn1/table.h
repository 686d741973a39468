// How a declaration (schema.h) becomes a constant table, and the rules of X.680 that the compiler checks meanwhile.
// Needed only where a program declares an ASN.1 type of its own: the tables of cmpkit's types are in the library.
#pragma once

#include <algorithm>
#include <concepts>
#include <type_traits>

#include "cmpkit/asn1/schema.h"

namespace cmpkit::asn1 {

namespace detail {

template <class T>
consteval Type make_type();

template <class T>
inline constexpr Type table = make_type<T>();

template <class T>
concept Declared = requires { T::asn1; };

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

/// The number and its name, which is empty where the number has no enumerator and is spelled "(PKIStatus)9".
template <auto Value>
consteval NamedNumber named_number() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Value = ") + 8);
  text = text.substr(0, text.find_first_of(";]"));
  const auto close = text.rfind(')');  // of the cast, or of "(anonymous namespace)::"
  const bool is_cast = close != std::string_view::npos && text[close + 1] != ':';
  return {static_cast<std::int64_t>(Value), is_cast ? std::string_view{} : value_name<Value>()};
}

/// The enumerators of E from 0 to 31, found by asking the compiler for the name of each value.
template <class E>
struct Enumerators {
  template <std::size_t... I>
  static consteval std::array<NamedNumber, 32> ask(std::index_sequence<I...>) {
    return {named_number<static_cast<E>(I)>()...};
  }
  static constexpr std::array<NamedNumber, 32> all = ask(std::make_index_sequence<32>{});
  static constexpr std::size_t count = std::count_if(all.begin(), all.end(), [](auto& n) { return !n.name.empty(); });
  static consteval std::array<NamedNumber, count> named() {
    std::array<NamedNumber, count> out{};
    std::copy_if(all.begin(), all.end(), out.begin(), [](auto& n) { return !n.name.empty(); });
    return out;
  }
  static constexpr std::array<NamedNumber, count> table = named();
};

template <class T>
consteval std::span<const NamedNumber> named_numbers() {
  if constexpr (std::is_enum_v<T>)
    return Enumerators<T>::table;
  else if constexpr (requires { typename T::Bit; })
    return Enumerators<typename T::Bit>::table;
  else if constexpr (requires { typename T::Value; })
    return Enumerators<typename T::Value>::table;
  else
    return {};
}

template <class Decl>
struct Expand;  // what the words of a declaration say
template <class T>
using ExpandOf = Expand<std::remove_cv_t<decltype(T::asn1)>>;
/// The rows of a SEQUENCE or CHOICE.
template <class T>
inline constexpr auto fields_of = ExpandOf<T>::fields();

struct KindTag {
  Kind kind;
  std::uint8_t tag;
  std::string_view name;
};

template <class T>
concept NamedInteger = std::is_enum_v<T> && sizeof(T) == sizeof(std::int64_t);

/// The types that are no SEQUENCE, CHOICE, list or Encoded.
template <class T>
inline constexpr KindTag leaf = T::is_no_asn1_type;  // it needs a member `asn1`
template <NamedInteger T>
inline constexpr KindTag leaf<T>{Kind::integer, 0x02, type_name<T>()};
template <std::derived_from<NamedBits> T>
inline constexpr KindTag leaf<T>{Kind::named_bits, 0x03, type_name<T>()};
template <std::derived_from<Enumerated> T>
inline constexpr KindTag leaf<T>{Kind::enumerated, 0x0A, type_name<T>()};
template <>
inline constexpr KindTag leaf<bool>{Kind::boolean, 0x01, "BOOLEAN"};
template <>
inline constexpr KindTag leaf<std::int64_t>{Kind::integer, 0x02, "INTEGER"};
template <>
inline constexpr KindTag leaf<Integer>{Kind::big_integer, 0x02, "INTEGER"};
template <>
inline constexpr KindTag leaf<BitString>{Kind::bit_string, 0x03, "BIT STRING"};
template <>
inline constexpr KindTag leaf<OctetString>{Kind::octet_string, 0x04, "OCTET STRING"};
template <>
inline constexpr KindTag leaf<Null>{Kind::null, 0x05, "NULL"};
template <>
inline constexpr KindTag leaf<Oid>{Kind::oid, 0x06, "OBJECT IDENTIFIER"};
template <>
inline constexpr KindTag leaf<UTF8String>{Kind::character_string, 0x0C, "UTF8String"};
template <>
inline constexpr KindTag leaf<PrintableString>{Kind::character_string, 0x13, "PrintableString"};
template <>
inline constexpr KindTag leaf<TeletexString>{Kind::character_string, 0x14, "TeletexString"};
template <>
inline constexpr KindTag leaf<IA5String>{Kind::character_string, 0x16, "IA5String"};
template <>
inline constexpr KindTag leaf<UTCTime>{Kind::utc_time, 0x17, "UTCTime"};
template <>
inline constexpr KindTag leaf<GeneralizedTime>{Kind::generalized_time, 0x18, "GeneralizedTime"};
template <>
inline constexpr KindTag leaf<VisibleString>{Kind::character_string, 0x1A, "VisibleString"};
template <>
inline constexpr KindTag leaf<UniversalString>{Kind::character_string, 0x1C, "UniversalString"};
template <>
inline constexpr KindTag leaf<BMPString>{Kind::character_string, 0x1E, "BMPString"};
template <>
inline constexpr KindTag leaf<Any>{Kind::any, 0, "ANY"};

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
    return leaf<T>;
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
  f.ranged = true;
  f.min = option.min;
  f.max = option.max;
}
constexpr void apply(Field& f, EncapsulatesOption) { f.encapsulates = true; }
constexpr void apply(Field& f, DefaultOption option) {
  f.optional = true;
  f.default_der = Bytes(option.der->octets.data(), option.der->size);
}

constexpr bool can_be_implicit(Kind kind) { return kind != Kind::choice && kind != Kind::any && kind != Kind::encoded; }

inline constexpr TagSet every_tag{{~std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0}}};

constexpr TagSet united(TagSet a, const TagSet& b) {
  for (std::size_t w = 0; w < a.words.size(); ++w) a.words[w] |= b.words[w];
  return a;
}

/// The identifier octets with which a V can start, where its field brings `tag` (0: none of its own). It reads the
/// declaration and not the table, which may be in the making.
template <class V>
consteval TagSet first_tags(std::uint8_t tag) {
  TagSet out;
  if (tag != 0)
    out.add(tag);
  else if constexpr (kind_tag<V>().kind == Kind::choice)
    out = ExpandOf<V>::first();
  else
    out = every_tag;  // ANY
  return out;
}

/// What the options say of a field of type V; its accessors are missing.
template <class V, auto... Options>
consteval Field make_field_options() {
  Field f{};
  f.tag = kind_tag<V>().tag;
  (apply(f, Options), ...);
  f.first = first_tags<V>(f.tag);
  return f;
}

template <class V, auto... Options>
consteval Field make_field_base(std::string_view name) {
  Field f = make_field_options<V, Options...>();
  f.name = name;
  f.type = &table<V>;
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
    if (!f.default_der.empty())  // the member may begin as the DEFAULT, of which nothing must remain
      f.emplace = [](void* o) -> void* { return &(static_cast<C*>(o)->*Member = typename M::Value()); };
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

template <auto Variant, std::size_t I, auto Enumerator, auto... Options>
consteval TagSet first_of_alt(AltDecl<Enumerator, Options...>) {
  using V = typename MemberTraits<decltype(Variant)>::Value;
  return make_field_options<std::variant_alternative_t<I, V>, Options...>().first;
}

consteval bool distinct(const Field& a, const Field& b) {
  for (std::size_t w = 0; w < a.first.words.size(); ++w)
    if ((a.first.words[w] & b.first.words[w]) != 0) return false;
  return true;
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
  static consteval TagSet first_of(std::index_sequence<I...>) {
    TagSet out;
    ((out = united(out, first_of_alt<Variant, I>(Alts{}))), ...);
    return out;
  }
  template <std::size_t... I>
  static consteval std::array<Field, count> expand(std::index_sequence<I...>) {
    return checked_alts(std::array<Field, count>{make_alt<Variant, I>(Alts{})...});
  }
  static consteval std::array<Field, count> fields() { return expand(std::make_index_sequence<count>{}); }
  static consteval TagSet first() { return first_of(std::make_index_sequence<count>{}); }
};

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
          },
          [](void* list, std::size_t index) {
            auto& l = *static_cast<L*>(list);
            l.push_back(E(l[index]));
          },
          [](void* list, std::size_t i, std::size_t j) {
            auto& l = *static_cast<L*>(list);
            std::swap(l[i], l[j]);
          }};
}

template <class R>
struct ReceivedAccess;
template <auto Member>
struct ReceivedAccess<ReceivedDecl<Member>> {
  using C = typename MemberTraits<decltype(Member)>::Class;
  static Bytes* get(void* object) { return &(static_cast<C*>(object)->*Member); }
};

template <class T>
consteval Type make_type() {
  const auto [kind, tag, name] = kind_tag<T>();
  Type t{};
  t.kind = kind;
  t.tag = tag;
  t.name = name;
  if constexpr (ListTraits<T>::is_list) {
    t.element = &table<typename ListTraits<T>::Element>;
    t.list = make_list<T>();
  } else if constexpr (EncodedTraits<T>::is_encoded) {
    t.element = &table<typename EncodedTraits<T>::Element>;
    t.deep = EncodedTraits<T>::deep;
  } else if constexpr (Declared<T>) {
    t.fields = fields_of<T>;
    using R = typename ExpandOf<T>::ReceivedMember;
    if constexpr (!std::is_void_v<R>) t.received = &ReceivedAccess<R>::get;
  }
  t.numbers = named_numbers<T>();
  t.create = []() -> void* { return new T(); };
  t.destroy = [](void* object) { delete static_cast<T*>(object); };
  return t;
}

}  // namespace detail

template <class T>
const Type& type_of() {
  return detail::table<T>;
}

}  // namespace cmpkit::asn1
