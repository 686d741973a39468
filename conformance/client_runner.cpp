#include "conformance/client_runner.h"

#include <fmt/format.h>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/enrollment.h"
#include "cmpkit/cmp/inquiry.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/revocation.h"
#include "conformance/changed_answer.h"
#include "conformance/stranger.h"

namespace cmpkit::conformance {
namespace {

using asn1::PKIBody;

PKIBody::Type type_of(Errand errand) {
  switch (errand) {
    case Errand::ir:
      return PKIBody::ir;
    case Errand::cr:
      return PKIBody::cr;
    case Errand::p10cr:
      return PKIBody::p10cr;
    case Errand::kur:
      return PKIBody::kur;
    case Errand::rr:
      return PKIBody::rr;
    case Errand::ca_certs:
    case Errand::root_update:
      break;
  }
  return PKIBody::genm;
}

Octets certification_request(const cmp::Signer& key, Bytes subject) {
  asn1::CertificationRequest request;
  request.certificationRequestInfo.subject = {subject};
  request.certificationRequestInfo.subjectPKInfo = asn1::decode<asn1::SubjectPublicKeyInfo>(key.public_key()).value();
  const Octets info = asn1::encode(request.certificationRequestInfo);
  const Bytes pieces[] = {info};
  const Octets signature = key.sign(pieces).value();
  request.signatureAlgorithm = key.algorithm();
  request.signature.octets = signature;
  return asn1::encode(request);
}

std::string types_text(const std::vector<PKIBody::Type>& types) {
  std::string out;
  for (const auto type : types) out += fmt::format("{}{}", out.empty() ? "" : ", ", asn1::name_of(type));
  return out;
}

std::vector<PKIBody::Type> types_of(const std::vector<Reply>& messages) {
  std::vector<PKIBody::Type> out;
  for (const Reply& message : messages) out.push_back(message->body.type());
  return out;
}

std::string text_of(const ClientCase& wanted) {
  if (wanted.answer == 0) return "every answer as it is";
  std::string out = fmt::format("answer {}", wanted.answer);
  for (const Change* change : wanted.changes)
    out += fmt::format("{} {}", change == wanted.changes.front() ? "" : ",", change->name);
  return out;
}

std::string outcome_text(const ClientRun& run) {
  return fmt::format("{} after {}: {}", run.outcome.success ? "success" : "failure", types_text(types_of(run.sent)),
                     run.outcome.text);
}

}  // namespace

Fault judge(const ClientExpectation& expectation, const ClientRun& run) {
  const bool wants_success = expectation.ending == ClientExpectation::Ending::success;
  if (run.outcome.success != wants_success) return wants_success ? "the operation failed" : "the operation succeeded";
  const auto* broken = run.outcome.refusal ? run.outcome.refusal->rule : nullptr;
  if (!wants_success && expectation.broken != broken)
    return fmt::format("it failed by {}", broken != nullptr ? broken->id : "the server's word");
  if (!expectation.sent.empty() && types_of(run.sent) != expectation.sent)
    return "it sent " + types_text(types_of(run.sent));
  return expectation.also != nullptr ? expectation.also(run) : Fault{};
}

std::string text_of(const ClientExpectation& expectation) {
  std::string out = expectation.ending == ClientExpectation::Ending::success ? "success" : "failure";
  if (expectation.broken != nullptr) out += fmt::format(" by {}", expectation.broken->id);
  if (!expectation.sent.empty()) out += " after " + types_text(expectation.sent);
  return out;
}

ClientRunner::ClientRunner(const Peer& honest)
    : honest_(honest),
      key_(cmp::PrivateKey::generate("ec:P-256").value().signer().value()),
      stranger_(make_stranger(honest.environment)) {}

std::string ClientRunner::missing(const ClientCase& wanted) const {
  if (wanted.by == By::secret ? !honest_.secret : !honest_.certificate) return "there is no credential for it";
  return wanted.delayed && !honest_.has(feature::delay_ends) ? "the server has no delay-ends" : "";
}

tl::expected<cmp::Credential, std::string> ClientRunner::credential(By by) {
  if (by == By::secret) return *honest_.secret;
  if (by != By::issued) return *honest_.certificate;
  ClientCase enrolment;
  enrolment.errand = Errand::ir;
  auto operation = make_enrollment(enrolment, *honest_.certificate);
  if (!operation) return tl::unexpected(operation.error());
  const auto run = play(enrolment, **operation);
  if (!run) return tl::unexpected(run.error());
  if (!run->outcome.success) return tl::unexpected("there is no certificate to begin with: " + run->outcome.text);
  cmp::SignatureCredential issued{key_, {run->outcome.certificate}};
  issued.chain.insert(issued.chain.end(), run->outcome.chain.begin(), run->outcome.chain.end());
  return issued;
}

ClientRunner::Made ClientRunner::make_enrollment(const ClientCase& wanted, cmp::Credential credential) {
  cmp::EnrollmentOptions options;
  options.type = type_of(wanted.errand);
  options.credential = std::move(credential);
  options.trust = honest_.trust;
  options.recipient = honest_.recipient;
  options.implicit_confirm = wanted.implicit;
  if (wanted.delayed) options.profile = honest_.delaying;
  if (wanted.errand != Errand::kur) options.subject = honest_.subject;
  if (wanted.errand == Errand::p10cr)
    options.certification_request = certification_request(*key_, honest_.subject);
  else
    options.new_key = key_;
  return cmp::Enrollment::create(std::move(options), honest_.environment).map([](cmp::Enrollment made) {
    return std::unique_ptr<cmp::Operation>(new cmp::Enrollment(std::move(made)));
  });
}

ClientRunner::Made ClientRunner::make(const ClientCase& wanted) {
  auto own = credential(wanted.by);
  if (!own) return tl::unexpected(own.error());
  const auto fill = [&](cmp::ClientOptions& options) {
    options.credential = std::move(*own);
    options.trust = honest_.trust;
    options.recipient = honest_.recipient;
  };
  if (wanted.errand == Errand::rr) {
    cmp::RevocationOptions options;
    fill(options);
    return cmp::Revocation::create(std::move(options), honest_.environment).map([](cmp::Revocation made) {
      return std::unique_ptr<cmp::Operation>(new cmp::Revocation(std::move(made)));
    });
  }
  if (type_of(wanted.errand) != PKIBody::genm) return make_enrollment(wanted, std::move(*own));
  cmp::InquiryOptions options;
  fill(options);
  options.question =
      wanted.errand == Errand::root_update ? cmp::ask_for_root_update(honest_.root) : cmp::ask_for(asn1::id_it_caCerts);
  return cmp::Inquiry::create(std::move(options), honest_.environment).map([](cmp::Inquiry made) {
    return std::unique_ptr<cmp::Operation>(new cmp::Inquiry(std::move(made)));
  });
}

tl::expected<ClientRun, std::string> ClientRunner::play(const ClientCase& wanted, cmp::Operation& operation) {
  ClientRun run;
  cmp::Output output = operation.start();
  for (int turns = 0; turns < 20 && !output.done; ++turns) {
    if (output.wake_at) {
      honest_.wait(std::max(*output.wake_at - honest_.environment.clock.now(), std::chrono::seconds{0}));
      output = operation.wake();
      continue;
    }
    run.sent.push_back(Reply::decode(*output.send).value());
    auto answer = honest_.post({}, *output.send);
    if (!answer) return tl::unexpected(answer.error().text);
    if (++run.answers == wanted.answer) {
      AnswerContext context{stranger_, copy_of(*run.sent.front()->header.senderNonce), {}};
      auto changed = changed_answer(honest_, std::move(answer->body), wanted.changes, std::move(context));
      if (!changed) return tl::unexpected(changed.error());
      answer->body = std::move(*changed);
    }
    output = operation.receive(answer->body);
    if (auto decoded = Reply::decode(std::move(answer->body))) run.received.push_back(std::move(*decoded));
  }
  if (!output.done) return tl::unexpected<std::string>("the client does not come to an end");
  run.outcome = std::move(*output.done);
  return run;
}

CaseResult ClientRunner::run(const ClientCase& wanted) {
  CaseResult result{
      std::string("client: ") + std::string(wanted.name), wanted.rules, Verdict::skipped, missing(wanted), {}};
  if (!result.reason.empty()) return result;
  result.verdict = Verdict::failed;
  const auto operation = make(wanted);
  const auto run = operation ? play(wanted, **operation) : tl::unexpected(operation.error());
  if (!run) {
    result.reason = run.error();
    return result;
  }
  Said& said = result.said.emplace_back();
  said.sent = text_of(wanted);
  said.expected = text_of(wanted.expectation);
  said.received = outcome_text(*run);
  said.fault = result.reason = judge(wanted.expectation, *run);
  if (result.reason.empty()) result.verdict = Verdict::passed;
  for (const AnswerCheck& made : check_client_messages(*run, honest_)) tally_.add(made, wanted.name);
  return result;
}

}  // namespace cmpkit::conformance
