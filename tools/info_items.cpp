#include "tools/info_items.h"

#include <fmt/core.h>

#include <charconv>

#include "cmpkit/asn1/oids.h"

namespace cmpkit::tools {

tl::expected<Octets, std::string> parse_info_type(std::string_view text) {
  asn1::Storage storage;
  for (const std::string& spelling : {fmt::format("id-it-{}", text), std::string(text)})
    if (const auto oid = asn1::find_oid(spelling, storage)) return copy_of(oid->octets);
  return tl::unexpected(fmt::format("{} is no type of information that is known, and no dotted OID", text));
}

tl::expected<cmp::InfoItem, std::string> parse_info_item(std::string_view text) {
  const auto wrong = [&] { return tl::unexpected(fmt::format("{} is neither OID:int:NUMBER nor OID:str:TEXT", text)); };
  const std::size_t first = text.find(':');
  if (first == std::string_view::npos) return wrong();
  auto type = parse_info_type(text.substr(0, first));
  if (!type) return tl::unexpected(type.error());
  const std::string_view rest = text.substr(first + 1);
  if (rest.starts_with("str:")) return cmp::InfoItem{std::move(*type), asn1::encode(asn1::UTF8String{rest.substr(4)})};
  if (!rest.starts_with("int:")) return wrong();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data() + 4, rest.data() + rest.size(), number);
  if (error != std::errc() || end != rest.data() + rest.size()) return wrong();
  return cmp::InfoItem{std::move(*type), asn1::encode(number)};
}

}  // namespace cmpkit::tools
