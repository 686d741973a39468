// How fast are messages decoded and encoded, and how many allocations does it take? Each question is put to our codec
// and, in the same run and on the same octets, to OpenSSL's d2i_OSSL_CMP_MSG and i2d_OSSL_CMP_MSG.
#include <openssl/cmp.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <new>

#include "bench/row.h"
#include "cmpkit/asn1/pkimessage.h"

namespace {

std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace cmpkit;

void* counting_malloc(std::size_t size, const char*, int) { return ++allocations, std::malloc(size); }
void* counting_realloc(void* memory, std::size_t size, const char*, int) {
  return ++allocations, std::realloc(memory, size);
}
void counting_free(void* memory, const char*, int) { std::free(memory); }

struct Measured {
  double nanoseconds;
  double allocations;
};

/// The processor time and the allocations of one run of the task: the best of several rounds.
template <class Task>
Measured measure(Task task) {
  Measured best{1e18, 0};
  std::size_t count = 1;
  for (int round = 0; round < 12;) {
    const std::size_t before = allocations;
    const std::clock_t start = std::clock();
    for (std::size_t i = 0; i < count; ++i) task();
    const double elapsed = 1e9 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    if (elapsed < 20e6) {  // too short to tell: more of it
      count *= 4;
      continue;
    }
    best.nanoseconds = std::min(best.nanoseconds, elapsed / static_cast<double>(count));
    best.allocations = static_cast<double>(allocations - before) / static_cast<double>(count);
    ++round;
  }
  return best;
}

template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

Octets read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return Octets(std::istreambuf_iterator<char>(file), {});
}

OSSL_CMP_MSG* openssl_decode(const Octets& der) {
  const unsigned char* at = der.data();
  return d2i_OSSL_CMP_MSG(nullptr, &at, static_cast<long>(der.size()));
}

void decode_with_certificates(const Octets& der) {
  const auto message = asn1::decode<asn1::PKIMessage>(der);
  if (message->extraCerts)
    for (const asn1::CMPCertificate& certificate : *message->extraCerts) keep(certificate.decode());
}

void print(const std::string& what, Measured ours, Measured theirs) {
  bench::print({what + ", " + std::to_string(static_cast<int>(ours.allocations)) + " against " +
                    std::to_string(static_cast<int>(theirs.allocations)) + " allocations",
                ours.nanoseconds / 1000,
                {},
                theirs.nanoseconds / 1000});
}

int compare(const std::string& name) {
  const Octets der = read_file(std::string(CMPKIT_TEST_DATA) + "/openssl/" + name);
  const auto decoded = asn1::decode<asn1::PKIMessage>(der);
  OSSL_CMP_MSG* const message = openssl_decode(der);
  if (!decoded || message == nullptr) {
    std::fprintf(stderr, "%s does not decode\n", name.c_str());
    return 1;
  }
  const std::string what = name.substr(0, name.find('.'));
  const Measured theirs = measure([&] { OSSL_CMP_MSG_free(openssl_decode(der)); });
  print(what + " decoded", measure([&] { keep(asn1::decode<asn1::PKIMessage>(der)); }), theirs);
  // OpenSSL decodes the certificates at once, we do when they are asked for.
  print("... and its certificates", measure([&] { decode_with_certificates(der); }), theirs);
  print("... encoded", measure([&] { keep(asn1::encode(*decoded)); }), measure([&] {
          unsigned char* out = nullptr;
          i2d_OSSL_CMP_MSG(message, &out);
          OPENSSL_free(out);
        }));
  OSSL_CMP_MSG_free(message);
  return 0;
}

}  // namespace

int main() {
  CRYPTO_set_mem_functions(counting_malloc, counting_realloc, counting_free);
  int failures = 0;
  for (const char* name :
       {"ec-sig-ir.der", "ec-sig-certConf.der", "ec-pbm-ir.der", "rsa-sig-ir.der", "mldsa-sig-ip.der"})
    failures += compare(name);
  return failures;
}
