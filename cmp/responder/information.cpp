// genm: questions are answered by the sources that know their types (RFC 9483 Section 5.1.4, RFC 9810 Section 5.3.19).
#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmp/responder/engine.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

InformationSource* source_of(const std::vector<InformationSource*>& sources, asn1::Oid type) {
  for (InformationSource* source : sources)
    for (const asn1::Oid each : source->types())
      if (each == type) return source;
  return nullptr;
}

void add(std::vector<Information> known, Response& answer, asn1::GenRepContent& content) {
  for (Information& each : known) {
    asn1::InfoTypeAndValue item{asn1::Oid{answer.storage.keep_copy(each.type.octets)}, {}};
    if (each.value) item.infoValue = asn1::Any{answer.storage.keep(std::move(*each.value))};
    content.push_back(item);
  }
}

/// S-02: what was not understood.
Information unsupported(const std::vector<asn1::Oid>& types) {
  asn1::UnsupportedOIDsValue value;
  value.assign(types.begin(), types.end());
  return {asn1::id_it_unsupportedOIDs, asn1::encode(value)};
}

}  // namespace

Performed Responder::Engine::perform_information(const Admitted& operation, Reply& reply) {
  if (!configuration_.several_per_message)
    if (auto refusal = check_message(operation.request, Stage::single, reply.trail)) return std::move(*refusal);
  std::string profile = profile_of(operation.header());
  if (profile.empty()) profile = operation.profile;
  const auto& questions = *operation.body().get<PKIBody::genm>();
  PolicyQuestion about;
  if (!questions.empty()) about.information = questions.front().infoType;
  PolicyDecision decision = ask_policy(operation, about);
  if (auto* refusal = std::get_if<Refusal>(&decision)) return std::move(*refusal);
  if (auto* waiting = std::get_if<Waiting>(&decision)) return std::move(*waiting);
  if (const auto& granted = std::get<PolicyGrant>(decision); !granted.profile.empty()) profile = granted.profile;
  const auto ask = [&](InformationSource& source, asn1::Oid type, const asn1::Any* value) {
    return source.answer({type, value, profile, &operation.sender().requester}, now());
  };

  Response answer;
  answer.is_stored = false;
  asn1::GenRepContent content;
  std::vector<asn1::Oid> unknown;
  for (const auto& question : questions) {
    InformationSource* source = source_of(configuration_.information, question.infoType);
    if (source == nullptr) {
      unknown.push_back(question.infoType);
      continue;
    }
    auto told = ask(*source, question.infoType, question.infoValue ? &*question.infoValue : nullptr);
    if (auto* refusal = std::get_if<Refusal>(&told)) return std::move(*refusal);
    if (auto* waiting = std::get_if<Waiting>(&told)) return std::move(*waiting);
    add(std::get<std::vector<Information>>(std::move(told)), answer, content);
  }
  if (questions.empty())  // tell all there is
    for (InformationSource* source : configuration_.information)
      for (const asn1::Oid type : source->types())
        if (source->is_general(type))
          if (auto told = ask(*source, type, nullptr); auto* known = std::get_if<std::vector<Information>>(&told))
            add(std::move(*known), answer, content);
  if (auto waiting = delay(operation)) return std::move(*waiting);
  if (!unknown.empty()) add({unsupported(unknown)}, answer, content);
  answer.body.set<PKIBody::genp>() = std::move(content);
  tell_policy(operation, PolicyOutcome::Kind::answered, answer);
  return answer;
}

}  // namespace cmpkit::cmp
