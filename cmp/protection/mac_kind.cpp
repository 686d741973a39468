#include "cmp/protection/mac_kind.h"

#include <algorithm>

#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/pkimessage.h"

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

bool uses_gmac(const asn1::AlgorithmIdentifier& algorithm) {
  const Bytes parameters = algorithm.parameters ? algorithm.parameters->tlv : Bytes{};
  asn1::Oid mac = algorithm.algorithm;
  if (mac == asn1::id_PasswordBasedMac) {
    if (const auto pbm = asn1::decode<asn1::PBMParameter>(parameters)) mac = pbm->mac.algorithm;
  } else if (mac == asn1::id_PBMAC1) {
    if (const auto pbmac1 = asn1::decode<asn1::Pbmac1Params>(parameters)) mac = pbmac1->messageAuthScheme.algorithm;
  }
  return mac == asn1::id_aes128_GMAC || mac == asn1::id_aes192_GMAC || mac == asn1::id_aes256_GMAC;
}

}  // namespace cmpkit::cmp
