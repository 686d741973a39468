// Octets as each kind of record of a store (the first octet chooses): what can be read is written and read again as the
// same record.
#include <cstdlib>

#include "store/record_encoding.h"

using namespace cmpkit;
using namespace cmpkit::store;

/// Octets of an earlier version become octets of the present one, which then remain.
template <class T>
static void check(Decoded<T> (*decode)(Bytes), Bytes octets) {
  const auto record = decode(octets);
  if (!record) return;
  const Octets written = encode(*record);
  const auto again = decode(written);
  if (!again || encode(*again) != written) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes octets(data + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      check(decode_transaction, octets);
      break;
    case 1:
      check(decode_certificate, octets);
      break;
    case 2:
      check(decode_secret, octets);
      break;
    case 3:
      check(decode_approval, octets);
      break;
    default:
      check(decode_device, octets);
      break;
  }
  return 0;
}
