#include <algorithm>
#include <charconv>
#include <map>

#include "cmpkit/asn1/oids.h"

namespace cmpkit::asn1 {

namespace {

constexpr Oid oids[] = {
#define CMPKIT_OID(name, dotted) name,
#include "cmpkit/asn1/oids.def"
#undef CMPKIT_OID
};

/// With `_` for `-`; in the order of `oids`.
constexpr std::string_view names[] = {
#define CMPKIT_OID(name, dotted) #name,
#include "cmpkit/asn1/oids.def"
#undef CMPKIT_OID
};

bool same_spelling(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) { return x == y || (x == '_' && y == '-'); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

void append_arc(Octets& out, std::uint64_t arc) {
  int groups = 1;
  for (std::uint64_t rest = arc >> 7; rest != 0; rest >>= 7) ++groups;
  for (int g = groups - 1; g >= 0; --g) {
    const auto bits = static_cast<std::uint8_t>((arc >> (7 * g)) & 0x7F);
    out.push_back(static_cast<std::uint8_t>(bits | (g != 0 ? 0x80 : 0)));
  }
}

/// The content octets of a dotted OID; empty where it is none.
Octets parse_dotted(std::string_view text) {
  std::vector<std::uint64_t> arcs;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    std::uint64_t arc = 0;
    const auto [after, problem] = std::from_chars(at, end, arc);
    if (problem != std::errc{}) return {};
    arcs.push_back(arc);
    if (after == end) break;
    if (*after != '.') return {};
    at = after + 1;
  }
  // X.690 Section 8.19.4: the first two arcs share a subidentifier.
  if (arcs.size() < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39) || arcs[1] > UINT64_MAX - 80) return {};
  Octets out;
  append_arc(out, arcs[0] * 40 + arcs[1]);
  for (std::size_t i = 2; i < arcs.size(); ++i) append_arc(out, arcs[i]);
  return out;
}

}  // namespace

std::span<const Oid> known_oids() { return oids; }

std::string name_of(Oid oid) {
  static const std::map<Oid, std::string_view> by_oid = [] {
    std::map<Oid, std::string_view> out;
    for (std::size_t i = 0; i < std::size(oids); ++i) out.emplace(oids[i], names[i]);
    return out;
  }();
  const auto found = by_oid.find(oid);
  if (found == by_oid.end()) return dotted(oid);
  std::string name(found->second);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::optional<Oid> find_oid(std::string_view name_or_dotted, Storage& storage) {
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (same_spelling(names[i], name_or_dotted)) return oids[i];
  Octets octets = parse_dotted(name_or_dotted);
  if (octets.empty()) return {};
  return Oid{storage.keep(std::move(octets))};
}

}  // namespace cmpkit::asn1
