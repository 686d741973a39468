#include "tools/ra_cache.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmpkit/asn1/codec.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/botan.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

using std::chrono::seconds;

tl::expected<std::vector<cmp::InfoItem>, std::string> questions_of(const CacheSettings& settings) {
  std::vector<cmp::InfoItem> out;
  if (settings.ca_certificates) out.push_back(cmp::ask_for(asn1::id_it_caCerts));
  const auto certificates = load_certificates(settings.crls_of);
  if (!certificates) return tl::unexpected("cache.crls_of: " + certificates.error());
  for (const Octets& each : *certificates) {
    const auto question = cmp::crl_question_about(each);
    if (!question) return tl::unexpected("cache.crls_of: " + question.error().text());
    cmp::InfoItem item = cmp::ask_for_crl(*question);
    if (std::ranges::find(out, item) == out.end()) out.push_back(std::move(item));
  }
  return out;
}

std::vector<Octets> types_of(const std::vector<cmp::InfoItem>& questions) {
  std::vector<Octets> out;
  for (const cmp::InfoItem& each : questions)
    if (std::ranges::find(out, each.type) == out.end()) out.push_back(each.type);
  return out;
}

}  // namespace

RaCache::RaCache(const RaConfiguration& configuration, const RaEngine& engine, std::vector<cmp::InfoItem> questions,
                 RequestLog& log)
    : upstream_(configuration.cache.upstream),
      refresh_(configuration.cache.refresh),
      engine_(engine),
      questions_(std::move(questions)),
      log_(log),
      clients_(configuration.upstreams),
      cache_(types_of(questions_)) {}

tl::expected<std::unique_ptr<RaCache>, std::string> RaCache::create(const RaConfiguration& configuration,
                                                                    const RaEngine& engine, RequestLog& log) {
  if (configuration.cache.upstream.empty()) return nullptr;
  auto questions = questions_of(configuration.cache);
  if (!questions) return tl::unexpected(questions.error());
  std::unique_ptr<RaCache> made(new RaCache(configuration, engine, std::move(*questions), log));
  auto responder = engine.make_informant(configuration, made->cache_);
  if (!responder) return tl::unexpected(responder.error());
  made->responder_ = std::move(*responder);
  made->thread_ = std::jthread([cache = made.get()](const std::stop_token& stop) { cache->run(stop); });
  return made;
}

std::optional<cmp::Reply> RaCache::answer(Bytes message, std::string_view profile) {
  const auto read = asn1::decode<asn1::PKIMessage>(message);
  if (!read) return std::nullopt;
  const auto* questions = read->body.get<asn1::PKIBody::genm>();
  if (questions == nullptr || questions->size() != 1) return std::nullopt;
  const asn1::InfoTypeAndValue& question = questions->front();
  const asn1::Any* value = question.infoValue ? &*question.infoValue : nullptr;
  if (!cache_.has(question.infoType, value, SystemClock().now())) return std::nullopt;
  return responder_->respond(message, profile);
}

void RaCache::run(const std::stop_token& stop) {
  for (;;) {
    const bool good = std::ranges::all_of(questions_, [&](const cmp::InfoItem& each) { return ask(each, stop); });
    if (!sleep(good ? refresh_ : std::min(refresh_, seconds{60}), stop)) return;
  }
}

/// False where the time did not pass: this is to end.
bool RaCache::sleep(seconds time, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

bool RaCache::ask(const cmp::InfoItem& question, const std::stop_token& stop) {
  const auto answer = inquire(question, stop);
  if (stop.stop_requested()) return false;
  if (!answer) {
    log_.alarm(fmt::format("cache: upstream {}: {}", upstream_, answer.error()));
    return false;
  }
  cache_.put(question, *answer, SystemClock().now() + 2 * refresh_);  // one time without an answer does no harm
  if (answer->crls.empty()) return true;
  const auto taken = engine_.crl_status().replace(fmt::format("cache {}", text_of(question.value)), answer->crls);
  if (!taken) log_.alarm(fmt::format("cache: upstream {}: {}", upstream_, taken.error()));
  return true;
}

tl::expected<cmp::Answer, std::string> RaCache::inquire(const cmp::InfoItem& question, const std::stop_token& stop) {
  const SystemClock clock;
  const auto upstream = std::ranges::find(engine_.upstreams(), upstream_, &cmp::Upstream::name);
  cmp::InquiryOptions options;
  options.question = question;
  if (upstream->credential) options.credential = *upstream->credential;
  options.trust = upstream->trust;
  options.recipient = upstream->recipient;
  options.tolerance = upstream->tolerance;
  auto inquiry = cmp::Inquiry::create(std::move(options), {clock, cmp::system_random(), cmp::botan_crypto()});
  if (!inquiry) return tl::unexpected(inquiry.error());
  cmp::Output output = inquiry->start();
  while (!output.done) {
    if (output.wake_at) {
      const auto time = std::chrono::ceil<seconds>(*output.wake_at - clock.now());
      if (!sleep(std::max(time, seconds{1}), stop)) return tl::unexpected<std::string>("stopped");
      output = inquiry->wake();
      continue;
    }
    cmp::Forward forward;
    forward.upstream = upstream_;
    forward.message = std::move(*output.send);
    forward.operation = asn1::PKIBody::genm;
    forward.information = question.type;
    const auto reply = clients_.exchange(forward);
    if (!reply) return tl::unexpected(reply.error().text);
    output = inquiry->receive(*reply);
  }
  if (!output.done->success) return tl::unexpected(output.done->text);
  return std::move(*output.done->answer);
}

}  // namespace cmpkit::tools
