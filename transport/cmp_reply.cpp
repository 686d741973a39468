#include "transport/cmp_reply.h"

#include <algorithm>
#include <iterator>

#include "cmpkit/transport/handler.h"

namespace cmpkit::transport {
namespace {

using Kind = TransportError::Kind;

// Text of a peer, short and without what would garble a terminal or a log.
std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 200;
  std::string out("\"");
  const auto shown = text.substr(0, longest);
  std::transform(shown.begin(), shown.end(), std::back_inserter(out),
                 [](char c) { return c >= ' ' && c < 0x7F ? c : '?'; });
  return out.append(text.size() > longest ? "...\"" : "\"");
}

std::string hint(int status) {
  switch (status) {
    case 404:
      return " (no CMP service at this path)";  // RFC 9483 Section 6.1
    case 405:
      return " (this path takes no POST)";
    case 413:
      return " (the message is too large for the server)";
    case 415:
      return " (this path does not take application/pkixcmp)";
    case 503:
      return " (the server is overloaded or being stopped)";
    default:
      return "";
  }
}

TransportError error_of(Kind kind, int status, const std::string& server, const std::string& what) {
  return {kind, server + " answered HTTP " + std::to_string(status) + what, status};
}

}  // namespace

std::optional<TransportError> check_response(const ResponseView& response, const std::string& server) {
  const int family = response.status / 100;
  if (family == 3)  // RFC 9811 Sections 3.1 and 5, item 3: not followed (W-06)
    return error_of(Kind::redirect, response.status, server,
                    ", a redirection to " + in_quotes(response.location) + ", which is not followed");
  if (family != 2 && family != 4 && family != 5)
    return error_of(Kind::protocol, response.status, server, ", which is not the status of an answer");
  const bool has_message = !response.body.empty() && is_pkixcmp(response.content_type);
  if (has_message) return std::nullopt;  // RFC 9811 Section 3.1: in 2xx, 4xx and 5xx alike (W-02)
  if (family != 2)
    return error_of(Kind::status, response.status, server, " without a CMP message" + hint(response.status));
  if (response.body.empty()) return std::nullopt;  // RFC 9811 Section 3.5 (W-11)
  return error_of(Kind::content_type, response.status, server,
                  " with the content type " + in_quotes(response.content_type) + " instead of application/pkixcmp");
}

TransportError empty_response(int status, const std::string& server) {
  return error_of(Kind::empty, status, server, " without any content");
}

}  // namespace cmpkit::transport
