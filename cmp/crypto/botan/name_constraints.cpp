#include "cmp/crypto/botan/name_constraints.h"

#include <botan/pkix_types.h>
#include <botan/x509cert.h>

#include "cmp/crypto/botan/guard.h"

namespace cmpkit::cmp {

CryptoResult<bool> permits_names(Bytes issuer, Bytes certificate) {
  return guarded(CryptoError::Kind::bad_parameters, "name constraints", [&]() -> CryptoResult<bool> {
    const Botan::X509_Certificate constrained(issuer.data(), issuer.size());
    const Botan::X509_Certificate subject(certificate.data(), certificate.size());
    const auto& constraints = constrained.name_constraints();
    const bool reject_unknown = constrained.is_critical("X509v3.NameConstraints");
    return constraints.is_permitted(subject, reject_unknown) && !constraints.is_excluded(subject, reject_unknown);
  });
}

}  // namespace cmpkit::cmp
