#include "tools/device_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/certificate.h"
#include "tools/csv.h"
#include "tools/device_record.h"
#include "tools/printing.h"

namespace cmpkit::tools {
namespace {

using cmp::StoredDevice;
using Json = nlohmann::json;
using Done = tl::expected<void, std::string>;
using Device = tl::expected<StoredDevice, std::string>;

bool is_field(std::string_view name) { return std::ranges::find(device_fields(), name) != device_fields().end(); }

std::string known_fields() { return fmt::format("{}", fmt::join(device_fields(), ", ")); }

// --- CSV

/// A misspelt column would be silently without effect.
Done check_columns(const std::vector<std::string>& columns) {
  for (const std::string& column : columns) {
    if (!is_field(column))
      return tl::unexpected(fmt::format("the first line has to name the columns, and \"{}\" is none of {}",
                                        printable(column.substr(0, 100)), known_fields()));
    if (std::ranges::count(columns, column) > 1)
      return tl::unexpected(fmt::format("the first line names the column {} twice", column));
  }
  for (const char* needed : {"manufacturer", "serial"})
    if (std::ranges::find(columns, needed) == columns.end())
      return tl::unexpected(fmt::format("the first line names no column {}", needed));
  return {};
}

Device device_of(const std::vector<std::string>& columns, const std::vector<std::string>& fields) {
  if (fields.size() != columns.size())
    return tl::unexpected(fmt::format("it has {} fields and the first line names {}", fields.size(), columns.size()));
  StoredDevice device;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (auto set = set_device_field(device, columns[i], fields[i]); !set) return tl::unexpected(set.error());
  if (auto checked = check_device(device); !checked) return tl::unexpected(checked.error());
  return device;
}

Done read_csv(std::string_view text, const TakeDevice& take) {
  CsvReader reader(text);
  const auto header = reader.next();
  if (!header) return tl::unexpected<std::string>("it is empty");
  if (!header->fields) return tl::unexpected(header->fields.error());
  const auto& columns = *header->fields;
  if (auto checked = check_columns(columns); !checked) return checked;
  while (auto record = reader.next())
    take({record->line, record->fields.and_then([&](const auto& fields) { return device_of(columns, fields); })});
  return {};
}

// --- JSON

Device device_of(const Json& object) {
  if (!object.is_object()) return tl::unexpected<std::string>("it is no JSON object");
  StoredDevice device;
  for (const auto& [name, value] : object.items()) {
    if (name == "since" || name == "certificate") continue;  // what the RA found out itself, as `list --json` shows it
    if (!is_field(name))
      return tl::unexpected(fmt::format("\"{}\" is none of {}", printable(name.substr(0, 100)), known_fields()));
    if (value.is_null()) continue;
    if (!value.is_string()) return tl::unexpected(fmt::format("{} is no text", name));
    if (auto set = set_device_field(device, name, value.get_ref<const std::string&>()); !set)
      return tl::unexpected(set.error());
  }
  if (auto checked = check_device(device); !checked) return tl::unexpected(checked.error());
  return device;
}

tl::expected<Json, std::string> parse_json(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return tl::unexpected(fmt::format("it is no JSON, at octet {}", error.byte));
  }
}

Done read_array(std::string_view text, const TakeDevice& take) {
  const auto array = parse_json(text);
  if (!array) return tl::unexpected(array.error());
  std::size_t place = 0;
  for (const Json& each : *array) take({++place, device_of(each)});
  return {};
}

void read_lines(std::string_view text, const TakeDevice& take) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view current = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(current.size() + 1, text.size()));
    if (current.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    take({line, parse_json(current).and_then([](const Json& object) { return device_of(object); })});
  }
}

}  // namespace

Done read_device_list(std::string_view text, const TakeDevice& take) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '[') return read_array(text, take);
  if (first == std::string_view::npos || text[first] != '{') return read_csv(text, take);
  read_lines(text, take);
  return {};
}

Device device_of_certificate(Bytes der, const std::string& manufacturer, const cmp::Crypto& crypto) {
  const auto certificate = cmp::CertificateView::decode(der);
  if (!certificate) return tl::unexpected("it is no certificate: " + certificate.error().text());
  const auto attribute = [&](asn1::Oid type) {
    return asn1::last_attribute(certificate->subject(), type).value_or(std::string_view{});
  };
  const auto digest = [&](Bytes octets) {
    return crypto.hash(cmp::identifier_of(cmp::Digest::sha256), {&octets, 1}).value();
  };
  StoredDevice device;
  const std::string_view maker = manufacturer.empty() ? attribute(asn1::id_at_organizationName) : manufacturer;
  if (auto set = set_device_field(device, "manufacturer", maker); !set) return tl::unexpected(set.error());
  if (auto set = set_device_field(device, "serial", attribute(asn1::id_at_serialNumber)); !set)
    return tl::unexpected(set.error());
  if (device.manufacturer.empty())
    return tl::unexpected(fmt::format("{} has no organizationName; name the manufacturer by --manufacturer",
                                      printable(certificate->name())));
  if (device.serial.empty())
    return tl::unexpected(
        fmt::format("{} has no serialNumber in its subject: it is no IDevID", printable(certificate->name())));
  device.key_digest = digest(certificate->public_key());
  device.certificate_digest = digest(der);
  return device;
}

}  // namespace cmpkit::tools
