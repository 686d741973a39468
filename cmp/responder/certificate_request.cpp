#include "cmp/responder/certificate_request.h"

#include <algorithm>

#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmp/possession/signature_possession.h"
#include "cmp/responder/key_generation.h"
#include "cmp/responder/key_update.h"
#include "cmp/responder/permissions.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

namespace {

using asn1::PKIBody;

std::optional<Refusal> fail(Refusal refusal, Trail& trail) {
  trail.failed(*refusal.rule, refusal.field, refusal.text);
  return refusal;
}

std::optional<Refusal> fail(const Rule& rule, std::string_view field, std::string_view detail, Trail& trail) {
  return fail(refused(rule, field, detail), trail);
}

void take_template(const asn1::CertRequest& request, Authorised& out) {
  const asn1::CertTemplate& wanted = request.certTemplate;
  out.request.subject = *wanted.subject;
  if (wanted.publicKey) out.public_key = asn1::encode(*wanted.publicKey);
  out.extensions = wanted.extensions;
  out.validity = wanted.validity;
}

/// The extensions that a PKCS #10 request asks for are the value of one attribute (RFC 2985 Section 5.4.2).
std::optional<Refusal> take_certification_request(const asn1::CertificationRequest& request, Authorised& out,
                                                  Trail& trail) {
  const auto& info = request.certificationRequestInfo;
  out.request.subject = info.subject;
  out.public_key = asn1::encode(info.subjectPKInfo);
  out.certification_request = asn1::encode(request);
  for (const auto& attribute : info.attributes) {
    if (attribute.type != asn1::id_extensionRequest) continue;
    if (attribute.values.size() != 1 || out.extensions)
      return fail(rules::R_09, "body.attributes", "there is more than one set of extensions asked for", trail);
    auto extensions = asn1::decode<asn1::Extensions>(attribute.values.front().tlv);
    if (!extensions)
      return fail(rules::R_09, "body.attributes", "extensionRequest: " + extensions.error().text(), trail);
    out.extensions = std::move(*extensions);
  }
  const bool no_subject = info.subject.tlv.size() == asn1::null_dn.tlv.size();
  if (no_subject && find_extension(out.extensions, asn1::id_ce_subjectAltName) == nullptr)  // N-05
    return fail(rules::R_02, "body.subject", "the subject is the NULL-DN and there is no subjectAltName", trail);
  return {};
}

/// by RFC 4211 Section 7.2 the template counts for nothing where regInfo holds another request, whose possession
/// nobody has proved. Who reads only the template, as we do, must not pass it on or grant it.
std::optional<Refusal> check_no_other_request(const asn1::CertReqMsg& request, Trail& trail) {
  if (!request.regInfo || std::ranges::none_of(*request.regInfo, [](const asn1::AttributeTypeAndValue& each) {
        return each.type == asn1::id_regInfo_certReq;
      }))
    return {};
  return fail(refused(rules::A_45, "body.regInfo", "a request in regInfo in place of the template is not taken here",
                      asn1::PKIFailureInfo::badCertTemplate),
              trail);
}

/// R-06; R-08: instead of it an RA may say that it has verified possession.
std::optional<Refusal> check_possession_or_ra(const asn1::CertReqMsg& request, const Admitted& operation,
                                              const Crypto& crypto, Trail& trail) {
  if (request.popo && request.popo->type() == asn1::ProofOfPossession::raVerified) {
    if (operation.permission->on_behalf) {
      trail.passed(rules::R_08, "body.popo");
      return {};
    }
    return fail(rules::R_08, "body.popo", "only a registration authority may use raVerified", trail);
  }
  return check_possession(request, crypto, trail);
}

/// RFC 9483 Section 5.1.1: the subject asked for is the requester's, or one that its permission gives.
std::optional<Refusal> check_subject(const Admitted& operation, Authorised& out, Trail& trail) {
  auto subject = permitted_subject(operation.permission->subject, operation.sender().requester, out.request.subject);
  if (!subject) return fail(std::move(subject.error()), trail);
  out.subject = std::move(*subject);
  out.subject_mapped = !asn1::same_name({out.subject}, out.request.subject);
  out.request.subject = {out.subject};
  trail.passed(rules::R_07, "body.certTemplate.subject");
  return {};
}

/// K-02: a key update that does not name the subjectAltName keeps the old one.
void keep_alt_name(const CertificateView& old, Authorised& out) {
  const auto* held = old.extension(asn1::id_ce_subjectAltName);
  if (held == nullptr || find_extension(out.extensions, asn1::id_ce_subjectAltName) != nullptr) return;
  if (!out.extensions) out.extensions.emplace();
  out.extensions->push_back(*held);
  out.request.extensions = &*out.extensions;
}

std::optional<Refusal> check_key(Authorised& authorised, const RequestPolicy& policy, Trail& trail) {
  constexpr std::string_view field = "body.certTemplate.publicKey";
  if (!policy.configuration.refuse_used_keys || authorised.public_key.empty()) return {};
  const Bytes key[] = {authorised.public_key};
  const auto digest = policy.environment.crypto.hash(identifier_of(Digest::sha256), key);
  if (!digest) return fail(unavailable(field, digest.error().text), trail);
  const auto certificates = policy.store.certificates_for(*digest);
  if (!certificates) return fail(unavailable(field, certificates.error().text), trail);
  for (const auto& certificate : *certificates)
    if (certificate.status != IssuedCertificate::Status::rejected)
      return fail(rules::R_09, field, "a certificate for this key was issued before", trail);
  authorised.expectations.push_back({Expectation::Of::key, *digest, certificates->size()});
  return {};
}

/// certProfile of the header goes before that of the endpoint, and without both the permission's first one counts.
std::optional<Refusal> choose_profile(const Admitted& operation, std::size_t index, Authorised& out, Trail& trail) {
  out.profile = profile_of(operation.header(), index);
  if (out.profile.empty()) out.profile = operation.profile;
  const auto& allowed = operation.permission->profiles;
  if (allowed.empty()) return {};
  if (out.profile.empty()) out.profile = allowed.front();
  if (std::find(allowed.begin(), allowed.end(), out.profile) != allowed.end()) return {};
  return fail(rules::V_37, "header.generalInfo",
              "this credential may not ask for certificates of the profile " + out.profile, trail);
}

/// R-01, RFC 9810 Section 5.2.1: within one message each certReqId names one request.
std::optional<Refusal> check_request_id(const Admitted& operation, std::size_t index, Trail& trail) {
  for (std::size_t other = 0; other < index; ++other)
    if (request_id(operation.body(), other) == request_id(operation.body(), index))
      return fail(rules::R_01, "body.certReqId", "two requests have the same certReqId", trail);
  return {};
}

}  // namespace

