#include "tools/ra_exchange.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/printing.h"
#include "tools/share_out.h"

namespace cmpkit::tools {
namespace {

constexpr std::size_t most_threads = 8;  // that send the messages of one batch

}  // namespace

tl::expected<std::unique_ptr<RaExchange>, std::string> RaExchange::create(cmp::Relay& relay,
                                                                          const RaConfiguration& configuration,
                                                                          RequestLog& log) {
  std::unique_ptr<RaExchange> made(new RaExchange(relay, configuration, log));
  for (const UpstreamEntry& entry : configuration.upstreams) {
    if (entry.kind != UpstreamEntry::Kind::files) continue;
    const transport::FolderOptions options{.max_message = configuration.max_message};
    auto out = transport::Folder::open(entry.out, options);
    if (!out) return tl::unexpected(out.error().text);
    auto in = transport::Folder::open(entry.in, options);
    if (!in) return tl::unexpected(in.error().text);
    made->folders_.push_back({entry.name, std::move(*out), std::move(*in)});
  }
  return made;
}

cmp::Reply RaExchange::answer(Bytes message, std::string_view profile) {
  cmp::Relayed relayed = relay_.receive(message, profile);
  auto later = carry(std::move(relayed.forwards));
  if (relayed.reply) return std::move(*relayed.reply);
  if (later) return std::move(*later);
  return {cmp::Reply::Kind::malformed, {}, {}, {}, {}, {}, {}};  // contradicts Relayed::reply
}

std::optional<cmp::Reply> RaExchange::carry(std::vector<cmp::Forward> forwards) {
  std::optional<cmp::Reply> reply;
  while (!forwards.empty()) {
    std::vector<cmp::Relayed> results(forwards.size());
    share_out(forwards.size(), most_threads, [&] { return [&](std::size_t i) { results[i] = send(forwards[i]); }; });
    forwards.clear();
    for (cmp::Relayed& each : results) {
      if (each.reply) reply = std::move(each.reply);
      for (cmp::Forward& next : each.forwards) forwards.push_back(std::move(next));
    }
  }
  return reply;
}

cmp::Relayed RaExchange::send(const cmp::Forward& forward) {
  if (!clients_.knows(forward.upstream)) return put(forward);
  cmp::Relayed relayed = exchange(forward);
  // Of a batch nobody waits in this exchange who would ask again.
  if (relayed.refusal && forward.operation == asn1::PKIBody::nested)
    batches_again_at_ = std::chrono::steady_clock::now() + configuration_.upstream(forward.upstream)->check_after;
  return relayed;
}

cmp::Relayed RaExchange::exchange(const cmp::Forward& forward) {
  const auto answer = clients_.exchange(forward);
  if (answer) return told(relay_.resume(forward.ticket, *answer), forward.upstream);
  log_.alarm(fmt::format("upstream {}: {}", forward.upstream, answer.error().text));
  const auto kind = is_unavailable(answer.error()) ? cmp::NoAnswer::unavailable : cmp::NoAnswer::unusable;  // E-31
  return relay_.fail(forward.ticket, answer.error().text, kind);
}

/// With a line in the log about what was wrong with upstream's answer.
cmp::Relayed RaExchange::told(cmp::Relayed relayed, const std::string& upstream) {
  if (relayed.refusal)
    log_.alarm(printable(fmt::format("upstream {}: {}{}{}", upstream, relayed.refusal->text,
                                     relayed.refusal->cause.empty() ? "" : ": ", relayed.refusal->cause)));
  return relayed;
}

/// What cannot be put there now is put there later: the client polls meanwhile.
cmp::Relayed RaExchange::put(const cmp::Forward& forward) {
  const auto folders = std::ranges::find(folders_, forward.upstream, &Folders::upstream);
  if (folders == folders_.end()) return relay_.fail(forward.ticket, "there is no upstream " + forward.upstream);
  if (const auto done = folders->out.put(forward.ticket, forward.message); !done) {
    log_.alarm(fmt::format("upstream {}: {}", forward.upstream, done.error().text));
    send_again_ = true;
  }
  return {};
}

void RaExchange::take_in() {
  for (const Folders& each : folders_) {
    const auto names = each.in.names();
    if (!names)
      log_.alarm(fmt::format("upstream {}: {}", each.upstream, names.error().text));
    else
      for (const std::string& name : *names) take_in(each, name);
  }
}

void RaExchange::take_in(const Folders& folders, const std::string& name) {
  const auto message = folders.in.read(name);
  if (!message) return log_.alarm(fmt::format("upstream {}: {}", folders.upstream, message.error().text));
  if (!*message) return;
  cmp::Relayed relayed = told(relay_.resume(name, **message), folders.upstream);
  if (relayed.refusal && relayed.refusal->field == "store") return;  // it stays there until it can be kept
  if (const auto done = folders.in.done(name); !done)
    log_.alarm(fmt::format("upstream {}: {}", folders.upstream, done.error().text));
  log_.note(printable(fmt::format("upstream {}: took in {}", folders.upstream, name)));
  carry(std::move(relayed.forwards));
}

void RaExchange::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

/// Those that upstream could not answer, until they are answered or given up.
void RaExchange::send_batches_again() {
  if (std::chrono::steady_clock::now() < batches_again_at_.load()) return;
  batches_again_at_ = never;
  auto forwards = relay_.under_way();
  std::erase_if(forwards, [&](const cmp::Forward& each) { return !clients_.knows(each.upstream); });
  carry(std::move(forwards));
}

void RaExchange::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    take_in();  // first, so that what is answered already is not sent again
    if (send_again_.exchange(false)) carry(relay_.under_way());
    carry(relay_.collect());
    send_batches_again();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, configuration_.batch_interval, [] { return false; });
  }
}

}  // namespace cmpkit::tools
