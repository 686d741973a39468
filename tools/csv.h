// Comma-separated values (RFC 4180): lines of fields; one in double quotes may hold commas, line ends and, doubled,
// quotes. Line ends are LF or CRLF; a byte order mark before all is passed over.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace cmpkit::tools {

class CsvReader {
 public:
  struct Record {
    std::size_t line = 0;  // that it begins in, from 1
    /// Or what is wrong with it, in a sentence; what follows may be read all the same.
    tl::expected<std::vector<std::string>, std::string> fields;
  };

  /// The text outlives it.
  explicit CsvReader(std::string_view text);

  /// Nothing: that was all. Empty lines are passed over.
  std::optional<Record> next();

 private:
  tl::expected<std::string, std::string> quoted_field();
  std::string plain_field();
  void skip_line();
  [[nodiscard]] bool at_line_end() const;
  void pass_line_end();

  std::string_view rest_;
  std::size_t line_ = 1;
};

}  // namespace cmpkit::tools
