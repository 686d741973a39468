// The one way in which octets get into a parser of Beast.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "cmpkit/octets.h"

namespace cmpkit::transport {

inline constexpr std::size_t longest_chunk_head = 8 * 1024;  // with the extensions, or with the trailer of the last one

/// Gives the parser octets, which must not be empty, and returns how many it took; see basic_parser::put(). `error` is
/// need_more where it wants to see these octets again with more behind them, which are then fewer than
/// longest_chunk_head, or than the parser's limit for the head.
template <bool is_request>
std::size_t feed(boost::beast::http::basic_parser<is_request>& parser, Bytes octets, boost::beast::error_code& error) {
  // Beast asserts that it sees the end of a chunked body, `0 CR LF CR LF`, not in smaller pieces; where assertions are
  // compiled in, any peer could end the program. No chunked body has less to come than that.
  constexpr std::size_t smallest_rest = 5;
  if (parser.is_header_done() && parser.chunked() && octets.size() < smallest_rest) {
    error = boost::beast::http::error::need_more;
    return 0;
  }
  const auto taken = parser.put(boost::asio::buffer(octets.data(), octets.size()), error);
  const bool waits_for_chunk = error == boost::beast::http::error::need_more && parser.is_header_done();
  if (waits_for_chunk && octets.size() - taken >= longest_chunk_head)
    error = boost::beast::http::error::bad_chunk_extension;
  return taken;
}

}  // namespace cmpkit::transport
