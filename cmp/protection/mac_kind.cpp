#include "cmp/protection/mac_kind.h"

#include <algorithm>

#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

bool is_mac_algorithm(asn1::Oid algorithm) {
  using namespace asn1;
  static constexpr Oid macs[] = {
      id_PasswordBasedMac,   id_PBMAC1,           id_DHBasedMac,       id_KemBasedMac,      id_hmacWithSHA1,
      id_hmacWithSHA224,     id_hmacWithSHA256,   id_hmacWithSHA384,   id_hmacWithSHA512,   id_hmacWithSHA512_224,
      id_hmacWithSHA512_256, id_hmacWithSHA3_224, id_hmacWithSHA3_256, id_hmacWithSHA3_384, id_hmacWithSHA3_512,
      id_aes128_GMAC,        id_aes192_GMAC,      id_aes256_GMAC,      id_KMACWithSHAKE128, id_KMACWithSHAKE256,
  };
  return std::find(std::begin(macs), std::end(macs), algorithm) != std::end(macs);
}

}  // namespace cmpkit::cmp
