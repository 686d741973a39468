#include "tests/asn1/der.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace cmpkit::test {

namespace {

const std::string data_folder = CMPKIT_TEST_DATA "/";

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  throw std::invalid_argument("not a capital hexadecimal digit");
}

void append_length(Octets& out, std::size_t length) {
  if (length >= 0x80) {
    const unsigned count = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
    out.push_back(static_cast<std::uint8_t>(0x80 + count));
    for (unsigned i = count; i-- > 1;) out.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
  }
  out.push_back(static_cast<std::uint8_t>(length));
}

/// Up to the closing brace or the end.
Octets parse(std::string_view& text) {
  Octets out;
  while (!text.empty() && text.front() != '}') {
    if (text.front() == ' ') {
      text.remove_prefix(1);
    } else if (text.front() == '{') {
      text.remove_prefix(1);
      const Octets content = parse(text);
      if (text.empty()) throw std::invalid_argument("a brace is not closed");
      text.remove_prefix(1);
      append_length(out, content.size());
      out.insert(out.end(), content.begin(), content.end());
    } else {
      out.push_back(static_cast<std::uint8_t>(digit(text.at(0)) * 16 + digit(text.at(1))));
      text.remove_prefix(2);
    }
  }
  return out;
}

Octets base64(std::string_view text) {
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Octets out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) continue;  // line ends, padding
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  return out;
}

}  // namespace

Octets der(std::string_view notation) {
  Octets out = parse(notation);
  if (!notation.empty()) throw std::invalid_argument("a brace too many");
  return out;
}

std::string hex(Bytes octets) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const std::uint8_t octet : octets) {
    if (!out.empty()) out += ' ';
    out += digits[octet >> 4];
    out += digits[octet & 0x0F];
  }
  return out;
}

Octets read_data(const std::string& path) {
  std::ifstream file(data_folder + path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  const std::string content(std::istreambuf_iterator<char>(file), {});
  if (content.compare(0, 11, "-----BEGIN ") != 0) return copy_of(bytes_of(content));
  const std::size_t begin = content.find('\n');
  return base64(std::string_view(content).substr(begin, content.find("-----END") - begin));
}

std::vector<std::string> data_files(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(data_folder + folder))
    if (entry.is_regular_file() && entry.path().extension() != ".md")
      out.push_back(folder + "/" + entry.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace cmpkit::test
