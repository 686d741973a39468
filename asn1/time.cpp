#include "asn1/time.h"

namespace cmpkit::asn1 {

namespace {

/// The number that two decimal digits give, or -1.
int two_digits(const char* p) {
  const auto tens = static_cast<unsigned>(p[0] - '0');
  const auto ones = static_cast<unsigned>(p[1] - '0');
  return tens > 9 || ones > 9 ? -1 : static_cast<int>(tens * 10 + ones);
}

/// MMDDHHMMSSZ.
std::optional<std::chrono::sys_seconds> parse_rest(int year, const char* p) {
  using namespace std::chrono;
  const int month = two_digits(p), day = two_digits(p + 2);
  const int hour = two_digits(p + 4), minute = two_digits(p + 6), second = two_digits(p + 8);
  if (month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return {};
  if (p[10] != 'Z') return {};
  const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return {};
  return sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
}

void put_two(char* out, unsigned value) {
  out[0] = static_cast<char>('0' + value / 10 % 10);
  out[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_utc_time(std::string_view text) {
  if (text.size() != utc_time_size) return {};
  const int year = two_digits(text.data());
  if (year < 0) return {};
  return parse_rest(year >= 50 ? 1900 + year : 2000 + year, text.data() + 2);
}

std::optional<std::chrono::sys_seconds> parse_generalized_time(std::string_view text) {
  if (text.size() != generalized_time_size) return {};
  const int century = two_digits(text.data()), year = two_digits(text.data() + 2);
  if (century < 0 || year < 0) return {};
  return parse_rest(century * 100 + year, text.data() + 4);
}

void format_generalized_time(std::chrono::sys_seconds time, char* out) {
  using namespace std::chrono;
  const auto days = floor<std::chrono::days>(time);
  const year_month_day date{days};
  const hh_mm_ss clock{time - days};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()) % 10000);
  put_two(out, year / 100);
  put_two(out + 2, year % 100);
  put_two(out + 4, static_cast<unsigned>(date.month()));
  put_two(out + 6, static_cast<unsigned>(date.day()));
  put_two(out + 8, static_cast<unsigned>(clock.hours().count()));
  put_two(out + 10, static_cast<unsigned>(clock.minutes().count()));
  put_two(out + 12, static_cast<unsigned>(clock.seconds().count()));
  out[14] = 'Z';
}

}  // namespace cmpkit::asn1
