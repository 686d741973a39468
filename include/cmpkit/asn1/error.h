// What is wrong with octets that should have been a DER encoding: where, what was expected, what was found.
// An error never allocates and never quotes the octets themselves, so a hostile input costs nothing and a secret
// cannot leak into a log.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace cmpkit::asn1 {

/// One step on the way to a value: a field's name, or the index of an element.
struct Step {
  std::string_view name;  // empty for an element
  std::uint32_t index = 0;
};

/// A refused encoding. `text()` gives `body.ip.response[0].status.status: expected INTEGER, found NULL at offset 93`.
struct Error {
  static constexpr int no_tag = -1;  // `found` says it in words
  static constexpr int end_of_input = -2;

  std::string_view expected;  // static text; empty: `expected_tag` says it
  std::string_view found;     // static text; empty: `found_tag` says it
  std::uint8_t expected_tag = 0;
  int found_tag = no_tag;
  std::size_t offset = 0;  // octets from the start of the decoded input

  /// Pushed while the decoder unwinds: the innermost step comes first. Deeper paths lose their outermost steps.
  void push(Step step) noexcept {
    if (step_count < steps.size()) steps[step_count++] = step;
  }

  [[nodiscard]] std::string path() const;
  [[nodiscard]] std::string text() const;

  std::array<Step, 24> steps;  // the first step_count of them
  std::size_t step_count = 0;
};

/// A value, or why the octets are refused.
template <class T>
using Result = tl::expected<T, Error>;

/// The name of an identifier octet: `SEQUENCE`, `[4]`, ...
std::string tag_name(std::uint8_t tag);

}  // namespace cmpkit::asn1
