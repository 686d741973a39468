#include "cmp/responder/certificate_request.h"

#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmp/possession/signature_possession.h"
#include "cmp/responder/key_update.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

namespace {

using asn1::PKIBody;

std::optional<Refusal> fail(const Rule& rule, std::string_view field, std::string_view detail, Trail& trail) {
  Refusal refusal = refused(rule, field, detail);
  trail.failed(rule, field, refusal.text);
  return refusal;
}

void take_template(const asn1::CertRequest& request, Authorised& out) {
  const asn1::CertTemplate& wanted = request.certTemplate;
  out.cert_req_id = request.certReqId;
  out.request.subject = *wanted.subject;
  out.public_key = asn1::encode(*wanted.publicKey);
  out.extensions = wanted.extensions;
  out.request.validity = wanted.validity ? &*wanted.validity : nullptr;
}

/// The extensions that a PKCS #10 request asks for are the value of one attribute (RFC 2985 Section 5.4.2).
std::optional<Refusal> take_certification_request(const asn1::CertificationRequest& request, Authorised& out,
                                                  Trail& trail) {
  const auto& info = request.certificationRequestInfo;
  out.cert_req_id = -1;  // N-02, RFC 9483 Section 4.1.4
  out.request.subject = info.subject;
  out.public_key = asn1::encode(info.subjectPKInfo);
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

/// RFC 9483 Section 5.1.1: the subject asked for is the requester, where no policy says otherwise.
std::optional<Refusal> check_subject(const Authenticated& from, const Authorised& authorised,
                                     const ResponderConfiguration& configuration, Trail& trail) {
  constexpr std::string_view field = "body.certTemplate.subject";
  const Requester& requester = from.sender.requester;
  const bool by_secret = requester.kind == Requester::Kind::secret;
  const auto binding = by_secret ? configuration.secret_subject : configuration.certificate_subject;
  if (binding == SubjectBinding::same) {
    const auto cn = by_secret ? asn1::last_attribute(authorised.request.subject, asn1::id_at_commonName) : std::nullopt;
    const bool same = by_secret ? cn && same_octets(bytes_of(*cn), requester.identity)
                                : asn1::same_name(authorised.request.subject, requester.subject);
    if (!same)
      return fail(rules::R_07, field, "this credential may ask for a certificate of its own subject only", trail);
  }
  trail.passed(rules::R_07, field);
  return {};
}

/// K-02: a key update that does not name the subjectAltName keeps the old one.
void keep_alt_name(const CertificateView& old, Authorised& out) {
  const auto* held = old.extension(asn1::id_ce_subjectAltName);
  if (held == nullptr || find_extension(out.extensions, asn1::id_ce_subjectAltName) != nullptr) return;
  if (!out.extensions) out.extensions.emplace();
  out.extensions->push_back(*held);
}

std::optional<Refusal> check_key(const Authorised& authorised, const RequestPolicy& policy, Trail& trail) {
  constexpr std::string_view field = "body.certTemplate.publicKey";
  if (!policy.configuration.refuse_used_keys) return {};
  const Bytes key[] = {authorised.public_key};
  const auto digest = policy.environment.crypto.hash(identifier_of(Digest::sha256), key);
  const auto used = digest ? policy.store.key_in_use(*digest)
                           : tl::expected<bool, StoreError>(tl::unexpected(StoreError{digest.error().text}));
  if (!used) return fail(rules::E_30, field, used.error().text, trail);
  if (*used) return fail(rules::R_09, field, "a certificate for this key was issued before", trail);
  return {};
}

}  // namespace

std::optional<Refusal> authorise(const Authenticated& from, std::string_view endpoint_profile,
                                 const RequestPolicy& policy, Authorised& out, Trail& trail) {
  const PKIBody& body = from.body();
  out.cert_req_id = body.type() == PKIBody::p10cr ? -1 : 0;
  if (auto refusal = check_message(from.received.message, Stage::body, trail)) return refusal;

  if (const auto* csr = body.get<PKIBody::p10cr>()) {
    if (auto refusal = take_certification_request(*csr, out, trail)) return refusal;
    if (auto refusal = check_possession(*csr, policy.environment.crypto, trail)) return refusal;
  } else {
    const asn1::CertReqMsg& request = body.cert_requests()->front();
    take_template(request.certReq, out);
    if (auto refusal = check_possession(request, policy.environment.crypto, trail)) return refusal;
  }
  out.profile = profile_of(from.header());
  if (out.profile.empty()) out.profile = endpoint_profile;
  out.request.type = body.type();
  out.request.public_key = out.public_key;
  out.request.profile = out.profile;
  out.request.requester = &from.sender.requester;

  if (body.type() == PKIBody::kur) {
    if (auto refusal = check_key_update(from, out, policy, trail)) return refusal;
    keep_alt_name(*from.sender.certificate, out);
    out.request.old_certificate = from.sender.requester.identity;
  } else if (auto refusal = check_subject(from, out, policy.configuration, trail)) {
    return refusal;
  }
  out.request.extensions = out.extensions ? &*out.extensions : nullptr;
  return check_key(out, policy, trail);
}

}  // namespace cmpkit::cmp
