#include "tools/printing.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace cmpkit::tools {

using Json = nlohmann::ordered_json;

std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return text;
}

void print_json(const Json& json) { fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace)); }

std::string json_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace cmpkit::tools
