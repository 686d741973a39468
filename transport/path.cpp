#include "cmpkit/transport/path.h"

#include <algorithm>
#include <array>

#include "transport/percent.h"

namespace cmpkit::transport {
namespace {

constexpr std::size_t longest_profile_name = 255;

// RFC 9483 Section 6.1, Table 1, and Section 6.2, Table 2 (W-04, W-21).
constexpr std::array<OperationLabel, 10> labels{{
    {Operation::initialization, "initialization", "ir"},
    {Operation::certification, "certification", "cr"},
    {Operation::keyupdate, "keyupdate", "kur"},
    {Operation::pkcs10, "pkcs10", "p10"},
    {Operation::revocation, "revocation", "rr"},
    {Operation::getcacerts, "getcacerts", "crts"},
    {Operation::getrootupdate, "getrootupdate", "rcu"},
    {Operation::getcertreqtemplate, "getcertreqtemplate", "att"},
    {Operation::getcrls, "getcrls", "crls"},
    {Operation::nested, "nested", "nest"},
}};

const OperationLabel& row(Operation operation) { return labels.at(static_cast<std::size_t>(operation)); }

std::optional<Operation> find(std::string_view OperationLabel::* column, std::string_view label) {
  const auto found = std::find_if(labels.begin(), labels.end(), [&](const auto& row) { return row.*column == label; });
  if (found == labels.end()) return std::nullopt;
  return found->operation;
}

// Takes the leading `/segment` off the rest of a path.
std::optional<std::string_view> take_segment(std::string_view& rest) {
  if (!rest.starts_with('/')) return std::nullopt;
  const auto segment = rest.substr(1, rest.find('/', 1) - 1);
  rest.remove_prefix(1 + segment.size());
  return segment;
}

std::optional<std::string> decoded_profile(std::optional<std::string_view> segment) {
  if (!segment) return std::nullopt;
  auto name = percent_decoded(*segment);
  if (!name || !is_profile_name(*name)) return std::nullopt;
  return name;
}

std::string_view without_final_slash(std::string_view prefix) {
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  return prefix;
}

}  // namespace

std::span<const OperationLabel> operation_labels() { return labels; }
std::string_view http_label(Operation operation) { return row(operation).http; }
std::string_view coap_label(Operation operation) { return row(operation).coap; }
std::optional<Operation> operation_of_http_label(std::string_view label) { return find(&OperationLabel::http, label); }
std::optional<Operation> operation_of_coap_label(std::string_view label) { return find(&OperationLabel::coap, label); }

bool is_profile_name(std::string_view name) {
  if (name.empty() || name.size() > longest_profile_name || name == "." || name == "..") return false;
  const auto forbidden = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/' || c == '\\';
  };
  return std::none_of(name.begin(), name.end(), forbidden) && is_utf8(name);
}

std::optional<Endpoint> parse_path(std::string_view path, std::string_view prefix) {
  if (path == prefix) return Endpoint{};
  const auto base = without_final_slash(prefix);
  if (!path.starts_with(base)) return std::nullopt;
  auto rest = path.substr(base.size());

  Endpoint endpoint;
  auto segment = take_segment(rest);
  if (segment == "p") {  // RFC 9811 Section 3.4: 'p' followed by an arbitraryLabel <name>
    endpoint.profile = decoded_profile(take_segment(rest));
    if (!endpoint.profile) return std::nullopt;
    if (rest.empty()) return endpoint;
    segment = take_segment(rest);
  }
  if (!segment || !rest.empty()) return std::nullopt;
  endpoint.operation = operation_of_http_label(*segment);
  if (!endpoint.operation) return std::nullopt;
  return endpoint;
}

std::optional<std::string> build_path(const Endpoint& endpoint, std::string_view prefix) {
  if (!endpoint.operation && !endpoint.profile) return std::string(prefix);
  std::string path(without_final_slash(prefix));
  if (endpoint.profile) {
    if (!is_profile_name(*endpoint.profile)) return std::nullopt;
    path.append("/p/").append(percent_encoded(*endpoint.profile));
  }
  if (endpoint.operation) path.append("/").append(http_label(*endpoint.operation));
  return path;
}

}  // namespace cmpkit::transport
