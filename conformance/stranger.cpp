#include "conformance/stranger.h"

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/ca_certificates.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::conformance {

cmp::SignatureCredential make_stranger(const cmp::Environment& environment) {
  const auto new_signer = [] { return cmp::PrivateKey::generate("ec:P-256").value().signer().value(); };
  const auto now = environment.clock.now();
  const cmp::CertificatePeriod period{now - std::chrono::days{1}, now + std::chrono::days{30}};
  const auto root_signer = new_signer();
  const Octets root =
      cmp::make_root_certificate(asn1::parse_name("/O=Nobody/CN=root").value(), *root_signer, period, environment)
          .value();
  std::shared_ptr<const cmp::Signer> signer = new_signer();
  const Octets certificate =
      cmp::make_cmp_signer_certificate({root, *root_signer}, asn1::parse_name("/O=Nobody/CN=stranger").value(),
                                       signer->public_key(), period, environment)
          .value();
  return {std::move(signer), {certificate, root}};
}

}  // namespace cmpkit::conformance
