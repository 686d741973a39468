// The octets of a connection through the parser of the client, at once and in pieces (the first octet is their size).
#include <algorithm>
#include <cstdlib>

#include "transport/response_parser.h"

using namespace cmpkit;
using namespace cmpkit::transport;

static void require(bool holds) {
  if (!holds) std::abort();
}

static void feed(ResponseParser& parser, Bytes octets, std::size_t piece) {
  for (std::size_t taken = 0, end = 0; end < octets.size();) {
    end = std::min(octets.size(), end + piece);
    taken += parser.feed(octets.subspan(taken, end - taken));
  }
  parser.end();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes octets(data + 1, size - 1);
  ResponseParser whole(1024), pieces(1024);
  feed(whole, octets, std::max<std::size_t>(1, octets.size()));
  feed(pieces, octets, std::size_t{1} + data[0]);
  require(whole.state() != ResponseParser::State::reading);
  if (whole.state() != ResponseParser::State::complete) return 0;
  require(pieces.state() == ResponseParser::State::complete);
  require(whole.status() == pieces.status() && whole.keep_alive() == pieces.keep_alive());
  require(whole.content_type() == pieces.content_type() && whole.location() == pieces.location());
  const auto body = whole.take_body();
  require(body.size() <= 1024 && same_octets(body, pieces.take_body()));
  return 0;
}
