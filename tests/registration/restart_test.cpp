// An RA that ends in the middle of an operation, and another process that goes on with what is stored.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>

#include <algorithm>

#include "tests/registration/chain.h"
#include "tests/support/failing_store.h"

namespace cmpkit::cmp::test {
namespace {

/// When the RA ends.
enum class Death {
  before_upstream,  // what it forwards does not reach the CA
  after_upstream,   // the CA has answered
  after_resume,     // its answer is stored, and does not reach the device
};

/// Brings one message of a device through an RA that dies once on the way. The device repeats it then.
Octets exchange_with(Chain& chain, Bytes message, std::optional<Death> death) {
  if (death) {
    const Relayed relayed = chain.ra_process.relay().receive(message);
    REQUIRE_FALSE(relayed.reply);
    REQUIRE(relayed.forwards.size() == 1);
    const Forward& forward = relayed.forwards.front();
    if (death != Death::before_upstream) {
      const auto answer = post(chain.ca.url(), forward);
      if (death == Death::after_resume) CHECK(chain.ra_process.relay().resume(forward.ticket, answer.value()).reply);
    }
    chain.ra_process.restart();
  }
  return chain.ra_process.answer(message).octets;
}

/// Runs an operation against an RA that dies at message number `fatal`. How many messages there were.
std::size_t run_with_death(Chain& chain, Operation& operation, std::size_t fatal, Death death) {
  std::size_t messages = 0;
  Output output = operation.start();
  while (!output.done) {
    if (output.wake_at) {
      chain.world.clock.advance(*output.wake_at - chain.world.clock.now());
      output = operation.wake();
      continue;
    }
    const bool dies = messages++ == fatal;
    output = operation.receive(exchange_with(chain, *output.send, dies ? std::optional(death) : std::nullopt));
  }
  CAPTURE(output.done->text);
  CHECK(output.done->success);
  if (output.done->success) CHECK(chain.world.status_of(output.done->certificate) == IssuedCertificate::Status::valid);
  return messages;
}

TEST_CASE("ST-1 an RA that dies at any message of an enrolment, and whose successor goes on") {
  const auto upward = GENERATE(Upward::unchanged, Upward::added, Upward::by_signature, Upward::by_secret);
  const auto downward = GENERATE(Downward::vendor, Downward::pbm);
  Chain chain(upward);
  for (const Death death : {Death::before_upstream, Death::after_upstream, Death::after_resume})
    for (std::size_t fatal = 0, messages = 1; fatal < messages; ++fatal) {
      CAPTURE(text_of(upward), text_of(downward), static_cast<int>(death), fatal);
      const auto operation = chain.operation(downward, Wish::ir_polled);
      messages = run_with_death(chain, **operation, fatal, death);
      CHECK(messages > 3);  // ir, pollReqs, certConf
    }
}

void goes_offline(RelayConfiguration& configuration) {
  configuration.upstreams.front().online = false;
  configuration.upstreams.front().check_after = std::chrono::seconds{10};
}

/// What a device gets by polling once everything that is under way was brought upstream.
Output poll(Chain& chain, Operation& operation, const Output& waiting) {
  REQUIRE(waiting.wake_at);
  chain.world.clock.advance(std::max(*waiting.wake_at - chain.world.clock.now(), std::chrono::seconds{0}));
  const Output asking = operation.wake();
  REQUIRE(asking.send);
  return operation.receive(chain.ra_process.relay().receive(*asking.send).reply.value().octets);
}

TEST_CASE("A-60 an RA that is started again while a device polls") {
  const auto upward = GENERATE(Upward::unchanged, Upward::added, Upward::by_signature);
  const auto downward = GENERATE(Downward::vendor, Downward::pbm);
  CAPTURE(text_of(upward), text_of(downward));
  Chain chain(upward, goes_offline);
  const auto operation = chain.operation(downward, Wish::ir_implicit);
  Output output = (*operation)->start();
  const Relayed first = chain.ra_process.relay().receive(*output.send);
  REQUIRE(first.reply);
  output = (*operation)->receive(first.reply->octets);
  chain.ra_process.restart();
  output = poll(chain, **operation, output);  // not there yet
  chain.ra_process.restart();
  REQUIRE(chain.ra_process.relay().under_way().size() == 1);
  CHECK(chain.ra_process.deliver_what_is_under_way() == 1);
  chain.ra_process.restart();
  CHECK(chain.ra_process.relay().under_way().empty());
  output = poll(chain, **operation, output);
  REQUIRE(output.done);
  CAPTURE(output.done->text);
  CHECK(output.done->success);
}

/// Of the store of an RA: it is not there for some time.
class Gone final {
 public:
  explicit Gone(RelayProcess& process) : process_(process), kept_(process.store) {
    auto failing = std::make_shared<cmpkit::test::FailingStore>(memory_store());
    failing->before_read = [] { return StoreError{"gone"}; };
    process_.store = failing;
    process_.restart();
  }
  ~Gone() {
    process_.store = kept_;
    process_.restart();
  }
  Gone(const Gone&) = delete;
  Gone& operator=(const Gone&) = delete;

 private:
  RelayProcess& process_;
  std::shared_ptr<Store> kept_;
};

TEST_CASE("E-30 an RA whose store is gone for some time tells every device to come back") {
  const auto downward = GENERATE(Downward::vendor, Downward::pbm);
  Chain chain(Upward::by_signature);
  EnrollmentOptions options = chain.world.options(chain.credential(downward));
  options.implicit_confirm = false;
  auto device = Enrollment::create(std::move(options), chain.world.environment()).value();
  std::vector<Octets> said;
  Output output = device.start();
  while (!output.done) {
    if (output.wake_at) {
      chain.world.clock.advance(*output.wake_at - chain.world.clock.now());
      output = device.wake();
      continue;
    }
    const Octets message = *output.send;
    std::optional<Gone> gone;
    if (std::ranges::find(said, message) == said.end()) gone.emplace(chain.ra_process);
    said.push_back(message);
    output = device.receive(chain.ra_process.answer(message).octets);
  }
  CAPTURE(output.done->text);
  CHECK(output.done->success);
  CHECK(output.done->retries == 2);  // ir and certConf
}

TEST_CASE("A-70 what is not answered in time is systemUnavail, and forgotten") {
  Chain chain(Upward::by_signature, [](RelayConfiguration& configuration) {
    goes_offline(configuration);
    configuration.upstreams.front().give_up = std::chrono::hours{1};
  });
  const auto operation = chain.operation(Downward::vendor, Wish::ir_implicit);
  const Octets request = *(*operation)->start().send;
  const Relayed first = chain.ra_process.relay().receive(request);
  REQUIRE(first.forwards.size() == 1);
  const Output output = (*operation)->receive(first.reply.value().octets);
  chain.world.clock.advance(std::chrono::hours{2});
  CHECK(chain.ra_process.relay().expire() == 1);
  const Output ended = poll(chain, **operation, output);
  REQUIRE(ended.done);
  CHECK(ended.done->fail_info == asn1::PKIFailureInfo::systemUnavail);
  // An answer that comes too late is nobody's.
  const auto late = post(chain.ca.url(), first.forwards.front());
  (void)chain.ra_process.relay().resume(first.forwards.front().ticket, late.value());
  CHECK(chain.ra_process.relay().under_way().empty());
}

}  // namespace
}  // namespace cmpkit::cmp::test
