#include "store/postgresql_values.h"

#include <fmt/core.h>

namespace cmpkit::store {
namespace {

/// The numbers of types, from PostgreSQL's catalogue (pg_type.dat): they never change.
enum Type : Oid { boolean = 16, bytea = 17, bigint = 20, smallint = 21, integer = 23, text = 25, nothing = 2278 };

std::array<char, 8> network_order(std::int64_t value) {
  std::array<char, 8> out{};
  auto rest = static_cast<std::uint64_t>(value);
  for (auto octet = out.rbegin(); octet != out.rend(); ++octet, rest >>= 8) *octet = static_cast<char>(rest);
  return out;
}

/// Reads two's complement of any length up to 8 octets.
std::int64_t integer_of(Bytes octets) {
  std::uint64_t value = !octets.empty() && (octets[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const std::uint8_t octet : octets) value = value << 8 | octet;
  return static_cast<std::int64_t>(value);
}

tl::expected<Value, SqlError> value_of(const PGresult& result, int row, int column) {
  if (PQgetisnull(&result, row, column) != 0) return Value{};
  const Bytes octets{reinterpret_cast<const std::uint8_t*>(PQgetvalue(&result, row, column)),
                     static_cast<std::size_t>(PQgetlength(&result, row, column))};
  switch (const Oid type = PQftype(&result, column)) {
    case bigint:
    case integer:
    case smallint:
    case boolean:
      return integer_of(octets);
    case bytea:
    case text:
      return copy_of(octets);
    case nothing:
      return Value{};
    default:
      return tl::unexpected(SqlError{fmt::format("column {} is of a type unknown here ({})", column, type), false});
  }
}

}  // namespace

Parameters::Parameters(const std::vector<Value>& values) : formats_(values.size(), 1) {
  integers_.reserve(values.size());  // so that they stay where they are
  for (const Value& value : values) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      types_.push_back(bigint);
      values_.push_back(integers_.emplace_back(network_order(*number)).data());
      lengths_.push_back(8);
    } else if (const auto* octets = std::get_if<Octets>(&value)) {
      types_.push_back(bytea);
      values_.push_back(octets->empty() ? "" : reinterpret_cast<const char*>(octets->data()));
      lengths_.push_back(static_cast<int>(octets->size()));
    } else {
      types_.push_back(0);
      values_.push_back(nullptr);
      lengths_.push_back(0);
    }
  }
}

tl::expected<Rows, SqlError> rows_of(const PGresult& result) {
  Rows out(static_cast<std::size_t>(PQntuples(&result)));
  const int columns = PQnfields(&result);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      auto value = value_of(result, static_cast<int>(i), column);
      if (!value) return tl::unexpected(value.error());
      out[i].push_back(*std::move(value));
    }
  }
  return out;
}

}  // namespace cmpkit::store
