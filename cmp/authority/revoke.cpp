#include "cmpkit/cmp/revoke.h"

#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

using asn1::CRLReason;
using Status = IssuedCertificate::Status;

namespace {

/// the certificate is in a state in which this reason makes sense.
Checked<void> check_state(const IssuedCertificate& certificate, CRLReason::Value reason, Time now) {
  const auto fail = [](const Rule& rule, std::string_view field, std::string_view detail, FailInfo fail_info) {
    return tl::unexpected(refused(rule, field, detail, fail_info));
  };
  constexpr std::string_view field = "body.rr.certDetails";
  const auto view = CertificateView::decode(certificate.certificate);
  if (certificate.status == Status::revoked || certificate.status == Status::rejected)
    return fail(rules::X_02, field, "the certificate is revoked already", asn1::PKIFailureInfo::certRevoked);
  if (view && view->not_after() < now)
    return fail(rules::X_02, field, "the certificate has expired", asn1::PKIFailureInfo::certRevoked);
  const bool held = certificate.status == Status::held;
  if (held && reason == CRLReason::certificateHold)
    return fail(rules::X_02, field, "the certificate is on hold already", asn1::PKIFailureInfo::certRevoked);
  if (!held && reason == CRLReason::removeFromCRL)
    return fail(rules::X_05, "body.rr.crlEntryDetails", "the certificate is not on hold: there is nothing to release",
                asn1::PKIFailureInfo::badRequest);
  return {};
}

}  // namespace

Checked<void> revoke_certificate(IssuedCertificate& certificate, CRLReason::Value reason, Time now) {
  if (auto checked = check_state(certificate, reason, now); !checked) return checked;
  const bool released = reason == CRLReason::removeFromCRL;
  certificate.status = released ? Status::valid : reason == CRLReason::certificateHold ? Status::held : Status::revoked;
  certificate.status_since = now;
  certificate.on_crl = !released;
  certificate.reason = released ? CRLReason::unspecified : reason;
  return {};
}

}  // namespace cmpkit::cmp
