#include "cmpkit/asn1/oid.h"

namespace cmpkit::asn1 {

namespace {

/// Takes the subidentifier at the front; false where it is longer than 64 bits (it is skipped all the same).
bool take_arc(Bytes& in, std::uint64_t& arc) {
  arc = 0;
  bool fits = true;
  while (!in.empty()) {
    const std::uint8_t octet = in.front();
    in = in.subspan(1);
    fits = fits && (arc >> 57) == 0;
    arc = arc << 7 | (octet & 0x7FU);
    if (octet < 0x80) break;
  }
  return fits;
}

}  // namespace

std::string dotted(Oid oid) {
  std::string out;
  for (Bytes in = oid.octets; !in.empty();) {
    const bool first = out.empty();
    std::uint64_t arc = 0;
    const bool fits = take_arc(in, arc);
    if (first) {
      const std::uint64_t root = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      out = std::to_string(root);
      arc -= root * 40;
    }
    out.append(".").append(fits ? std::to_string(arc) : "?");
  }
  return out;
}

}  // namespace cmpkit::asn1
