#include "transport/response_head.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <ostream>  // Boost 1.81: status.hpp wants it
#include <stdexcept>

#include <boost/beast/http/status.hpp>

namespace cmpkit::transport {
namespace {

namespace http = boost::beast::http;

// RFC 9110 Section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, whatever the locale.
std::string http_date(std::time_t now) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                days.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                months.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                parts.tm_sec);
  return text.data();
}

// RFC 9110 Section 6.6.1: a server with a clock sends Date. Made anew once a second and thread.
const std::string& current_date() {
  thread_local std::time_t made_at = 0;
  thread_local std::string date;
  if (const auto now = std::time(nullptr); date.empty() || now != made_at) {
    made_at = now;
    date = http_date(now);
  }
  return date;
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(value.begin(), value.end(), is_control)) throw std::invalid_argument("control character in a field");
  head.append(name).append(": ").append(value).append("\r\n");
}

std::string_view reason_of(int status) {
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  return {reason.data(), reason.size()};
}

}  // namespace

std::string response_head(const Reply& reply, bool keep_alive) {
  if (reply.status < 200 || reply.status > 599) throw std::invalid_argument("not the status of a final response");
  std::string head;
  head.reserve(256);
  head.append("HTTP/1.1 ")
      .append(std::to_string(reply.status))
      .append(" ")
      .append(reason_of(reply.status))
      .append("\r\n");
  append_field(head, "Date", current_date());
  append_field(head, "Content-Type", reply.content_type);
  append_field(head, "Allow", reply.allow);
  if (reply.status != 204) append_field(head, "Content-Length", std::to_string(reply.body.size()));  // RFC 9110, 8.6
  append_field(head, "Connection", keep_alive ? "keep-alive" : "close");
  return head.append("\r\n");
}

}  // namespace cmpkit::transport
