// A responder under a script of calls: honest clients, messages damaged on their way, messages that a credential holder
// made wrong on purpose, raw octets, passing time. Every answer is a PKIMessage, and what nobody protected is granted
// nothing.
#include "fuzz/mutated_message.h"

using namespace cmpkit;
using namespace cmpkit::cmp;

namespace {

test::World& world() {
  static test::World the_world("ed25519");
  return the_world;
}

void check(Bytes answer) {
  if (!asn1::decode<asn1::PKIMessage>(answer)) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Script script({data, size});
  world().clock = test::FixedClock();
  world().store = memory_store();
  world().use(world().configuration());
  Octets message;
  std::optional<Enrollment> client;
  for (int calls = 0; calls < 12 && !script.is_over(); ++calls) {
    switch (script.below(6)) {
      case 0:
        client = Enrollment::create(world().options(world().secret_credential({MacMethod::Kind::pbm, 100})),
                                    world().environment())
                     .value();
        message = *client->start().send;
        break;
      case 1:
        if (client && !message.empty())
          message = client->receive(world().responder->respond(message).octets).send.value_or(Octets{});
        break;
      case 2:
        if (!message.empty()) {
          const Reply reply = world().responder->respond(fuzz::mutated_message(message, world(), script, false));
          check(reply.octets);
        }
        break;
      case 3:
        if (!message.empty())
          check(world().responder->respond(fuzz::mutated_message(message, world(), script, true)).octets);
        break;
      case 4:
        world().clock.advance(std::chrono::seconds{script.below(600)});
        world().responder->expire();
        break;
      default:
        check(world().responder->respond(script.rest(script.below(300))).octets);
    }
  }
  return 0;
}
