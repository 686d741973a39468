// ir, cr, kur and p10cr: the authority decides, and ip, cp or kup tells (RFC 9483 Section 5.1.1).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmp/responder/bodies.h"
#include "cmp/responder/engine.h"
#include "cmp/responder/key_generation.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

void add_rejection(std::int64_t cert_req_id, const Refusal& refusal, Response& answer, asn1::CertRepMessage& content) {
  auto& response = content.response.emplace_back();
  response.certReqId = cert_req_id;
  response.status = rejection(refusal, answer.storage);
  answer.refusal = refusal;
}

/// What the client is told of how its certificate differs from what it asked for; empty: it does not.
std::string note_of(const Granted& granted, const Authorised& authorised) {
  std::vector<std::string_view> notes;
  if (authorised.subject_mapped) notes.emplace_back("the subject is the one that this requester gets here");
  if (authorised.changed_by_policy) notes.emplace_back("it is what the policy here allows");
  if (granted.modified)
    notes.push_back(granted.note.empty() ? std::string_view("it differs from the request") : granted.note);
  return fmt::format("{}", fmt::join(notes, "; "));
}

}  // namespace

Performed Responder::Engine::perform_enrollment(const Admitted& operation, Reply& reply) {
  const auto& message = operation.request;
  auto refusal = configuration_.several_per_message ? std::nullopt : check_message(message, Stage::single, reply.trail);
  if (!refusal && !configuration_.key_generation) refusal = check_message(message, Stage::own_key, reply.trail);
  if (!refusal && !(configuration_.key_generation && configuration_.key_generation->any_pvno))
    refusal = check_message(message, Stage::pvno, reply.trail);
  if (!refusal) refusal = check_message(message, Stage::body, reply.trail);
  if (refusal) return all_rejected(message.body, *refusal);

  const RequestPolicy policy{configuration_, authority_, store_, environment_};
  const std::size_t count = request_count(message.body);
  std::vector<Authorised> authorised(count);
  std::vector<std::optional<Refusal>> refusals(count);
  for (std::size_t i = 0; i < count; ++i) refusals[i] = authorise(operation, i, policy, authorised[i], reply.trail);
  const bool something_left = std::ranges::any_of(refusals, [](const auto& each) { return !each; });
  if (something_left)  // DL-07, RFC 9483 Section 5.1.5: only what is right is delayed
    if (auto waiting = delay(operation)) return std::move(*waiting);

  std::vector<Decision> decisions;
  for (std::size_t i = 0; i < count; ++i) {
    decisions.push_back(refusals[i] ? Decision(*refusals[i]) : decide(operation, i, authorised[i], reply));
    if (auto* waiting = std::get_if<Waiting>(&decisions.back())) return std::move(*waiting);
  }
  return decided(operation, authorised, std::move(decisions));
}

/// The policy first, then the authority.
Decision Responder::Engine::decide(const Admitted& operation, std::size_t index, Authorised& authorised, Reply& reply) {
  if (auto decided = ask_policy(operation, authorised)) return std::move(*decided);
  const auto* requests = operation.body().cert_requests();
  if (requests != nullptr && asks_for_key((*requests)[index])) {
    const RequestPolicy policy{configuration_, authority_, store_, environment_};
    if (auto refusal = generate_key(operation, (*requests)[index], policy, authorised, reply.trail))
      return std::move(*refusal);
  }
  return authority_.issue(authorised.request, now());
}

