#include "tools/device_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "tools/certificate_summary.h"
#include "tools/printing.h"

namespace cmpkit::tools {
namespace {

using cmp::StoredDevice;
using Done = tl::expected<void, std::string>;

constexpr std::array<const char*, 4> state_names = {"manufactured", "onboarded", "in_operation", "decommissioned"};
constexpr std::array<const char*, 6> field_names = {"manufacturer",       "serial", "model", "key_sha256",
                                                    "certificate_sha256", "state"};

/// More than any IDevID has (RFC 5280 Appendix A: 64), and what every database can have in an index.
constexpr std::size_t longest_name = 500;

Done set_text(std::string& into, std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::ranges::any_of(text, is_control)) return tl::unexpected<std::string>("holds a control character");
  if (text.size() > longest_name) return tl::unexpected(fmt::format("is longer than {} octets", longest_name));
  into = text;
  return {};
}

std::optional<std::uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<std::uint8_t>(lower - 'a' + 10);
  return std::nullopt;
}

/// Colons are as `openssl x509 -fingerprint` writes them.
Done set_digest(Octets& into, std::string_view text) {
  constexpr const char* wrong = "is no SHA-256: write its 64 hexadecimal digits";
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != ':'; });
  if (digits.size() != 64) return tl::unexpected<std::string>(wrong);
  Octets out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto high = digit(digits[i]), low = digit(digits[i + 1]);
    if (!high || !low) return tl::unexpected<std::string>(wrong);
    out.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
  }
  into = std::move(out);
  return {};
}

Done set_state(StoredDevice::State& into, std::string_view text) {
  const auto state = device_state_named(text);
  if (!state) return tl::unexpected(fmt::format("is none of {}", fmt::join(state_names, ", ")));
  into = *state;
  return {};
}

Done set(StoredDevice& device, std::string_view field, std::string_view text) {
  if (field == "manufacturer") return set_text(device.manufacturer, text);
  if (field == "serial") return set_text(device.serial, text);
  if (field == "model") return set_text(device.model, text);
  if (field == "key_sha256") return set_digest(device.key_digest, text);
  if (field == "certificate_sha256") return set_digest(device.certificate_digest, text);
  return set_state(device.state, text);
}

}  // namespace

std::span<const char* const> device_state_names() { return state_names; }

std::string_view device_state_name(StoredDevice::State state) {
  return state_names.at(static_cast<std::size_t>(state));
}

std::optional<StoredDevice::State> device_state_named(std::string_view name) {
  const auto* const found = std::ranges::find(state_names, name);
  if (found == state_names.end()) return std::nullopt;
  return static_cast<StoredDevice::State>(found - state_names.begin());
}

std::span<const char* const> device_fields() { return field_names; }

Done set_device_field(StoredDevice& device, std::string_view field, std::string_view text) {
  if (text.empty()) return {};
  return set(device, field, text).map_error([&](const std::string& error) {
    return fmt::format("{} \"{}\" {}", field, printable(std::string(text.substr(0, 100))), error);
  });
}

Done check_device(const StoredDevice& device) {
  if (device.manufacturer.empty()) return tl::unexpected<std::string>("it has no manufacturer");
  if (device.serial.empty()) return tl::unexpected<std::string>("it has no serial");
  return {};
}

nlohmann::ordered_json json_of(const StoredDevice& device) {
  nlohmann::ordered_json out{{"manufacturer", device.manufacturer}, {"serial", device.serial}};
  if (!device.model.empty()) out["model"] = device.model;
  if (!device.key_digest.empty()) out["key_sha256"] = hexadecimal(device.key_digest);
  if (!device.certificate_digest.empty()) out["certificate_sha256"] = hexadecimal(device.certificate_digest);
  out["state"] = device_state_name(device.state);
  out["since"] = time_text(device.since);
  if (!device.certificate.empty()) out["certificate"] = hexadecimal(device.certificate);
  return out;
}

std::string one_line(const StoredDevice& device) {
  const std::string model = device.model.empty() ? "" : "  " + printable(device.model);
  const std::string certificate =
      device.certificate.empty() ? "" : fmt::format(", certificate {}", hexadecimal(device.certificate));
  return fmt::format("{}  {}{}  {} since {}{}", printable(device.manufacturer), printable(device.serial), model,
                     device_state_name(device.state), time_text(device.since), certificate);
}

}  // namespace cmpkit::tools
