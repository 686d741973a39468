#include "cmp/authority/grant.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {
namespace {

bool blocks_others(const IssuedCertificate& certificate, Time now) {
  using Status = IssuedCertificate::Status;
  if (certificate.status == Status::rejected || certificate.status == Status::revoked) return false;
  const auto view = CertificateView::decode(certificate.certificate);
  return view && now <= view->not_after();
}

/// The certificate by which the requester proves that the name is its own.
Bytes own_certificate(const CertificateRequest& request) {
  if (!request.old_certificate.empty()) return request.old_certificate;
  const bool signs = request.requester != nullptr && request.requester->kind == Requester::Kind::certificate;
  return signs ? Bytes(request.requester->identity) : Bytes{};
}

}  // namespace

Checked<Expectation> check_unique_subject(const CertificateRequest& request, asn1::Name subject, Store& store,
                                          Time now) {
  const Octets key = subject_key(subject);
  const auto found = store.certificates_named(key);
  if (!found) return tl::unexpected(unavailable("subject", found.error().text));
  Expectation expected{Expectation::Of::subject, key, found->size()};
  for (const IssuedCertificate& each : *found)
    if (same_octets(each.certificate, own_certificate(request))) return expected;
  for (const IssuedCertificate& each : *found)
    if (blocks_others(each, now) && !same_octets(each.holder, request.holder))
      return tl::unexpected(refused(
          rules::R_09, "subject",
          "the profile gives each name once, and another holder has a certificate for " + asn1::name_text(subject)));
  return expected;
}

}  // namespace cmpkit::cmp
