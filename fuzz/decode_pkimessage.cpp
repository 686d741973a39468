// Any octets at all: they are refused with a text, or decode to a message that encodes to the same octets and prints.
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/asn1/print.h"

using namespace cmpkit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes octets(data, size);
  const auto message = asn1::decode<asn1::PKIMessage>(octets);
  if (!message) {
    if (message.error().text().empty() || message.error().offset > size) __builtin_trap();
    return 0;
  }
  if (!same_octets(asn1::encode(*message), octets)) __builtin_trap();
  if (asn1::print(*message).empty()) __builtin_trap();
  return 0;
}
