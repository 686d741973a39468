#include "tools/csv.h"

#include <algorithm>

namespace cmpkit::tools {

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

std::optional<CsvReader::Record> CsvReader::next() {
  while (!rest_.empty() && at_line_end()) pass_line_end();
  if (rest_.empty()) return std::nullopt;
  const std::size_t line = line_;
  std::vector<std::string> fields;
  for (;;) {
    auto field = rest_.starts_with('"') ? quoted_field() : plain_field();
    if (!field) return Record{line, tl::unexpected(std::move(field.error()))};
    fields.push_back(std::move(*field));
    if (!rest_.starts_with(',')) break;
    rest_.remove_prefix(1);
  }
  pass_line_end();
  return Record{line, std::move(fields)};
}

/// Its opening quote is next.
tl::expected<std::string, std::string> CsvReader::quoted_field() {
  std::string out;
  rest_.remove_prefix(1);
  for (;;) {
    const auto end = rest_.find('"');
    if (end == std::string_view::npos) {
      rest_ = {};
      return tl::unexpected<std::string>("a quote is opened and never closed");
    }
    line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, end), '\n'));
    out.append(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    if (!rest_.starts_with('"')) break;
    out += '"';
    rest_.remove_prefix(1);
  }
  if (rest_.empty() || rest_.starts_with(',') || at_line_end()) return out;
  skip_line();
  return tl::unexpected<std::string>("something follows the quote that ends a field; a quote inside is written twice");
}

std::string CsvReader::plain_field() {
  auto end = std::min(rest_.find_first_of(",\n"), rest_.size());
  if (end > 0 && rest_.substr(end).starts_with('\n') && rest_[end - 1] == '\r') --end;
  std::string out(rest_.substr(0, end));
  rest_.remove_prefix(end);
  return out;
}

void CsvReader::skip_line() {
  rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
  pass_line_end();
}

bool CsvReader::at_line_end() const { return rest_.starts_with('\n') || rest_.starts_with("\r\n"); }

void CsvReader::pass_line_end() {
  if (rest_.empty()) return;
  rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
  ++line_;
}

}  // namespace cmpkit::tools
