// What a server calls for each request: a function from a whole request to a whole reply. A CMP responder becomes one
// by cmp_handler().
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmpkit/octets.h"
#include "cmpkit/transport/path.h"

namespace cmpkit::transport {

/// A request that arrived whole. All views live until the handler returns.
struct Request {
  std::string_view method;        ///< as sent: "POST"
  std::string_view path;          ///< begins with "/" but for `OPTIONS *` and CONNECT; with any query, not decoded
  std::string_view content_type;  ///< the field's value; empty: none
  Bytes body;
  std::string_view peer;  ///< "192.0.2.1:50123", "[2001:db8::1]:50123"; for logs
};

struct Reply {
  int status = 200;          ///< 200 to 599
  std::string content_type;  ///< empty: no such field
  Octets body;
  std::string allow;  ///< the Allow field that a 405 must have; empty: no such field
};

/// Called on worker threads, many at once. An exception becomes 500 with an empty body.
using Handler = std::function<Reply(const Request&)>;

/// The media type of a PKIMessage (RFC 9811 Section 3.2).
inline constexpr std::string_view pkixcmp = "application/pkixcmp";

/// True for a content type whose media type is application/pkixcmp, or its predecessor application/pkixcmp-poll
/// (RFC 9811 Section 4). Case and parameters are ignored.
bool is_pkixcmp(std::string_view content_type);

/// A CMP responder: a DER-encoded message in, its DER-encoded answer out. Nothing: no CMP answer is possible. Called
/// from many threads at once.
using CmpResponder = std::function<std::optional<Octets>(const Endpoint&, Bytes)>;

/// Serves a responder at the paths below each of the prefixes. Answers 200 and the responder's message; 404 for other
/// paths, 405 for other methods than POST, 415 for other content types, 400 for an empty body and where the responder
/// has no answer.
Handler cmp_handler(CmpResponder responder, std::vector<std::string> prefixes = {std::string(well_known_prefix), "/"});

}  // namespace cmpkit::transport
