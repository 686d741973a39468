#include "cmpkit/transport/url.h"

#include <algorithm>
#include <charconv>

namespace cmpkit::transport {
namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::size_t longest_host = 253;

tl::unexpected<TransportError> refused(std::string_view url, std::string_view why) {
  std::string text("cannot use the URL \"");
  // A URL may hold what would garble a terminal or a log.
  std::transform(url.begin(), url.end(), std::back_inserter(text),
                 [](char c) { return c > ' ' && c < 0x7F ? c : '?'; });
  return tl::unexpected(TransportError{TransportError::Kind::url, text.append("\": ").append(why)});
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_case_start) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return text.size() >= lower_case_start.size() &&
         std::equal(lower_case_start.begin(), lower_case_start.end(), text.begin(),
                    [&](char wanted, char c) { return same(c, wanted); });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// A name as DNS and hosts files have them. Others (RFC 3986's reg-name) have no way to be looked up.
bool is_host_name(std::string_view host) {
  const auto allowed = [](char c) { return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_'; };
  return !host.empty() && host.size() <= longest_host && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), allowed);
}

// The characters only; whether it is an address is seen when it is used.
bool is_bracketed_host(std::string_view host) {
  const auto allowed = [](char c) { return is_digit(c) || is_letter(c) || c == ':' || c == '.'; };
  return host.size() <= longest_host && host.find(':') != std::string_view::npos &&
         std::all_of(host.begin(), host.end(), allowed);
}

bool parse_port(std::string_view digits, std::uint16_t& port) {
  const auto* end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, port);
  return result.ec == std::errc() && result.ptr == end && port != 0;
}

// Splits `host:port` or `[v6]:port`; false where brackets do not pair or something else than a port follows.
bool split_authority(std::string_view authority, std::string_view& host, std::string_view& port) {
  std::string_view rest;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return false;
    host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
    if (!is_bracketed_host(host)) return false;
  } else {
    host = authority.substr(0, authority.find(':'));
    rest = authority.substr(host.size());
    if (!is_host_name(host)) return false;
  }
  if (!rest.empty() && rest.front() != ':') return false;
  port = rest.empty() ? rest : rest.substr(1);
  return true;
}

}  // namespace

std::string HttpUrl::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != http_port) text.append(":").append(std::to_string(port));
  return text;
}

std::string HttpUrl::text() const { return "http://" + authority() + path; }

tl::expected<HttpUrl, TransportError> parse_url(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (starts_with_ignoring_case(url, "https://")) return refused(url, "https is not supported yet");
  if (!starts_with_ignoring_case(url, scheme)) return refused(url, "it must begin with http://");
  const auto rest = url.substr(scheme.size());
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  const auto path = rest.substr(authority.size());

  if (authority.find('@') != std::string_view::npos) return refused("http://...", "user names are not supported");
  std::string_view host;
  std::string_view port;
  if (!split_authority(authority, host, port)) return refused(url, "no host name or address before the path");
  HttpUrl parsed{std::string(host), http_port, std::string(path)};
  if (!port.empty() && !parse_port(port, parsed.port)) return refused(url, "the port is not a number from 1 to 65535");
  if (path.find('#') != std::string_view::npos) return refused(url, "a fragment (#...) has no meaning here");
  if (path.starts_with('?')) return refused(url, "a query needs a path before it");
  if (!std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 0x7F; }))
    return refused(url, "the path has a character that must be percent-encoded");
  return parsed;
}

}  // namespace cmpkit::transport
