// What commands print on standard output.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace cmpkit::tools {

/// What somebody else wrote cannot start a new line or move the cursor: control characters become `?`.
std::string printable(std::string text);

/// Over several lines. Octets that are no UTF-8 show as replacement characters.
void print_json(const nlohmann::ordered_json& json);

/// The same in one line, without its end.
std::string json_line(const nlohmann::ordered_json& json);

}  // namespace cmpkit::tools
