#include "cmpkit/transport/handler.h"

#include <algorithm>
#include <utility>

namespace cmpkit::transport {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view white = " \t";
  const auto first = text.find_first_not_of(white);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::optional<Endpoint> find_endpoint(std::string_view path, const std::vector<std::string>& prefixes) {
  for (const auto& prefix : prefixes)
    if (auto endpoint = parse_path(path, prefix)) return endpoint;
  return std::nullopt;
}

Reply reply_of(int status) { return {status, {}, {}, {}}; }

}  // namespace

bool is_pkixcmp(std::string_view content_type) {
  const auto media_type = trimmed(content_type.substr(0, content_type.find(';')));
  return equal_ignoring_case(media_type, pkixcmp) ||
         equal_ignoring_case(media_type, "application/pkixcmp-poll");  // RFC 9811 Section 4 (W-09)
}

Handler cmp_handler(CmpResponder responder, std::vector<std::string> prefixes) {
  return [responder = std::move(responder), prefixes = std::move(prefixes)](const Request& request) -> Reply {
    const auto endpoint = find_endpoint(request.path, prefixes);  // RFC 9811 Section 3.4 (W-03)
    if (!endpoint) return reply_of(404);  // RFC 9483 Section 6.1: the status tells which URIs are supported (W-08)
    if (request.method != "POST") return {405, {}, {}, "POST"};   // RFC 9811 Section 3.1 (W-01)
    if (!is_pkixcmp(request.content_type)) return reply_of(415);  // RFC 9811 Section 3.2 (W-01)
    if (request.body.empty()) return reply_of(400);
    auto answer = responder(*endpoint, request.body);
    if (!answer) return reply_of(400);  // unreadable: no CMP message could say so (W-13)
    // RFC 9811 Section 3.1: a CMP response, a CMP error too, comes with 200 and no other 2xx (W-02)
    return {200, std::string(pkixcmp), *std::move(answer), {}};
  };
}

}  // namespace cmpkit::transport
