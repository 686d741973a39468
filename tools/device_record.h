// A device of the inventory as people and programs read and write it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "cmpkit/cmp/store_records.h"

namespace cmpkit::tools {

/// `manufactured`, ..., in the order of StoredDevice::State.
std::span<const char* const> device_state_names();
std::string_view device_state_name(cmp::StoredDevice::State state);
std::optional<cmp::StoredDevice::State> device_state_named(std::string_view name);

/// What a list of devices says of one: columns of a CSV file, members of a JSON object.
std::span<const char* const> device_fields();
/// Takes the text of one of device_fields(); an empty one says nothing. The error is a sentence.
tl::expected<void, std::string> set_device_field(cmp::StoredDevice& device, std::string_view field,
                                                 std::string_view text);
/// Whether it can be stored: it has a name. The error is a sentence.
tl::expected<void, std::string> check_device(const cmp::StoredDevice& device);

/// Can be imported again.
nlohmann::ordered_json json_of(const cmp::StoredDevice& device);

/// `ACME  4711  pump  onboarded since 2026-11-22 12:00:00 UTC`
std::string one_line(const cmp::StoredDevice& device);

}  // namespace cmpkit::tools
