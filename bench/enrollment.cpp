// How many enrolments does the responder answer a second, beside the floor that the cryptography sets?
//
// An enrolment signed with EC costs the responder two verifications (protection, possession) and two signatures
// (certificate, protection), certConf one more of each. The floor is those operations alone, by the same provider and
// on the same core in the same run. Clients' work is done before the clock runs, or outside it.
#include <benchmark/benchmark.h>

#include "tests/support/world.h"

namespace {

using namespace cmpkit;
using namespace cmpkit::cmp;

test::World& world() {
  static test::World the_world;
  return the_world;
}

Credential credential(bool by_secret) {
  return by_secret ? Credential(world().secret_credential({MacMethod::Kind::pbm, 500})) : world().vendor_credential();
}

/// Requests made beforehand, each with the client that waits for the answer.
struct Prepared {
  std::vector<Enrollment> clients;
  std::vector<Octets> requests;
};

Prepared prepare(std::size_t count, bool by_secret, bool implicit) {
  const Credential one = credential(by_secret);
  EnrollmentOptions options = world().options(one);
  options.implicit_confirm = implicit;
  Prepared out;
  for (std::size_t i = 0; i < count; ++i) {
    out.clients.push_back(Enrollment::create(options, world().environment()).value());
    out.requests.push_back(*out.clients.back().start().send);
  }
  return out;
}

void enrol(benchmark::State& state, bool by_secret, bool implicit) {
  constexpr std::size_t batch = 64;
  Prepared prepared;
  std::size_t next = batch;
  for (auto _ : state) {
    if (next == batch) {
      state.PauseTiming();
      world().store = memory_store();
      world().use(world().configuration());
      prepared = prepare(batch, by_secret, implicit);
      next = 0;
      state.ResumeTiming();
    }
    const Reply reply = world().responder->respond(prepared.requests[next]);
    if (reply.refusal) state.SkipWithError(reply.refusal->text.c_str());
    if (!implicit) {
      state.PauseTiming();
      const Octets confirmation = *prepared.clients[next].receive(reply.octets).send;
      state.ResumeTiming();
      const Reply confirmed = world().responder->respond(confirmation);
      if (confirmed.refusal) state.SkipWithError(confirmed.refusal->text.c_str());
    }
    ++next;
  }
  state.SetItemsProcessed(state.iterations());
}

/// The same signatures and verifications, and nothing else.
void floor_of(benchmark::State& state, int verifications, int signatures) {
  const auto signer = world().new_signer();
  const Octets text(600, 0x5A);
  const Bytes message[] = {text};
  const Octets signature = signer->sign(message).value();
  for (auto _ : state) {
    for (int i = 0; i < verifications; ++i)
      benchmark::DoNotOptimize(botan_crypto().verify(signer->algorithm(), signer->public_key(), message, signature));
    for (int i = 0; i < signatures; ++i) benchmark::DoNotOptimize(signer->sign(message));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(floor_of, signed_implicit, 2, 2);
BENCHMARK_CAPTURE(enrol, signed_implicit, false, true);
BENCHMARK_CAPTURE(floor_of, signed_confirmed, 3, 3);
BENCHMARK_CAPTURE(enrol, signed_confirmed, false, false);
BENCHMARK_CAPTURE(floor_of, mac, 1, 1);
BENCHMARK_CAPTURE(enrol, mac_implicit, true, true);
BENCHMARK_CAPTURE(enrol, mac_confirmed, true, false);

}  // namespace
