// Values of the database as ours, and back. What has another type in the database than the schema says counts as 0 or
// as no octets, which every reader of a record refuses.
#pragma once

#include "cmpkit/cmp/environment.h"
#include "store/sql_connection.h"

namespace cmpkit::store {

inline Value value_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }
inline Value value_of(cmp::Time time) { return static_cast<std::int64_t>(time.time_since_epoch().count()); }
inline Value value_of(Bytes octets) { return copy_of(octets); }
inline Value value_of(std::string_view text) { return copy_of(bytes_of(text)); }

inline std::uint64_t number_of(const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : static_cast<std::uint64_t>(*number);
}

/// The view lives as long as the value.
inline Bytes octets_of(const Value& value) {
  const auto* octets = std::get_if<Octets>(&value);
  return octets == nullptr ? Bytes{} : Bytes(*octets);
}

inline cmp::Time time_of(const Value& value) {
  return cmp::Time{std::chrono::seconds{static_cast<std::int64_t>(number_of(value))}};
}

}  // namespace cmpkit::store
