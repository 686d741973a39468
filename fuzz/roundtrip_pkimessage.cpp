// Messages that are well-formed for the most part, because the fuzzer changes them as values: what decodes encodes to
// the same octets, its certificates too, and decoding twice gives the same value.
#include <algorithm>
#include <random>

#include "cmpkit/asn1/compare.h"
#include "cmpkit/asn1/mutate.h"
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/asn1/print.h"

using namespace cmpkit;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

/// Changes the message as a value, and one time in four as plain octets.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  std::minstd_rand generator(seed);
  auto message = asn1::decode<asn1::PKIMessage>(Bytes(data, size));
  if (!message || generator() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  asn1::Storage storage;
  asn1::mutate(*message, [&](std::size_t n) { return generator() % n; }, storage);
  const Octets octets = asn1::encode(*message);
  if (octets.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(octets.begin(), octets.end(), data);
  return octets.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes octets(data, size);
  const auto message = asn1::decode<asn1::PKIMessage>(octets);
  if (!message) return 0;
  if (!same_octets(asn1::encode(*message), octets)) __builtin_trap();
  if (asn1::compare(*message, *asn1::decode<asn1::PKIMessage>(octets))) __builtin_trap();
  if (asn1::print(*message).empty()) __builtin_trap();
  if (!message->extraCerts) return 0;
  for (const asn1::CMPCertificate& certificate : *message->extraCerts) {
    const auto decoded = certificate.decode();
    if (decoded && !same_octets(asn1::encode(*decoded), certificate.tlv)) __builtin_trap();
  }
  return 0;
}
