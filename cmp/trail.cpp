#include "cmpkit/cmp/trail.h"

#include <fmt/format.h>

namespace cmpkit::cmp {

namespace {

std::string text_of_refusal(const Rule& rule, std::string_view detail) {
  return fmt::format("{} ({}): {}", rule.id, rule.reference, detail.empty() ? rule.text : detail);
}

}  // namespace

Refusal refused(const Rule& rule, std::string_view field, std::string_view detail) {
  return {&rule, field, rule.fail_info, text_of_refusal(rule, detail)};
}

Refusal refused(const Rule& rule, std::string_view field, std::string_view detail, FailInfo fail_info) {
  return {&rule, field, fail_info, text_of_refusal(rule, detail)};
}

Refusal unavailable(std::string_view field, std::string_view cause) {
  Refusal out = refused(rules::E_30, field, "this server cannot do that just now; try again later");
  out.cause = cause;
  return out;
}

}  // namespace cmpkit::cmp
