// The octets of a connection through the parser of the server, at once and in pieces (the first octet is their size),
// and through the readers of paths and URLs.
#include <algorithm>
#include <cstdlib>

#include "cmpkit/transport/url.h"
#include "transport/request_parser.h"

using namespace cmpkit;
using namespace cmpkit::transport;

static void require(bool holds) {
  if (!holds) std::abort();
}

static void feed(RequestParser& parser, Bytes octets, std::size_t piece) {
  for (std::size_t taken = 0, end = 0; end < octets.size();) {
    end = std::min(octets.size(), end + piece);
    taken += parser.feed(octets.subspan(taken, end - taken));
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes octets(data + 1, size - 1);
  if (const auto end = parse_path(text_of(octets))) require(parse_path(*build_path(*end)) == end);
  if (const auto url = parse_url(text_of(octets))) require(parse_url(url->text())->text() == url->text());
  RequestParser whole({1024, 4096}), pieces({1024, 4096});
  feed(whole, octets, std::max<std::size_t>(1, octets.size()));
  feed(pieces, octets, std::size_t{1} + data[0]);
  if (whole.state() != RequestParser::State::complete) return 0;
  require(pieces.state() == RequestParser::State::complete);
  const auto a = whole.request(""), b = pieces.request("");
  require(a.method == b.method && a.path == b.path && a.content_type == b.content_type && same_octets(a.body, b.body));
  if (const auto end = parse_path(a.path, "/")) require(parse_path(*build_path(*end, "/"), "/") == end);
  require(is_pkixcmp(a.content_type) || a.content_type != pkixcmp);
  return 0;
}
