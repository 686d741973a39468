#include "tools/secret_source.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "cmpkit/cmp/botan.h"
#include "tools/certificate_summary.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

tl::expected<Octets, std::string> first_line(const std::string& path) {
  auto content = read_file(path);
  if (!content) return content;
  const auto end =
      std::find_if(content->begin(), content->end(), [](std::uint8_t c) { return c == '\n' || c == '\r'; });
  content->erase(end, content->end());
  if (content->empty()) return tl::unexpected(fmt::format("the first line of {} is empty", path));
  return content;
}

}  // namespace

tl::expected<Octets, std::string> read_secret(std::string_view source) {
  const auto colon = source.find(':');
  const std::string_view kind = source.substr(0, colon == std::string_view::npos ? 0 : colon + 1);
  const std::string rest(source.substr(kind.size()));
  if (kind == "file:") return first_line(rest);
  if (kind == "pass:") {
    if (rest.empty()) return tl::unexpected<std::string>("the secret after pass: is empty");
    return copy_of(bytes_of(rest));
  }
  if (kind == "env:") {
    const char* value = std::getenv(rest.c_str());
    if (value == nullptr || *value == '\0') {
      return tl::unexpected(fmt::format("the environment variable {} is not set", rest));
    }
    return copy_of(bytes_of(value));
  }
  return tl::unexpected<std::string>("a secret is given as pass:SECRET, file:PATH or env:VARIABLE");
}

std::string random_secret() {
  Octets random(16);
  cmp::system_random().fill(random);
  return hexadecimal(random);
}

}  // namespace cmpkit::tools