Response Responder::Engine::decided(const Admitted& operation, std::span<const Authorised> authorised,
                                    std::vector<Decision> decisions) {
  Response answer;
  asn1::CertRepMessage content;
  const bool implicit = configuration_.grant_implicit_confirm && asks_implicit_confirm(operation.header());
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (const auto* refusal = std::get_if<Refusal>(&decisions[i])) {
      add_rejection(request_id(operation.body(), i), *refusal, answer, content);
      if (authorised[i].granted_by_policy)
        tell_policy(operation, PolicyOutcome::Kind::refused, answer, {}, {}, refusal->text);
      continue;
    }
    tell_policy(operation, implicit ? PolicyOutcome::Kind::confirmed : PolicyOutcome::Kind::issued, answer,
                std::get<Granted>(decisions[i]).certificate);
    add_granted(operation, authorised[i], std::get<Granted>(std::move(decisions[i])), implicit, answer, content);
  }
  set_response(answer.body, operation.body().type()) = std::move(content);
  if (answer.granted.empty()) return answer;
  if (operation.body().type() == PKIBody::kur) add_update(operation, implicit, answer);
  if (implicit) {  // H-81, RFC 9483 Section 4.1.1
    answer.general_info.push_back(
        {asn1::id_it_implicitConfirm, asn1::Any{answer.storage.keep(asn1::encode(asn1::Null{}))}});
    return answer;
  }
  answer.state = Transaction::State::awaiting_confirmation;
  answer.confirm_by = now() + configuration_.confirm_wait;
  answer.general_info.push_back(  // H-82, RFC 9483 Section 4.1.1
      {asn1::id_it_confirmWaitTime,
       asn1::Any{answer.storage.keep(asn1::encode(asn1::GeneralizedTime{*answer.confirm_by}))}});
  return answer;
}

void Responder::Engine::add_granted(const Admitted& operation, const Authorised& authorised, Granted granted,
                                    bool implicit, Response& answer, asn1::CertRepMessage& content) const {
  auto& response = content.response.emplace_back();
  response.certReqId = authorised.request.cert_req_id;
  if (std::string note = note_of(granted, authorised); !note.empty()) {
    response.status.status = asn1::PKIStatus::grantedWithMods;
    response.status.statusString.emplace().push_back({answer.storage.keep(std::string_view(note))});
  }
  auto& pair = response.certifiedKeyPair.emplace();
  pair.certOrEncCert.value = asn1::CMPCertificate{answer.storage.keep_copy(granted.certificate)};
  if (!authorised.key_package.empty())  // G-03
    pair.privateKey.emplace().value.emplace<asn1::EncryptedKey::envelopedData>(
        asn1::decode<asn1::EnvelopedData>(answer.storage.keep_copy(authorised.key_package)).value());
  if (operation.body().type() == PKIBody::ir && !granted.ca_pubs.empty() && !content.caPubs)
    for (auto& pubs = content.caPubs.emplace(); const Octets& anchor : granted.ca_pubs)
      pubs.push_back({answer.storage.keep_copy(anchor)});
  answer.certificates.insert(answer.certificates.end(), granted.chain.begin(), granted.chain.end());  // P-07
  auto& expectations = answer.expectations;
  expectations.insert(expectations.end(), authorised.expectations.begin(), authorised.expectations.end());
  expectations.insert(expectations.end(), granted.expectations.begin(), granted.expectations.end());
  answer.granted.push_back({authorised.request.cert_req_id, granted.certificate});
  using Status = IssuedCertificate::Status;
  answer.certificates_changed.push_back(
      issued(operation, authorised, std::move(granted), implicit ? Status::valid : Status::unconfirmed));
}

/// The certificate that a kur updates: until the new one is confirmed it blocks a second update, then it is replaced.
void Responder::Engine::add_update(const Admitted& operation, bool implicit, Response& answer) const {
  IssuedCertificate old = *operation.from.own;
  answer.updates = old.serial;
  if (implicit) {
    old.status = IssuedCertificate::Status::updated;
    old.status_since = now();
  } else {
    old.update_until = now() + configuration_.confirm_wait;
  }
  answer.certificates_changed.push_back(std::move(old));
}

IssuedCertificate Responder::Engine::issued(const Admitted& operation, const Authorised& authorised, Granted granted,
                                            IssuedCertificate::Status status) const {
  IssuedCertificate out;
  out.profile = granted.profile.empty() ? authorised.profile : std::move(granted.profile);
  out.request = copy_of(operation.octets());
  out.holder = operation.from.sender_key;
  out.status = status;
  out.status_since = now();
  if (const auto decoded = asn1::decode<asn1::Certificate>(granted.certificate)) {
    const Octets public_key = asn1::encode(decoded->tbsCertificate.subjectPublicKeyInfo);
    const Bytes key[] = {public_key};
    out.serial = copy_of(decoded->tbsCertificate.serialNumber.octets);
    out.key_digest = environment_.crypto.hash(identifier_of(Digest::sha256), key).value_or(Octets{});
    out.subject = subject_key(decoded->tbsCertificate.subject);
  }
  out.certificate = std::move(granted.certificate);
  return out;
}

}  // namespace cmpkit::cmp
