// Comparing names: RFC 5280 Section 7.1.
#include <algorithm>

#include "asn1/tlv.h"
#include "cmpkit/asn1/names.h"

namespace cmpkit::asn1 {

namespace {

/// The value's text in the form in which it is compared: small letters, no space at the ends, one between words.
/// Nothing for values that are compared octet by octet.
std::optional<std::string> comparable(Any value) {
  Tlv t;
  if (read_header(value.tlv, t) != nullptr) return {};
  if (t.tag != 0x0C && t.tag != 0x13 && t.tag != 0x16) return {};
  std::string out;
  for (const char c : text_of(value.tlv.subspan(t.header))) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool same_attribute(const AttributeTypeAndValue& a, const AttributeTypeAndValue& b) {
  if (a.type != b.type) return false;
  if (same_octets(a.value.tlv, b.value.tlv)) return true;
  const auto text_a = comparable(a.value), text_b = comparable(b.value);
  return text_a && text_b && *text_a == *text_b;
}

/// RFC 5280 Section 7.1: the same number of attributes, each of which matches one of the other RDN's.
bool same_rdn(const RelativeDistinguishedName& a, const RelativeDistinguishedName& b) {
  return std::is_permutation(a.begin(), a.end(), b.begin(), b.end(), same_attribute);
}

}  // namespace

bool same_name(const Name& a, const Name& b) {
  if (a == b) return true;  // mostly so
  const auto rdns_a = a.decode(), rdns_b = b.decode();
  if (!rdns_a || !rdns_b) return false;
  return std::equal(rdns_a->begin(), rdns_a->end(), rdns_b->begin(), rdns_b->end(), same_rdn);
}

}  // namespace cmpkit::asn1
