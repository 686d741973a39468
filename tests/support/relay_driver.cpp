#include "tests/support/relay_driver.h"

#include <cstdlib>

namespace cmpkit::cmp::test {

Reply RelayDriver::answer(Bytes message, std::string_view profile) {
  auto reply = follow(relay_.receive(message, profile));
  if (!reply) std::abort();  // against Relay::receive(): every input gets an answer
  return std::move(*reply);
}

/// Where there is no reply yet, it comes from the last of the forwards.
std::optional<Reply> RelayDriver::follow(Relayed relayed) {
  std::optional<Reply> last;
  for (const Forward& forward : relayed.forwards) last = deliver(forward);
  return relayed.reply ? std::move(relayed.reply) : std::move(last);
}

std::optional<Reply> RelayDriver::deliver(const Forward& forward) {
  const auto answer = exchange_(forward);
  return follow(answer ? relay_.resume(forward.ticket, *answer)
                       : relay_.fail(forward.ticket, answer.error().cause, answer.error().kind));
}

std::size_t RelayDriver::deliver_all(const std::vector<Forward>& forwards) {
  for (const Forward& forward : forwards) deliver(forward);
  return forwards.size();
}

std::size_t RelayDriver::deliver_batches() { return deliver_all(relay_.collect()); }
std::size_t RelayDriver::deliver_what_is_under_way() { return deliver_all(relay_.under_way()); }

}  // namespace cmpkit::cmp::test
