// An RA under a script of calls: honest devices whose messages go through it to a CA, messages damaged on their way or
// made wrong by a credential holder, answers of the CA damaged, mixed up, repeated or lost, an RA that starts again,
// passing time. Every reply is a PKIMessage, and every certificate that a device gets is for its key.
#include "cmpkit/cmp/certificate.h"
#include "fuzz/mutated_message.h"
#include "tests/simulation/seeded_random.h"
#include "tests/support/registration.h"

using namespace cmpkit;
using namespace cmpkit::cmp;

namespace {

struct TheWorld : test::World {
  TheWorld() : World("ed25519"), ra(test::registration_authority(*this, "/CN=RA")) {
    auto changed = configuration();
    test::ra_secret(*this);
    changed.permissions = test::permissions_behind_ra(false);
    use(std::move(changed));
  }
  test::Identity ra;
};

TheWorld& world() {
  static TheWorld the_world;
  return the_world;
}

/// One RA with everything that it forwarded, and what the CA answered.
class Session {
 public:
  explicit Session(fuzz::Script& script) : script_(script) {
    const auto forwarding = static_cast<Forwarding>(script.below(3));
    configuration_ = test::relay_configuration(world(), world().ra, forwarding, upward());
    configuration_.upstreams.front().online = script.below(2) == 0;
    if (!configuration_.upstreams.front().online) configuration_.upstreams.front().batch = script.below(4);
    restart();
  }

  void restart() {
    auto made = Relay::create(configuration_, *store_, environment());
    if (made) relay_ = std::move(*made);
  }
  [[nodiscard]] bool works() const { return relay_ != nullptr; }

  void begin() {
    EnrollmentOptions options = world().options(
        script_.below(2) == 0 ? Credential(world().secret_credential({MacMethod::Kind::pbm, 100})) : vendor());
    options.implicit_confirm = script_.below(2) == 0;
    key_ = options.new_key;
    device_ = std::make_unique<Enrollment>(Enrollment::create(std::move(options), environment()).value());
    message_ = device_->start().send.value_or(Octets{});
  }
  void say() {
    if (!message_.empty()) take(relay_->receive(message_));
  }
  void say_wrong(bool protect_again) {
    if (!message_.empty()) take(relay_->receive(fuzz::mutated_message(message_, world(), script_, protect_again)));
  }
  void say_anything() { take(relay_->receive(script_.rest(script_.below(300)))); }
  void answer() {
    if (!forwards_.empty()) resume(ca_answer(chosen()));
  }
  void answer_wrong() {
    if (forwards_.empty()) return;
    const Octets good = ca_answer(chosen());
    resume(fuzz::mutated_message(good, world(), script_, false));
  }
  void answer_another() {
    if (!forwards_.empty()) resume(last_answer_);
  }
  void answer_anything() {
    if (!forwards_.empty()) resume(copy_of(script_.rest(script_.below(300))));
  }
  void fail() {
    if (!forwards_.empty()) take(relay_->fail(chosen().ticket, "nobody there"));
  }
  void collect() {
    for (Forward& each : relay_->collect()) keep(std::move(each));
    for (Forward& each : relay_->under_way()) keep(std::move(each));
  }
  void pass_time() {
    world().clock.advance(std::chrono::seconds{script_.below(40'000)});
    relay_->expire();
  }

 private:
  Environment environment() { return {world().clock, random_, botan_crypto()}; }
  std::optional<Credential> upward() {
    const auto kind = script_.below(3);
    if (kind == 0) return test::ra_secret(world());
    return SignatureCredential{world().ra.signer, {world().ra.certificate, world().ca.certificate}};
  }
  static Credential vendor() {
    static const SignatureCredential credential = world().vendor_credential();
    return credential;
  }

  const Forward& chosen() { return forwards_[script_.below(forwards_.size())]; }
  void keep(Forward forward) {
    if (forwards_.size() < 8) forwards_.push_back(std::move(forward));
  }
  Octets ca_answer(const Forward& forward) {
    ticket_ = forward.ticket;
    return last_answer_ = world().responder->respond(forward.message).octets;
  }
  void resume(const Octets& octets) { take(relay_->resume(ticket_.empty() ? chosen().ticket : ticket_, octets)); }

  void take(Relayed relayed) {
    for (Forward& each : relayed.forwards) keep(std::move(each));
    if (!relayed.reply) return;
    if (!asn1::decode<asn1::PKIMessage>(relayed.reply->octets)) __builtin_trap();
    if (device_ && !message_.empty()) hear(device_->receive(relayed.reply->octets));
  }
  void hear(Output output) {
    if (output.wake_at) {
      world().clock.advance(std::max(*output.wake_at - world().clock.now(), std::chrono::seconds{0}));
      output = device_->wake();
    }
    message_ = output.send.value_or(Octets{});
    if (!output.done || !output.done->success) return;
    if (!same_octets(CertificateView::decode(output.done->certificate)->public_key(), key_->public_key()))
      __builtin_trap();
  }

  fuzz::Script& script_;
  simulation::SeededRandom random_{1};
  std::unique_ptr<Store> store_ = memory_store();
  RelayConfiguration configuration_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Enrollment> device_;
  std::shared_ptr<const Signer> key_;
  Octets message_, last_answer_;
  std::string ticket_;
  std::vector<Forward> forwards_;
};

void act(Session& session, std::size_t what) {
  switch (what) {
    case 0:
      return session.begin();
    case 1:
      return session.say();
    case 2:
      return session.say_wrong(false);
    case 3:
      return session.say_wrong(true);
    case 4:
      return session.say_anything();
    case 5:
      return session.answer();
    case 6:
      return session.answer_wrong();
    case 7:
      return session.answer_another();
    case 8:
      return session.answer_anything();
    case 9:
      return session.fail();
    case 10:
      return session.collect();
    case 11:
      return session.pass_time();
    default:
      return session.restart();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Script script({data, size});
  world().clock = test::FixedClock();
  Session session(script);
  if (!session.works()) return 0;
  for (int calls = 0; calls < 24 && !script.is_over(); ++calls) act(session, script.below(13));
  return 0;
}
