// The certificates that a CA stands on: a root, an issuing CA below it, and a certificate for the key that signs the
// CA's CMP messages. Their contents are fixed here; only names, keys and times are the caller's. All follow RFC 5280.
#pragma once

#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

struct CertificatePeriod {
  Time not_before, not_after;
};

/// Who certifies: a CA's certificate (DER) and a signer of its key.
struct CertificateIssuer {
  Bytes certificate;
  const Signer& signer;
};

// `subject` is the DER of a Name and not the NULL-DN, `public_key` the DER of a SubjectPublicKeyInfo. Each returns the
// DER of the certificate; `bad_key` where the key or the issuer's certificate cannot be read, else what the signer
// says.

/// Self-signed: cA, keyCertSign and cRLSign.
CryptoResult<Octets> make_root_certificate(Bytes subject, const Signer& signer, const CertificatePeriod& period,
                                           const Environment& environment);

/// A CA that issues to end entities only: cA with pathLenConstraint 0, keyCertSign and cRLSign.
CryptoResult<Octets> make_issuing_ca_certificate(const CertificateIssuer& issuer, Bytes subject, Bytes public_key,
                                                 const CertificatePeriod& period, const Environment& environment);

/// For the protection of CMP messages on behalf of the issuer: digitalSignature and id-kp-cmcCA (RFC 9810 Section 4.5).
/// Its key is another one than the issuer's (RFC 9810 Section 8.6).
CryptoResult<Octets> make_cmp_signer_certificate(const CertificateIssuer& issuer, Bytes subject, Bytes public_key,
                                                 const CertificatePeriod& period, const Environment& environment);

/// For signing the packages of keys that are generated for others: digitalSignature and id-kp-cmKGA (RFC 9483 Section
/// 4.1.6).
CryptoResult<Octets> make_kga_certificate(const CertificateIssuer& issuer, Bytes subject, Bytes public_key,
                                          const CertificatePeriod& period, const Environment& environment);

/// What leads from a root to its successor of the same name (RFC 9810 Section 4.4). DER.
struct RootRollover {
  Octets new_with_new;  // the new root
  Octets new_with_old;  // its key, certified by the old one: for those who trust the old root only
  Octets old_with_new;  // the old key, certified by the new one: for those who trust the new root only
};

/// Makes the certificates for a new root key that is good from now on until `end`. The link certificates have the
/// periods that S-11 gives them. `bad_key` too where the old root has expired.
CryptoResult<RootRollover> make_root_rollover(const CertificateIssuer& old_root, const Signer& new_signer, Time end,
                                              const Environment& environment);

}  // namespace cmpkit::cmp
