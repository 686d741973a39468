// Operations over a channel that fails, and with a server that is not available.
#include "tools/operation_run.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>

#include "tests/support/scripted_server.h"

namespace cmpkit::tools {
namespace {

using cmp::test::ScriptedServer;
using cmp::test::World;
using transport::TransportError;
using Answer = tl::expected<Octets, TransportError>;

/// Answers as the test says, and keeps what it was sent.
class FakeChannel final : public transport::Channel {
 public:
  explicit FakeChannel(std::function<Answer(Bytes request)> answer) : answer_(std::move(answer)) {}
  Answer exchange(Bytes request) override {
    sent.push_back(copy_of(request));
    return answer_(request);
  }
  std::vector<Octets> sent;

 private:
  std::function<Answer(Bytes)> answer_;
};

/// Moves the world's time on where there is to be waited.
class Waiter final : public RunListener {
 public:
  explicit Waiter(World& world) : world_(world) {}
  void checkpoint(const cmp::Operation&) override {}
  void sending(Bytes) override {}
  void received(const Exchange&) override {}
  void waiting(std::string_view why, std::chrono::seconds left, bool) override {
    reasons.emplace_back(why);
    world_.clock.advance(left);
  }
  std::vector<std::string> reasons;

 private:
  World& world_;
};

TransportError failure(TransportError::Kind kind, int status = 0) { return {kind, "it failed", status}; }

RunResult run(World& world, FakeChannel& channel, const Patience& patience, std::vector<std::string>* reasons = {},
              unsigned later = 0) {
  auto options = world.options(world.vendor_credential());
  options.retry = {.later = later, .interval = patience.retry_wait};
  auto enrollment = cmp::Enrollment::create(std::move(options), world.environment()).value();
  Waiter waiter(world);
  RunResult result = run_operation(enrollment, channel, world.clock, patience, waiter);
  if (reasons != nullptr) *reasons = waiter.reasons;
  return result;
}

constexpr Patience twice{{}, 2, std::chrono::seconds{0}};

}  // namespace

TEST_CASE("a message that did not get through is sent again, and a lost answer is no second certificate") {
  World world;
  using Kind = TransportError::Kind;
  const auto error = GENERATE(failure(Kind::connect), failure(Kind::timeout), failure(Kind::closed),
                              failure(Kind::status, 502), failure(Kind::status, 503), failure(Kind::status, 504));
  const bool answer_is_lost = GENERATE(true, false);
  unsigned calls = 0;
  FakeChannel channel([&](Bytes request) -> Answer {
    const bool fails = calls++ < 2;
    if (fails && !answer_is_lost) return tl::unexpected(error);
    Octets answer = world.responder->respond(request).octets;
    if (fails) return tl::unexpected(error);
    return answer;
  });
  const RunResult result = run(world, channel, twice);
  REQUIRE(result.outcome);
  CHECK(result.outcome->success);
  CHECK_FALSE(result.transport_error);
  CHECK(result.retries == 2);
  REQUIRE(channel.sent.size() == 3);
  CHECK(channel.sent[1] == channel.sent[0]);
  CHECK(channel.sent[2] == channel.sent[0]);
  CHECK(world.store->list({})->size() == 1);
}

TEST_CASE("a message is sent again as often as it may be, and not at all where that cannot help") {
  World world;
  using Kind = TransportError::Kind;
  struct Row {
    TransportError error;
    std::size_t sent;
  };
  const auto row =
      GENERATE(Row{failure(Kind::connect), 3}, Row{failure(Kind::status, 503), 3}, Row{failure(Kind::status, 404), 1},
               Row{failure(Kind::resolve), 1}, Row{failure(Kind::content_type), 1}, Row{failure(Kind::redirect), 1});
  FakeChannel channel([&](Bytes) -> Answer { return tl::unexpected(row.error); });
  const RunResult result = run(world, channel, twice);
  CHECK_FALSE(result.outcome);
  REQUIRE(result.transport_error);
  CHECK(result.transport_error->kind == row.error.kind);
  CHECK(channel.sent.size() == row.sent);
}

TEST_CASE("what is waited for is told, and no longer than patience lasts") {
  World world;
  const ScriptedServer server(world);
  const bool reached = GENERATE(true, false);
  const bool patient = GENERATE(true, false);
  unsigned calls = 0;
  FakeChannel channel([&](Bytes request) -> Answer {
    if (calls++ > 0) return world.responder->respond(request).octets;
    if (!reached) return tl::unexpected(failure(TransportError::Kind::connect));
    return server.answer(request,
                         cmp::test::error_body(asn1::PKIStatus::rejection, asn1::PKIFailureInfo::systemUnavail));
  });
  Patience patience{{}, 1, std::chrono::seconds{10}};
  if (!patient) patience.wait = std::chrono::seconds{9};
  std::vector<std::string> reasons;
  const RunResult result = run(world, channel, patience, &reasons, 1);
  CHECK(result.outcome.has_value() == patient);
  if (patient) {
    const std::string why = reached ? "the server is not available: trying again" : "it failed: trying again";
    CHECK(reasons == std::vector<std::string>{why});
  } else {
    CHECK(reasons.empty());
    CHECK(result.waiting_until.has_value() == reached);
    CHECK(result.transport_error.has_value() != reached);
  }
}

}  // namespace cmpkit::tools
