// Hundreds of devices at once through LRA and RA to the CA, the LRA in batches (RFC 9483 Section 5.2.2.2).
#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "cmpkit/asn1/storage.h"
#include "tests/registration/chain.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::PKIBody;
using asn1::PKIMessage;

/// Calls work(i) for each i below `count`, on so many threads.
template <class Work>
void in_parallel(std::size_t count, Work work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (std::size_t mine = next++; mine < count; mine = next++) work(mine);
    });
}

/// An LRA, which is not online and batches, before the RA of a chain.
struct LocalChain : Chain {
  explicit LocalChain(std::size_t batch, Forwarding forwarding = Forwarding::replace)
      : Chain(Upward::by_signature, let_lra),
        lra_identity(registration_authority(world, "/O=Operator/CN=LRA")),
        lra(world.environment(), lra_configuration(batch, forwarding),
            [this](const Forward& forward) { return bring(forward); }),
        lra_server([this](Bytes request, std::string_view profile) { return lra.answer(request, profile); }) {}

  /// RAs may act for others.
  static void let_lra(RelayConfiguration& of_ra) { of_ra.permissions = permissions_behind_ra(false); }

  RelayConfiguration lra_configuration(std::size_t batch, Forwarding forwarding) {
    auto out =
        relay_configuration(world, lra_identity, forwarding,
                            SignatureCredential{lra_identity.signer, {lra_identity.certificate, world.ca.certificate}});
    out.upstreams.front().online = false;
    out.upstreams.front().batch = batch;
    out.upstreams.front().check_after = std::chrono::seconds{10};
    return out;
  }

  tl::expected<Octets, Silence> bring(const Forward& forward) {
    ++batches;
    auto answer = post(ra.url(), forward);
    if (answer && on_batch) *answer = on_batch(*answer);
    return answer;
  }

  std::function<Octets(const Octets& answer)> on_batch;  // what becomes of it on its way to the LRA
  std::size_t batches = 0;
  Identity lra_identity;
  RelayProcess lra;
  HttpEntity lra_server;
};

struct Thing {
  std::unique_ptr<Enrollment> operation;
  std::shared_ptr<const Signer> key;
  Output output;
};

std::vector<Thing> things(const World& world, std::size_t count) {
  std::vector<Thing> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    EnrollmentOptions options = world.options(world.secret_credential({MacMethod::Kind::pbm, 100}));
    options.subject = name("/CN=thing-" + std::to_string(i));
    options.implicit_confirm = i % 2 == 0;
    out[i].key = options.new_key;
    out[i].operation =
        std::make_unique<Enrollment>(Enrollment::create(std::move(options), world.environment()).value());
    out[i].output = out[i].operation->start();
  }
  return out;
}

/// Everybody who has something to say says it, and hears the answer.
void speak(std::vector<Thing>& all, const std::string& url) {
  in_parallel(all.size(), [&](std::size_t i) {
    Thing& thing = all[i];
    if (!thing.output.send) return;
    const auto answer = post(url, *thing.output.send);
    thing.output = thing.operation->receive(answer.value_or(Octets{}));
  });
}

void wake(std::vector<Thing>& all, FixedClock& clock) {
  clock.advance(std::chrono::seconds{60});
  for (Thing& thing : all)
    if (thing.output.wake_at) thing.output = thing.operation->wake();
}

bool are_done(const std::vector<Thing>& all) {
  return std::ranges::all_of(all, [](const Thing& thing) { return thing.output.done.has_value(); });
}

/// Until everybody is done, or nobody will be.
void run(LocalChain& chain, std::vector<Thing>& all) {
  for (int round = 0; round < 12 && !are_done(all); ++round) {
    speak(all, chain.lra_server.url());
    while (chain.lra.deliver_batches() > 0) continue;
    wake(all, chain.world.clock);
  }
  CHECK(are_done(all));
}

/// It has the certificate for its own key and name, and the CA says so.
void check_enrolled(const Chain& chain, const Thing& thing, std::size_t number) {
  CAPTURE(number);
  REQUIRE(thing.output.done);
  CAPTURE(thing.output.done->text);
  REQUIRE(thing.output.done->success);
  const auto view = CertificateView::decode(thing.output.done->certificate).value();
  CHECK(same_octets(view.public_key(), thing.key->public_key()));
  CHECK(asn1::name_text(view.subject()) == "/CN=thing-" + std::to_string(number));
  CHECK(chain.world.status_of(thing.output.done->certificate) == IssuedCertificate::Status::valid);
}

