#include "tools/revocation_list.h"

#include <fmt/format.h>

#include "tools/credentials.h"
#include "tools/files.h"
#include "tools/printing.h"
#include "tools/serial_number.h"

namespace cmpkit::tools {
namespace {

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  line = line.substr(0, line.find('#'));
  const auto begin = line.find_first_not_of(blanks);
  return begin == line.npos ? std::string_view{} : line.substr(begin, line.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace

tl::expected<RevocationItem, std::string> read_revocation_item(const std::string& text) {
  if (file_exists(text)) {
    auto certificates = load_certificates({text});
    if (!certificates) return tl::unexpected(certificates.error());
    return RevocationItem{text, std::move(certificates->front()), {}};
  }
  auto serial = parse_serial_number(text);
  if (!serial)
    return tl::unexpected(
        fmt::format("\"{}\" is neither a file nor a serial number: {}", printable(text), serial.error()));
  return RevocationItem{text, {}, std::move(*serial)};
}

tl::expected<std::vector<RevocationItem>, std::vector<std::string>> read_revocation_list(const std::string& path) {
  const auto content = read_file(path);
  if (!content) return tl::unexpected(std::vector<std::string>{content.error()});
  std::vector<RevocationItem> out;
  std::vector<std::string> errors;
  std::string_view rest = text_of(*content);
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string line(trimmed(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    if (auto item = read_revocation_item(line))
      out.push_back(std::move(*item));
    else
      errors.push_back(fmt::format("{}:{}: {}", path, number, item.error()));
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return out;
}

}  // namespace cmpkit::tools
