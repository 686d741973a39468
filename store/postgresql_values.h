// Values on their way to libpq and back, in PostgreSQL's binary format.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <cstddef>

#include "store/sql_connection.h"

namespace cmpkit::store {

/// Parameters as libpq wants them. They point into the values, which must outlive them.
class Parameters {
 public:
  explicit Parameters(const std::vector<Value>& values);
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  [[nodiscard]] int count() const { return static_cast<int>(types_.size()); }
  [[nodiscard]] const Oid* types() const { return types_.data(); }  // 0 for NULL: the server finds out
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  std::vector<std::array<char, 8>> integers_;
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
};

/// The rows of a result in binary format: smallint, integer, bigint, boolean as integers; bytea and text as octets. The
/// error names a type that is none of these.
tl::expected<Rows, SqlError> rows_of(const PGresult& result);

}  // namespace cmpkit::store
