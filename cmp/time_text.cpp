#include "cmpkit/cmp/time_text.h"

#include <fmt/format.h>

namespace cmpkit::cmp {

/// fmt's own formatting counts nanoseconds, of which there are too many until 9999 (RFC 5280 Section 4.1.2.5).
std::string time_text(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace cmpkit::cmp
