#include "tools/subject_alternative_names.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <list>
#include <optional>

#include "cmpkit/asn1/extensions.h"

namespace cmpkit::tools {
namespace {

using asn1::GeneralName;

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

template <GeneralName::Type Type>
GeneralName text_name(std::string_view text) {
  GeneralName name;
  name.value.emplace<Type>(asn1::IA5String{text});
  return name;
}

/// RFC 5280 Section 4.2.1.6: 4 octets of an IPv4 address or 16 of an IPv6 address, in network order.
std::optional<Octets> address(const std::string& text) {
  std::array<std::uint8_t, 16> octets{};
  if (::inet_pton(AF_INET, text.c_str(), octets.data()) == 1) return Octets(octets.begin(), octets.begin() + 4);
  if (::inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) return Octets(octets.begin(), octets.end());
  return std::nullopt;
}

/// The names of a list; owns the octets of the addresses, to which the names point.
class Names {
 public:
  bool critical = false;
  asn1::GeneralNames names;

  /// What is wrong with the item, or nothing.
  std::string add(std::string_view item) {
    if (item == "critical") {
      critical = true;
      return {};
    }
    const bool printable = std::all_of(item.begin(), item.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (!printable) return fmt::format("{}: only ASCII is possible here (RFC 5280 Section 4.2.1.6)", item);
    const auto colon = item.find(':');
    if (colon == std::string_view::npos) return add_plain(item);
    return add(lower_case(item.substr(0, colon)), item.substr(colon + 1), item);
  }

 private:
  std::string add(std::string_view kind, std::string_view value, std::string_view item) {
    if (kind == "dns") return add(text_name<GeneralName::dNSName>(value), value, item);
    if (kind == "uri") return add(text_name<GeneralName::uniformResourceIdentifier>(value), value, item);
    if (kind == "email") return add(text_name<GeneralName::rfc822Name>(value), value, item);
    if (kind == "ip") {
      return add_address(value) ? std::string{} : fmt::format("{}: not an IPv4 or IPv6 address", item);
    }
    return add_plain(item);
  }

  std::string add(const GeneralName& name, std::string_view value, std::string_view item) {
    if (value.empty()) return fmt::format("{}: no name after the colon", item);
    names.push_back(name);
    return {};
  }

  std::string add_plain(std::string_view item) {
    if (add_address(item)) return {};
    if (item.find(':') != std::string_view::npos) {
      names.push_back(text_name<GeneralName::uniformResourceIdentifier>(item));
    } else if (item.find('@') != std::string_view::npos) {
      names.push_back(text_name<GeneralName::rfc822Name>(item));
    } else {
      names.push_back(text_name<GeneralName::dNSName>(item));
    }
    return {};
  }

  bool add_address(std::string_view text) {
    auto octets = address(std::string(text));
    if (!octets) return false;
    addresses_.push_back(std::move(*octets));
    names.emplace_back().value.emplace<GeneralName::iPAddress>(addresses_.back());
    return true;
  }

  std::list<Octets> addresses_;
};

}  // namespace

tl::expected<Octets, std::string> subject_alternative_names(std::string_view list) {
  constexpr std::string_view separators = ", \t\n";
  Names names;
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(separators), list.size());
    if (end != 0) {
      if (auto problem = names.add(list.substr(0, end)); !problem.empty()) return tl::unexpected(std::move(problem));
    }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  if (names.names.empty()) return tl::unexpected<std::string>("no name in it");
  const Octets value = asn1::encode(names.names);
  asn1::Extensions extensions;
  extensions.push_back({asn1::oid<"2.5.29.17">, names.critical, value});
  return asn1::encode(extensions);
}

}  // namespace cmpkit::tools