std::optional<Refusal> take_request(const Admitted& operation, std::size_t index, const Crypto& crypto, Authorised& out,
                                    Trail& trail) {
  const PKIBody& body = operation.body();
  if (const auto* csr = body.get<PKIBody::p10cr>()) {
    if (auto refusal = take_certification_request(*csr, out, trail)) return refusal;
    return check_possession(*csr, crypto, trail);
  }
  const asn1::CertReqMsg& request = (*body.cert_requests())[index];
  take_template(request.certReq, out);
  if (auto refusal = check_no_other_request(request, trail)) return refusal;
  if (auto refusal = check_request_id(operation, index, trail)) return refusal;
  if (asks_for_key(request)) return {};
  return check_possession_or_ra(request, operation, crypto, trail);
}

std::optional<Refusal> describe_request(const Admitted& operation, std::size_t index, Authorised& out, Trail& trail) {
  if (auto refusal = choose_profile(operation, index, out, trail)) return refusal;
  out.request.type = operation.body().type();
  out.request.public_key = out.public_key;
  out.request.certification_request = out.certification_request;
  out.request.profile = out.profile;
  out.request.requester = &operation.sender().requester;
  out.request.transaction_id = *operation.header().transactionID;
  out.request.cert_req_id = request_id(operation.body(), index);
  out.request.holder = operation.from.sender_key;
  out.request.extensions = out.extensions ? &*out.extensions : nullptr;
  out.request.validity = out.validity ? &*out.validity : nullptr;
  if (operation.body().type() != PKIBody::kur)
    if (auto refusal = check_subject(operation, out, trail)) return refusal;
  return {};
}

std::optional<Refusal> authorise(const Admitted& operation, std::size_t index, const RequestPolicy& policy,
                                 Authorised& out, Trail& trail) {
  const PKIBody& body = operation.body();
  if (auto refusal = take_request(operation, index, policy.environment.crypto, out, trail)) return refusal;
  const auto* requests = body.cert_requests();
  if (requests != nullptr && asks_for_key((*requests)[index]))
    if (auto refusal = check_key_wish(operation, (*requests)[index], policy, trail)) return refusal;
  if (auto refusal = describe_request(operation, index, out, trail)) return refusal;
  if (body.type() == PKIBody::kur) {
    if (auto refusal = check_key_update(operation, index, out, policy, trail)) return refusal;
    keep_alt_name(*operation.sender().certificate, out);
    out.request.old_certificate = operation.sender().requester.identity;
  }
  return check_key(out, policy, trail);
}

}  // namespace cmpkit::cmp
