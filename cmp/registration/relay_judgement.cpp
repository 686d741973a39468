// Whether a request may go on, and how: the protocol's checks, then the policy (RFC 9483 Sections 5.1.1 and 5.2.3).
#include <algorithm>

#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmp/registration/relay_engine.h"
#include "cmp/responder/key_generation.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

/// An rp that refuses (E-10).
Response revocation_refused(const Refusal& refusal) {
  Response answer;
  answer.body.set<PKIBody::rp>().status.push_back(rejection(refusal, answer.storage));
  answer.refusal = refusal;
  return answer;
}

asn1::CRLReason::Value reason_in(const asn1::RevDetails& details) {
  const auto* extension = find_extension(details.crlEntryDetails, asn1::id_ce_cRLReasons);
  const auto reason =
      extension == nullptr ? std::nullopt : std::optional(asn1::decode<asn1::CRLReason>(extension->extnValue));
  return reason && *reason ? static_cast<asn1::CRLReason::Value>((*reason)->value) : asn1::CRLReason::unspecified;
}

/// What the template says of the certificate is true of this one, and it says which it is: a serial number alone may be
/// that of another CA's certificate, which upstream would take for its own.
bool is_meant(const asn1::CertTemplate& wanted, const CertificateView& certificate) {
  if (!wanted.publicKey && !(wanted.serialNumber && wanted.issuer)) return false;
  return (!wanted.serialNumber || *wanted.serialNumber == certificate.serial()) &&
         (!wanted.issuer || asn1::same_name(*wanted.issuer, certificate.issuer())) &&
         (!wanted.publicKey || same_octets(asn1::encode(*wanted.publicKey), certificate.public_key()));
}

/// A key is asked for in it (RFC 9483 Section 4.1.6).
bool asks_for_central_key(const PKIBody& body) {
  const auto* requests = body.cert_requests();
  return requests != nullptr && std::ranges::any_of(*requests, asks_for_key);
}

bool contains_profile(const Admitted& operation, std::string_view profile) {
  return profile.empty() || profile_of(operation.header()) == profile;
}

/// What is judged is what upstream reads: where the protection stays, certProfile does, too, and goes before the URL's.
std::optional<Refusal> check_profile_stays(const Admitted& operation, const Passage& passage) {
  const std::string named = profile_of(operation.header());
  const std::string& wanted = passage.alterations.profile;
  if (passage.forwarding == Forwarding::replace || named.empty() || wanted.empty() || named == wanted) return {};
  return refused(rules::V_37, "header.generalInfo",
                 "such requests go on as they are, and only with the profile " + wanted,
                 asn1::PKIFailureInfo::notAuthorized);
}

}  // namespace

Relay::Engine::Verdict Relay::Engine::judge(const Admitted& operation, const Way& way, Reply& reply) {
  const PKIBody& body = operation.body();
  const auto in_body = [&](const Refusal& refusal) -> Verdict {  // E-10, E-11
    if (is_certificate_request(body.type())) return all_rejected(body, refusal);
    if (body.type() == PKIBody::rr) return revocation_refused(refusal);
    return refusal;
  };
  auto refusal = check_message(operation.request, Stage::single, reply.trail);
  if (!refusal) refusal = check_message(operation.request, Stage::body, reply.trail);

  PolicyQuestion question;
  question.type = body.type();
  question.requester = &operation.sender().requester;
  question.permission = operation.permission;
  question.transaction_id = *operation.header().transactionID;
  Passage passage = passage_of(operation, way);
  Authorised asked;
  RevocationWish wish;
  if (!refusal && is_certificate_request(body.type())) {
    refusal = take_request(operation, 0, environment_.crypto, asked, reply.trail);
    if (!refusal) refusal = describe_request(operation, 0, asked, reply.trail);     // bound to who asks
    question.certificate = &asked.request;
    if (asked.subject_mapped) passage.alterations.subject = asked.subject;
    if (!contains_profile(operation, asked.profile) && passage.alterations.profile.empty())
      passage.alterations.profile = asked.profile;
    if (!refusal) refusal = check_profile_stays(operation, passage);
  }
  if (!refusal && body.type() == PKIBody::rr) {
    refusal = check_revocation(operation, wish, reply.trail);
    question.revocation = &wish;
  }
  if (refusal) return in_body(*refusal);
  if (const auto* questions = body.get<PKIBody::genm>(); questions != nullptr && !questions->empty())
    question.information = questions->front().infoType;

  PolicyDecision decision =
      configuration_.policy == nullptr ? PolicyDecision(PolicyGrant{}) : configuration_.policy->decide(question, now());
  if (auto* waiting = std::get_if<Waiting>(&decision)) return std::move(*waiting);
  if (auto* no = std::get_if<Refusal>(&decision)) return in_body(*no);
  if (auto unfit = apply(std::get<PolicyGrant>(decision), operation, passage)) return in_body(*unfit);
  return passage;
}

