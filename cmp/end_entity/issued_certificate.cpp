#include "cmp/end_entity/issued_certificate.h"

#include <fmt/ranges.h>
#include "cmp/end_entity/central_key.h"
#include "cmp/end_entity/request.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/pkcs10.h"

namespace cmpkit::cmp {

namespace {

/// What the request asked for.
struct Asked {
  Octets public_key, subject;  // DER; empty: whatever
  std::optional<asn1::Owned<asn1::Extensions>> extensions;
};

void set_extensions(Asked& asked, Bytes der) {
  if (auto extensions = asn1::Owned<asn1::Extensions>::decode(copy_of(der)))
    asked.extensions.emplace(std::move(*extensions));
}

Asked asked_for(const EnrollmentOptions& options) {
  Asked asked;
  if (options.certification_request.empty()) {
    if (options.new_key) asked.public_key = copy_of(options.new_key->public_key());
    asked.subject = options.subject;
    set_extensions(asked, options.extensions);
    return asked;
  }
  const auto request = asn1::decode<asn1::CertificationRequest>(options.certification_request);
  if (!request) return asked;
  asked.public_key = asn1::encode(request->certificationRequestInfo.subjectPKInfo);
  asked.subject = copy_of(request->certificationRequestInfo.subject.tlv);
  set_extensions(asked, extensions_asked_for(request->certificationRequestInfo));
  return asked;
}

bool has_other_subject(const CertificateView& certificate, const Asked& asked) {
  return !asked.subject.empty() && !asn1::same_name(certificate.subject(), {asked.subject});
}

/// How the certificate differs from what was asked. What it has beyond is the CA's business.
std::vector<std::string> differences(const CertificateView& certificate, const Asked& asked) {
  std::vector<std::string> out;
  if (has_other_subject(certificate, asked))
    out.push_back(fmt::format("the subject is {} instead of {}", asn1::name_text(certificate.subject()),
                              asn1::name_text({asked.subject})));
  if (!asked.extensions) return out;
  for (const asn1::Extension& wanted : **asked.extensions) {
    const auto* held = certificate.extension(wanted.extnID);
    if (held == nullptr)
      out.push_back(fmt::format("{} is missing", asn1::name_of(wanted.extnID)));
    else if (!same_octets(held->extnValue, wanted.extnValue))
      out.push_back(fmt::format("{} has another value", asn1::name_of(wanted.extnID)));
  }
  return out;
}

bool is_granted_as_asked(const asn1::PKIMessage& response) {
  return response.body.cert_responses()->response.front().status.status == asn1::PKIStatus::accepted;
}

}  // namespace

bool is_for_our_key(Bytes der, const EnrollmentOptions& options) {
  const auto certificate = CertificateView::decode(der);
  return certificate && same_octets(certificate->public_key(), asked_for(options).public_key);
}

std::optional<Refusal> check_issued(Bytes der, const EnrollmentOptions& options, const asn1::PKIMessage& response,
                                    Time now, std::vector<std::string>& modifications, Trail& trail) {
  const auto fail = [&](std::string_view detail) {
    trail.failed(rules::R_16, issued_certificate_field, std::string(detail));
    return refused(rules::R_16, issued_certificate_field, detail);
  };
  const auto certificate = CertificateView::decode(der);
  if (!certificate) return fail("the certificate cannot be read: " + certificate.error().text());
  const Asked asked = asked_for(options);
  if (!asked.public_key.empty() && !same_octets(certificate->public_key(), asked.public_key))
    return fail("the certificate is for another key");
  modifications = differences(*certificate, asked);
  if (options.central_key)
    if (auto difference = differs(*options.central_key, certificate->public_key()))
      modifications.push_back(std::move(*difference));
  if (is_granted_as_asked(response) && has_other_subject(*certificate, asked))
    return fail("the status is accepted, but " + modifications.front());
  if (!options.accept_modifications && !modifications.empty())  // ST-2
    return fail(fmt::format("the certificate is not as asked: {}", fmt::join(modifications, "; ")));
  if (certificate->not_after() < now) return fail("the certificate has expired already");
  if (options.certificate_trust != nullptr) {
    std::vector<asn1::CMPCertificate> pool;
    if (response.extraCerts) pool.assign(response.extraCerts->begin(), response.extraCerts->end());
    for (const Octets& known : options.untrusted) pool.push_back({known});
    const auto path = options.certificate_trust->validate(*certificate, pool, now);
    if (!path) return fail("the certificate is not believed: " + path.error().text);
  }
  trail.passed(rules::R_16, issued_certificate_field);
  return {};
}

namespace {

/// By name, and by key identifiers where both sides have one: after a change of keys a CA has several certificates.
bool may_be_issuer(const CertificateView& candidate, const CertificateView& subject) {
  const Bytes wanted = subject.authority_key_id(), has = candidate.subject_key_id();
  return asn1::same_name(candidate.subject(), subject.issuer()) &&
         (wanted.empty() || has.empty() || same_octets(wanted, has));
}

/// As far as names and key identifiers tell; a link certificate of a new root (RFC 9810 Section 4.4) is not.
bool seems_self_signed(const CertificateView& certificate) {
  return certificate.is_self_issued() && may_be_issuer(certificate, certificate);
}

}  // namespace

std::vector<Octets> issuers_of(Bytes der, std::span<const asn1::CMPCertificate> pool) {
  constexpr std::size_t most = 8;
  std::vector<Octets> out;
  auto last = CertificateView::decode(der);
  while (last && out.size() < most) {
    asn1::Result<CertificateView> issuer = tl::unexpected(asn1::Error{});
    for (const auto& candidate : pool) {
      auto view = CertificateView::decode(candidate.tlv);
      if (view && !seems_self_signed(*view) && may_be_issuer(*view, *last)) {
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