TEST_CASE("A-30 hundreds of devices at once through LRA, RA and CA, in batches") {
  LocalChain chain(50);
  auto all = things(chain.world, 300);
  run(chain, all);
  for (std::size_t i = 0; i < all.size(); ++i) check_enrolled(chain, all[i], i);
  CHECK(chain.batches < 30);  // of 450 messages: nobody was brought alone
}

TEST_CASE("A-10 hundreds of devices at once, their messages unchanged in batches") {
  LocalChain chain(50, Forwarding::unchanged);
  auto all = things(chain.world, 100);
  run(chain, all);
  for (std::size_t i = 0; i < all.size(); ++i) check_enrolled(chain, all[i], i);
}

TEST_CASE("A-32 a member of a batch that is refused does not keep the others from their certificates") {
  LocalChain chain(20);
  auto all = things(chain.world, 20);
  EnrollmentOptions bad = chain.world.options(chain.world.secret_credential());
  bad.profile = "no such profile";
  all[7].operation = std::make_unique<Enrollment>(Enrollment::create(bad, chain.world.environment()).value());
  all[7].output = all[7].operation->start();
  run(chain, all);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i != 7) check_enrolled(chain, all[i], i);
  REQUIRE(all[7].output.done);
  CHECK_FALSE(all[7].output.done->success);
  CHECK(all[7].output.done->authenticated);
}

/// The first batch's answer is changed by the RA itself.
void change_first_answer(LocalChain& chain, const Edit& edit) {
  chain.on_batch = [&chain, edit, done = false](const Octets& answer) mutable {
    if (std::exchange(done, true)) return answer;
    const SignatureCredential ra{chain.identity.signer, {chain.identity.certificate, chain.world.ca.certificate}};
    return changed(answer, ra, chain.world, edit);
  };
}

TEST_CASE("A-33 who is missing in the answer to a batch is told so and gets its certificate later") {
  LocalChain chain(20);
  auto all = things(chain.world, 20);
  change_first_answer(chain, [](PKIMessage& message) { std::get<PKIBody::nested>(message.body.value).pop_back(); });
  run(chain, all);
  unsigned retries = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    check_enrolled(chain, all[i], i);
    retries += all[i].output.done->retries;
  }
  CHECK(retries == 1);
}

TEST_CASE("A-33 what nobody asked for is dropped from the answer to a batch") {
  LocalChain chain(20);
  auto all = things(chain.world, 20);
  asn1::Storage storage;
  change_first_answer(chain, [&storage](PKIMessage& message) {
    auto& inside = std::get<PKIBody::nested>(message.body.value);
    PKIMessage extra = inside.front();
    extra.header.transactionID = storage.keep(Octets(16, 0x77));
    inside.insert(inside.begin(), extra);
    inside.push_back(inside[1]);  // and one comes twice
  });
  run(chain, all);
  for (std::size_t i = 0; i < all.size(); ++i) check_enrolled(chain, all[i], i);
}

TEST_CASE("A-33 where the answer to a batch is an error everybody is told so, and comes back") {
  LocalChain chain(20);
  auto all = things(chain.world, 20);
  change_first_answer(chain, [](PKIMessage& message) {
    message.body.set<PKIBody::error>().pKIStatusInfo.status = asn1::PKIStatus::rejection;
  });
  run(chain, all);
  for (std::size_t i = 0; i < all.size(); ++i) check_enrolled(chain, all[i], i);
}

TEST_CASE("an LRA that starts again does not lose a batch that is under way") {
  LocalChain chain(20);
  auto all = things(chain.world, 20);
  speak(all, chain.lra_server.url());
  const auto forwards = chain.lra.relay().collect();  // and nobody brings it
  REQUIRE(forwards.size() == 1);
  chain.lra.restart();
  CHECK(chain.lra.deliver_what_is_under_way() >= 1);
  wake(all, chain.world.clock);
  run(chain, all);
  for (std::size_t i = 0; i < all.size(); ++i) check_enrolled(chain, all[i], i);
}

}  // namespace
}  // namespace cmpkit::cmp::test
