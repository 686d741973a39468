// [cache] of ra.toml: general messages that are answered here, by what upstream was asked now and then.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cmpkit/cmp/information_cache.h"
#include "cmpkit/cmp/responder.h"
#include "tools/ra_engine.h"
#include "tools/request_log.h"
#include "tools/upstream_clients.h"

namespace cmpkit::tools {

/// Safe to use from several threads at once.
class RaCache {
 public:
  /// Asks upstream from now on, in a thread that ends with this. Null where the configuration has no cache. The error
  /// is a sentence. All must outlive this.
  static tl::expected<std::unique_ptr<RaCache>, std::string> create(const RaConfiguration& configuration,
                                                                    const RaEngine& engine, RequestLog& log);

  /// The answer to a general message whose question has an answer here; nothing for all else.
  [[nodiscard]] std::optional<cmp::Reply> answer(Bytes message, std::string_view profile);

 private:
  RaCache(const RaConfiguration& configuration, const RaEngine& engine, std::vector<cmp::InfoItem> questions,
          RequestLog& log);
  void run(const std::stop_token& stop);
  bool ask(const cmp::InfoItem& question, const std::stop_token& stop);
  tl::expected<cmp::Answer, std::string> inquire(const cmp::InfoItem& question, const std::stop_token& stop);
  bool sleep(std::chrono::seconds time, const std::stop_token& stop);

  std::string upstream_;
  std::chrono::seconds refresh_;
  const RaEngine& engine_;
  std::vector<cmp::InfoItem> questions_;
  RequestLog& log_;
  UpstreamClients clients_;
  cmp::InformationCache cache_;
  std::unique_ptr<cmp::Responder> responder_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it ends before all else
};

}  // namespace cmpkit::tools
