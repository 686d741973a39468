#include "cmpkit/cmp/tolerance.h"

#include <array>

namespace cmpkit::cmp {

namespace {

struct Row {
  Deviation deviation;
  std::string_view name;
};

constexpr Row table[] = {
    {Deviation::unprotected_errors, "unprotected-errors"},
    {Deviation::error_transaction, "error-transaction"},
    {Deviation::error_pvno_1, "error-pvno-1"},
    {Deviation::foreign_sender_kid, "foreign-sender-kid"},
    {Deviation::no_digital_signature, "no-digital-signature"},
    {Deviation::sender_not_subject, "sender-not-subject"},
    {Deviation::key_package_form, "key-package-form"},
};

constexpr auto all = [] {
  std::array<Deviation, std::size(table)> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = table[i].deviation;
  return out;
}();

}  // namespace

std::string_view name_of(Deviation deviation) { return table[static_cast<std::size_t>(deviation)].name; }

std::optional<Deviation> deviation_named(std::string_view name) {
  for (const Row& row : table)
    if (row.name == name) return row.deviation;
  return {};
}

std::span<const Deviation> all_deviations() { return all; }

}  // namespace cmpkit::cmp
