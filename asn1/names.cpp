#include "cmpkit/asn1/names.h"

#include "asn1/attribute_types.h"
#include "asn1/characters.h"
#include "asn1/hex.h"
#include "asn1/tlv.h"

namespace cmpkit::asn1 {

namespace {

constexpr std::uint8_t utf8_string = 0x0C;

// --- From text ---

/// Takes the characters up to the first of `ends` that no `\` precedes, without the escapes.
std::string take_until(std::string_view& text, std::string_view ends) {
  std::string out;
  while (!text.empty() && ends.find(text.front()) == std::string_view::npos) {
    if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

/// The type that the text names, with the tag its values are written with.
std::optional<AttributeType> find_attribute_type(const std::string& text, Storage& storage) {
  for (const AttributeType& type : attribute_types)
    if (type.short_name == text) return type;
  std::optional<Oid> oid = find_oid("id-at-" + text, storage);
  if (!oid) oid = find_oid(text, storage);
  if (!oid) return {};
  for (const AttributeType& type : attribute_types)
    if (type.oid == *oid) return type;
  return AttributeType{{}, *oid, utf8_string};
}

Octets tlv(std::uint8_t tag, std::string_view text) {
  const OctetString content = bytes_of(text);
  return encode_as(tag, type_of<OctetString>(), &content);
}

/// One `CN=device 1` at the front of the text.
tl::expected<AttributeTypeAndValue, std::string> take_attribute(std::string_view& text, Storage& storage) {
  const std::string type_text = take_until(text, "=/+");
  if (text.empty() || text.front() != '=') return tl::unexpected("no '=' after '" + type_text + "'");
  text.remove_prefix(1);
  const auto type = find_attribute_type(type_text, storage);
  if (!type) return tl::unexpected("'" + type_text + "' is no attribute type");
  const std::string value = take_until(text, "/+");
  if (value.empty()) return tl::unexpected("'" + type_text + "' has no value");
  if (!characters_allowed(type->string_tag, bytes_of(value)))
    return tl::unexpected("the value of '" + type_text + "' has a character that its string type does not have");
  return AttributeTypeAndValue{type->oid, Any{storage.keep(tlv(type->string_tag, value))}};
}

// --- To text ---

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '/' || c == '+' || c == '\\' || c == '=') out += '\\';
    out += c;
  }
}

std::string type_text(Oid oid) {
  for (const AttributeType& type : attribute_types)
    if (type.oid == oid) return std::string(type.short_name);
  return dotted(oid);
}

/// The characters of a string type whose octets are UTF-8 or a part of it.
std::optional<std::string_view> characters_of(Any value) {
  Tlv t;
  if (read_header(value.tlv, t) != nullptr) return {};
  if (t.tag != 0x0C && t.tag != 0x13 && t.tag != 0x16 && t.tag != 0x1A) return {};
  const Bytes content = value.tlv.subspan(t.header);
  if (!characters_allowed(t.tag, content)) return {};
  return text_of(content);
}

}  // namespace

tl::expected<Octets, std::string> parse_name(std::string_view text) {
  Storage storage;
  RDNSequence name;
  if (text == "/") text = {};
  while (!text.empty()) {
    if (text.front() != '/') return tl::unexpected(std::string("a name starts with '/', such as /CN=device"));
    RelativeDistinguishedName& rdn = name.emplace_back();
    do {
      text.remove_prefix(1);  // the '/' or '+'
      auto attribute = take_attribute(text, storage);
      if (!attribute) return tl::unexpected(attribute.error());
      rdn.push_back(*attribute);
    } while (!text.empty() && text.front() == '+');
  }
  return encode(name);
}

std::string name_text(const Name& name) {
  const auto rdns = name.decode();
  if (!rdns) return std::string("#").append(hex(name.tlv));
  std::string out;
  for (const RelativeDistinguishedName& rdn : *rdns) {
    char separator = '/';
    for (const AttributeTypeAndValue& attribute : rdn) {
      out.append(1, separator).append(type_text(attribute.type)).append(1, '=');
      if (const auto text = characters_of(attribute.value))
        append_escaped(out, *text);
      else
        out.append(1, '#').append(hex(attribute.value.tlv));
      separator = '+';
    }
  }
  return out.empty() ? "/" : out;
}

std::optional<std::string_view> last_attribute(const Name& name, Oid type) {
  const auto rdns = name.decode();
  if (!rdns) return {};
  for (auto rdn = rdns->rbegin(); rdn != rdns->rend(); ++rdn)
    for (const AttributeTypeAndValue& attribute : *rdn)
      if (attribute.type == type) return characters_of(attribute.value);
  return {};
}

}  // namespace cmpkit::asn1