/// the protection of a kur, and where a key is asked for, stays, and our approval goes around it.
Passage Relay::Engine::passage_of(const Admitted& operation, const Way& way) {
  const Route& route = *way.route;
  Passage passage;
  passage.forwarding = route.forwarding;
  const auto& body = operation.body();
  const bool bound = body.type() == PKIBody::kur || asks_for_central_key(body);
  if (bound && passage.forwarding == Forwarding::replace)
    passage.forwarding = way.peer->signer ? Forwarding::add : Forwarding::unchanged;
  passage.alterations.recipient = way.peer->settings->recipient;
  passage.alterations.profile = is_certificate_request(body.type()) ? route.profile : std::string();
  passage.alterations.ra_verified = route.ra_verified;
  passage.alterations.original = route.original;
  passage.alterations.from_ra = operation.permission->on_behalf;
  return passage;
}

/// What the policy wants otherwise than it was asked for goes only where we protect the message, and where it is
/// not signed by the requester (p10cr).
std::optional<Refusal> Relay::Engine::apply(const PolicyGrant& grant, const Admitted& operation, Passage& passage) {
  auto& altered = passage.alterations;
  if (grant.subject) altered.subject = *grant.subject;
  if (grant.extensions) altered.extensions = *grant.extensions;
  if (!grant.profile.empty()) altered.profile = grant.profile;
  const bool wants_change = grant.subject || grant.extensions || !grant.profile.empty();
  if (!wants_change && passage.forwarding != Forwarding::replace) altered.subject.reset();  // upstream maps it
  const bool in_template = altered.subject || altered.extensions;
  constexpr std::string_view field = "body.certTemplate";
  if (in_template && operation.body().type() == PKIBody::p10cr)
    return refused(rules::A_44, field, "what a PKCS #10 request asks for cannot be changed: ask for it by an ir or cr",
                   asn1::PKIFailureInfo::badCertTemplate);
  if (in_template && altered.extensions && !asn1::decode<asn1::Extensions>(*altered.extensions))
    return unavailable(field, "the policy's extensions are no Extensions");
  if (!wants_change || passage.forwarding == Forwarding::replace) return {};
  return unavailable(field,
                     "the policy changes what the message's own protection covers (A-04, A-41): its route has to "
                     "replace that protection");
}

/// where we replace the protection, or approve, upstream believes us that the requester may do this.
std::optional<Refusal> Relay::Engine::check_revocation(const Admitted& operation, RevocationWish& wish, Trail& trail) {
  constexpr std::string_view field = "body.rr.certDetails";
  const auto& requests = *operation.body().get<PKIBody::rr>();
  if (requests.empty()) return refused(rules::X_01, "body.rr", "there is no RevDetails");
  const asn1::CertTemplate& wanted = requests.front().certDetails;
  if (wanted.serialNumber) wish.serial = wanted.serialNumber->octets;
  if (wanted.issuer) wish.issuer = *wanted.issuer;
  wish.reason = reason_in(requests.front());
  const auto& certificate = operation.sender().certificate;
  const bool own = certificate && is_meant(wanted, *certificate);
  if (!own && !operation.permission->on_behalf) {
    trail.failed(rules::X_01, field, "");
    return refused(rules::X_01, field,
                   "the request is not signed with the certificate to be revoked, and the signer may not revoke for "
                   "others",
                   asn1::PKIFailureInfo::notAuthorized);
  }
  trail.passed(rules::X_01, field);
  return {};
}

}  // namespace cmpkit::cmp
