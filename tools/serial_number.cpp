#include "tools/serial_number.h"

#include <fmt/core.h>

#include <cstdlib>

namespace cmpkit::tools {

tl::expected<Octets, std::string> parse_serial_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  std::string digits(text.size() % 2, '0');
  digits += text;
  Octets out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    char* end = nullptr;
    const std::string pair = digits.substr(i, 2);
    out.push_back(static_cast<std::uint8_t>(std::strtoul(pair.c_str(), &end, 16)));
    if (end != pair.c_str() + 2 || pair[0] == '-' || pair[0] == '+' || pair[0] == ' ')
      return tl::unexpected(fmt::format("{} is no hexadecimal number", text));
  }
  if (out.empty()) return tl::unexpected<std::string>("it is empty");
  if ((out.front() & 0x80U) != 0) out.insert(out.begin(), 0);
  return out;
}

}  // namespace cmpkit::tools
