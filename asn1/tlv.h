// Reading one TLV of DER: identifier, length, content.
#pragma once

#include "cmpkit/octets.h"

namespace cmpkit::asn1 {

/// What is wrong with the header of a TLV; null where nothing is.
using HeaderProblem = const char*;

/// One TLV at the front of some octets.
struct Tlv {
  std::uint8_t tag = 0;
  std::size_t header = 0;   // octets of identifier and length
  std::size_t content = 0;  // octets of the content
  [[nodiscard]] std::size_t size() const { return header + content; }
};

/// Reads the header at the front of `in`: low tag number, definite minimal length, content that is there (X.690
/// Sections 8.1 and 10.1). Returns what is wrong, or null.
inline HeaderProblem read_header(Bytes in, Tlv& out) {
  if (in.size() < 2) return "the end of the input";
  out.tag = in[0];
  if ((out.tag & 0x1F) == 0x1F) return "a tag number above 30";
  std::size_t length = in[1];
  out.header = 2;
  if (length >= 0x80) {
    const std::size_t octets = length & 0x7F;
    if (octets == 0) return "an indefinite length";
    if (octets > 4) return "a length of more than four octets";
    if (in.size() < 2 + octets) return "the end of the input";
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) length = length << 8 | in[2 + i];
    if (length < 0x80 || in[2] == 0) return "a length that is not minimal";
    out.header = 2 + octets;
  }
  if (length > in.size() - out.header) return "a length beyond the end of what contains it";
  out.content = length;
  return nullptr;
}

}  // namespace cmpkit::asn1
