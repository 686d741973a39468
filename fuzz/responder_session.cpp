// A responder under a script of calls: honest clients of every operation that are answered or made to wait, messages
// damaged on their way, nested by an RA, messages that a credential holder made wrong on purpose, raw octets, passing
// time. Every answer is a PKIMessage, and what nobody protected is granted nothing.
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/inquiry.h"
#include "cmpkit/cmp/revocation.h"
#include "fuzz/mutated_message.h"
#include "tests/simulation/seeded_random.h"
#include "tests/support/nesting.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::approving, test::batch_of, test::ra_credential, test::ra_permission;

namespace {

test::World& world() {
  static test::World the_world("ed25519");
  return the_world;
}

/// Delays what the script says.
class Slow final : public DelayPolicy {
 public:
  std::optional<std::chrono::seconds> delay(asn1::PKIBody::Type, unsigned polls) override {
    return polls < polls_wanted ? std::optional(std::chrono::seconds{1}) : std::nullopt;
  }
  unsigned polls_wanted = 0;
};

void check(Bytes answer) {
  if (!asn1::decode<asn1::PKIMessage>(answer)) __builtin_trap();
}

Environment environment(Random& random) { return {world().clock, random, botan_crypto()}; }

/// Puts the message, which may be none, into nested messages as an RA does, some of them of who is none.
Octets nested(fuzz::Script& script, Octets message) {
  static const SignatureCredential ra = ra_credential(world()), nobody = world().vendor_credential();
  for (std::size_t depth = script.below(4); depth-- > 0;) {
    const Credential signer = script.below(8) == 0 ? nobody : ra;
    const bool approves = script.below(2) == 0 && asn1::decode<asn1::PKIMessage>(message);
    const std::vector<Octets> batch(script.below(3) + 1, message);
    message = approves ? approving(world(), signer, message) : batch_of(world(), signer, batch);
  }
  return message;
}

/// A client of the kind that the script chooses. `device`: the credential of an enrolled one; empty before.
std::unique_ptr<Operation> new_client(fuzz::Script& script, Random& random, const SignatureCredential& device) {
  const SecretCredential secret = world().secret_credential({MacMethod::Kind::pbm, 100});
  const std::size_t kind = script.below(4);
  if (kind == 0 && device.signer) {
    RevocationOptions options;
    options.credential = device;
    options.trust = world().devices.get();
    options.reason = static_cast<asn1::CRLReason::Value>(script.below(7));
    return std::make_unique<Revocation>(Revocation::create(std::move(options), environment(random)).value());
  }
  if (kind == 1) {
    InquiryOptions options;
    options.credential = secret;
    options.question = ask_for(asn1::id_it_caCerts);
    return std::make_unique<Inquiry>(Inquiry::create(std::move(options), environment(random)).value());
  }
  EnrollmentOptions options = world().options(secret);
  options.implicit_confirm = script.below(2) == 0;
  if (kind == 2 && device.signer) {
    options.type = asn1::PKIBody::kur;
    options.credential = device;
    options.subject.clear();
  }
  return std::make_unique<Enrollment>(Enrollment::create(std::move(options), environment(random)).value());
}

SignatureCredential enrolled() {
  EnrollmentOptions options = world().options(world().secret_credential({MacMethod::Kind::pbm, 100}));
  const auto key = options.new_key;
  const Outcome outcome = world().run(std::move(options));
  return outcome.success ? SignatureCredential{key, {outcome.certificate, world().ca.certificate}}
                         : SignatureCredential{};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Script script({data, size});
  Slow slow;
  world().clock = test::FixedClock();
  world().store = memory_store();
  auto configuration = world().configuration();
  configuration.delay = &slow;
  configuration.permissions.push_back(ra_permission({asn1::PKIBody::ir, asn1::PKIBody::kur}));
  for (auto& permission : configuration.permissions)
    permission.approved = !permission.on_behalf && script.below(4) == 3;
  configuration.several_per_message = script.below(2) == 0;
  world().use(std::move(configuration));
  simulation::SeededRandom random(1);
  SignatureCredential device;
  if (script.below(2) == 0) device = enrolled();
  std::unique_ptr<Operation> client;
  Octets message;
  for (int calls = 0; calls < 14 && !script.is_over(); ++calls) {
    switch (script.below(8)) {
      case 0:
        client = new_client(script, random, device);
        message = client->start().send.value_or(Octets{});
        break;
      case 1:
        if (client && !message.empty()) {
          Output output = client->receive(world().responder->respond(message).octets);
          if (output.wake_at) {
            world().clock.advance(std::max(*output.wake_at - world().clock.now(), std::chrono::seconds{0}));
            output = client->wake();
          }
          message = output.send.value_or(Octets{});
        }
        break;
      case 2:
        if (!message.empty())
          check(world().responder->respond(fuzz::mutated_message(message, world(), script, false)).octets);
        break;
      case 3:
        if (!message.empty())
          check(world().responder->respond(fuzz::mutated_message(message, world(), script, true)).octets);
        break;
      case 4:
        world().clock.advance(std::chrono::seconds{script.below(600)});
        world().responder->expire();
        break;
      case 5:
        slow.polls_wanted = static_cast<unsigned>(script.below(3));
        break;
      case 6:
        check(world().responder->respond(script.rest(script.below(300))).octets);
        break;
      default: {
        const Octets inner = script.below(2) == 0 ? message : copy_of(script.rest(script.below(60)));
        Octets whole = nested(script, inner.empty() ? Octets{0x30, 0x00} : inner);
        if (script.below(4) == 0) whole[script.below(whole.size())] ^= 1;
        check(world().responder->respond(whole).octets);
      }
    }
  }
  return 0;
}
