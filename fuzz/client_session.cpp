// A client under a script of answers, in each of its three operations: the right answer, the right one damaged, one
// that the server itself made wrong, another kind of answer, raw octets; and it is saved and gone on with, from its own
// octets or damaged ones. Where it says success it has what it asked for.
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/inquiry.h"
#include "cmpkit/cmp/revocation.h"
#include "fuzz/mutated_message.h"
#include "tests/simulation/seeded_random.h"
#include "tests/support/scripted_server.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using asn1::PKIBody;

namespace {

test::World& world() {
  static test::World the_world("ed25519");
  return the_world;
}

SecretCredential credential() { return world().secret_credential({MacMethod::Kind::pbm, 100}); }

/// What every operation is told, as the script says.
void fill(ClientOptions& options, fuzz::Script& script) {
  options.credential = credential();
  options.trust = world().devices.get();
  options.retry.later = static_cast<unsigned>(script.below(2));
  const std::size_t tolerated = script.below(4);
  for (const Deviation deviation : all_deviations())
    if (tolerated == 3) options.tolerance.allow(deviation);
}

/// One of the three, with the check of its success.
class Client {
 public:
  Client(fuzz::Script& script, const Environment& environment) : environment_(environment) {
    kind_ = script.below(3);
    enrolment_ = world().options(credential());
    enrolment_.implicit_confirm = script.below(2) == 0;
    enrolment_.ca_pubs = CaPubs::if_by_secret;
    revocation_.issuer = test::name("/O=Operator/CN=Issuing CA");
    revocation_.serial = {1};
    const asn1::Oid types[] = {asn1::id_it_caCerts, asn1::id_it_certReqTemplate, asn1::id_it_currentCRL,
                               asn1::id_it_signKeyPairTypes};
    inquiry_.question = script.below(5) == 0 ? ask_for_root_update(world().root.certificate)
                                             : ask_for(types[script.below(std::size(types))]);
    fill(enrolment_, script);
    fill(revocation_, script);
    fill(inquiry_, script);
    if (!make({})) __builtin_trap();
  }

  Operation& operation() { return *operation_; }
  /// Goes on from these octets, where they are taken.
  void resume(Bytes saved) { make(saved); }

  void check(const Outcome& outcome) const {
    if (!outcome.success || kind_ != 0) return;
    const auto certificate = CertificateView::decode(outcome.certificate);
    if (!certificate || !same_octets(certificate->public_key(), enrolment_.new_key->public_key())) __builtin_trap();
  }

 private:
  bool make(Bytes saved) {
    if (kind_ == 0)
      return take(saved.empty() ? Enrollment::create(enrolment_, environment_)
                                : Enrollment::resume(enrolment_, environment_, saved));
    if (kind_ == 1)
      return take(saved.empty() ? Revocation::create(revocation_, environment_)
                                : Revocation::resume(revocation_, environment_, saved));
    return take(saved.empty() ? Inquiry::create(inquiry_, environment_)
                              : Inquiry::resume(inquiry_, environment_, saved));
  }
  template <class Kind>
  bool take(tl::expected<Kind, std::string> made) {
    if (made) operation_ = std::make_unique<Kind>(std::move(*made));
    return made.has_value();
  }

  Environment environment_;
  std::size_t kind_ = 0;
  EnrollmentOptions enrolment_;
  RevocationOptions revocation_;
  InquiryOptions inquiry_;
  std::unique_ptr<Operation> operation_;
};

/// An answer that the server protects, of a kind that the script chooses.
Octets other_answer(Bytes request, fuzz::Script& script) {
  const test::ScriptedServer server(world(), credential());
  using asn1::PKIStatus;
  const auto status = static_cast<PKIStatus>(script.below(8));
  switch (script.below(4)) {
    case 0:
      return server.answer(request, test::error_body(PKIStatus::waiting));
    case 1:
      return server.answer(request, test::poll_response(static_cast<std::int64_t>(script.below(3)) - 1,
                                                        static_cast<std::int64_t>(script.below(1000))));
    case 2:
      return server.answer(request, test::revoked(status));
    default:
      return server.answer(request, test::error_body(status, static_cast<asn1::PKIFailureInfo::Bit>(script.below(27))));
  }
}

Octets answer_to(Bytes request, fuzz::Script& script) {
  Octets answer = world().responder->respond(request).octets;
  switch (script.below(5)) {
    case 0:
      return answer;
    case 1:
      return fuzz::mutated_message(answer, world(), script, false);
    case 2:
      return fuzz::mutated_message(answer, world(), script, true);
    case 3:  // a damaged state may have sent anything
      return asn1::decode<asn1::PKIMessage>(request) ? other_answer(request, script) : answer;
    default:
      return copy_of(script.rest(script.below(300)));
  }
}

Octets damaged(Octets saved, fuzz::Script& script) {
  if (!saved.empty()) saved[script.below(saved.size())] ^= static_cast<std::uint8_t>(1U << script.below(8));
  return saved;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Script script({data, size});
  world().clock = test::FixedClock();
  world().store = memory_store();
  world().use(world().configuration());
  simulation::SeededRandom random(1);
  Client client(script, {world().clock, random, botan_crypto()});
  Output output = client.operation().start();
  for (int calls = 0; calls < 16 && !output.done; ++calls) {
    const std::size_t reborn = script.below(4);
    if (reborn < 2) {
      const Octets saved = client.operation().save();
      client.resume(reborn == 0 ? saved : damaged(saved, script));
      output = client.operation().start();
      if (output.done) break;
    }
    if (output.wake_at) {
      const auto left = *output.wake_at - world().clock.now();
      if (left > std::chrono::years{1}) break;  // only a damaged state says so
      if (left.count() > 0) world().clock.advance(left);
      output = client.operation().wake();
    } else {
      output = client.operation().receive(answer_to(*output.send, script));
    }
  }
  if (output.done) client.check(*output.done);
  return 0;
}
