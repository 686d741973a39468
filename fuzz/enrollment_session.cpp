// A client under a script of answers: the right one, the right one damaged, one that the server itself made wrong, raw
// octets. It ends, and where it says success it has a certificate for its own key.
#include "fuzz/mutated_message.h"

using namespace cmpkit;
using namespace cmpkit::cmp;

namespace {

test::World& world() {
  static test::World the_world("ed25519");
  return the_world;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Script script({data, size});
  world().clock = test::FixedClock();
  world().store = memory_store();
  world().use(world().configuration());
  EnrollmentOptions options = world().options(world().secret_credential({MacMethod::Kind::pbm, 100}));
  options.implicit_confirm = script.below(2) == 0;
  if (script.below(2) == 0) options.tolerance.allow(Deviation::unprotected_errors);
  const Octets public_key = copy_of(options.new_key->public_key());
  auto client = Enrollment::create(std::move(options), world().environment()).value();
  Output output = client.start();
  for (int calls = 0; calls < 12 && !output.done; ++calls) {
    if (output.wake_at) {
      world().clock.advance(*output.wake_at - world().clock.now());
      output = client.wake();
      continue;
    }
    Octets answer = world().responder->respond(*output.send).octets;
    switch (script.below(4)) {
      case 0:
        break;
      case 1:
        answer = fuzz::mutated_message(answer, world(), script, false);
        break;
      case 2:
        answer = fuzz::mutated_message(answer, world(), script, true);
        break;
      default:
        answer = copy_of(script.rest(script.below(300)));
    }
    output = client.receive(answer);
  }
  if (output.done && output.done->success) {
    const auto certificate = CertificateView::decode(output.done->certificate);
    if (!certificate || !same_octets(certificate->public_key(), public_key)) __builtin_trap();
  }
  return 0;
}
