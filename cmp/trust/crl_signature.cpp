#include "cmp/trust/crl_signature.h"

#include "cmpkit/asn1/compare.h"
#include "cmpkit/asn1/names.h"

namespace cmpkit::cmp {

bool may_sign_crls(const CertificateView& ca, const asn1::Name& issuer) {
  return asn1::same_name(ca.subject(), issuer) && ca.allows(asn1::KeyUsage::cRLSign);
}

bool is_signed_by(const asn1::CertificateList& crl, const CertificateView& ca, const Crypto& crypto) {
  if (asn1::compare(crl.signatureAlgorithm, crl.tbsCertList.signature)) return false;  // RFC 5280 Section 5.1.1.2
  const Bytes message[] = {crl.tbsCertList.octets};
  return crypto.verify(crl.signatureAlgorithm, ca.public_key(), message, crl.signature.octets).has_value();
}

}  // namespace cmpkit::cmp
