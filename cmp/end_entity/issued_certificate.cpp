#include "cmp/end_entity/issued_certificate.h"

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/pkcs10.h"

namespace cmpkit::cmp {

namespace {

struct Asked {
  Octets public_key;
  asn1::Name subject;
};

/// What the request asked for; views into the options.
Asked asked_for(const EnrollmentOptions& options) {
  if (options.type != asn1::PKIBody::p10cr)
    return {copy_of(options.new_key->public_key()), asn1::Name{options.subject}};
  const auto request = asn1::decode<asn1::CertificationRequest>(options.certification_request);
  if (!request) return {};
  return {asn1::encode(request->certificationRequestInfo.subjectPKInfo), request->certificationRequestInfo.subject};
}

bool is_granted_as_asked(const asn1::PKIMessage& response) {
  return response.body.cert_responses()->response.front().status.status == asn1::PKIStatus::accepted;
}

}  // namespace

std::optional<Refusal> check_issued(Bytes der, const EnrollmentOptions& options, const asn1::PKIMessage& response,
                                    Time now, Trail& trail) {
  constexpr std::string_view field = "body.response[0].certifiedKeyPair";
  const auto fail = [&](std::string_view detail) {
    trail.failed(rules::R_16, field, std::string(detail));
    return refused(rules::R_16, field, detail);
  };
  const auto certificate = CertificateView::decode(der);
  if (!certificate) return fail("the certificate cannot be read: " + certificate.error().text());
  const Asked asked = asked_for(options);
  if (!same_octets(certificate->public_key(), asked.public_key)) return fail("the certificate is for another key");
  if (is_granted_as_asked(response) && !asked.subject.tlv.empty() &&
      !asn1::same_name(certificate->subject(), asked.subject))
    return fail("the status is accepted, but the subject is " + certificate->name());
  if (certificate->not_after() < now) return fail("the certificate has expired already");
  if (options.certificate_trust != nullptr) {
    std::span<const asn1::CMPCertificate> pool;
    if (response.extraCerts) pool = *response.extraCerts;
    const auto path = options.certificate_trust->validate(*certificate, pool, now);
    if (!path) return fail("the certificate is not believed: " + path.error().text);
  }
  trail.passed(rules::R_16, field);
  return {};
}

std::vector<Octets> issuers_of(Bytes der, std::span<const asn1::CMPCertificate> pool) {
  constexpr std::size_t most = 8;
  std::vector<Octets> out;
  auto last = CertificateView::decode(der);
  while (last && out.size() < most) {
    asn1::Result<CertificateView> issuer = tl::unexpected(asn1::Error{});
    for (const auto& candidate : pool) {
      auto view = CertificateView::decode(candidate.tlv);
      if (view && !view->is_self_issued() && asn1::same_name(view->subject(), last->issuer())) {
        issuer = std::move(view);
        break;
      }
    }
    if (issuer) out.push_back(copy_of(issuer->octets()));
    last = std::move(issuer);
  }
  return out;
}

}  // namespace cmpkit::cmp
