// Carries messages between an RA's Relay and those above it: over HTTP, or by files.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "cmpkit/cmp/relay.h"
#include "cmpkit/transport/folder.h"
#include "tools/request_log.h"
#include "tools/upstream_clients.h"

namespace cmpkit::tools {

/// Safe to use from several threads at once.
class RaExchange {
 public:
  /// Opens the folders of upstreams that are reached by files. The error is a sentence. All must outlive this.
  static tl::expected<std::unique_ptr<RaExchange>, std::string> create(cmp::Relay& relay,
                                                                       const RaConfiguration& configuration,
                                                                       RequestLog& log);

  /// The answer to one message from downstream, once those above have answered, or it is plain that they do not.
  [[nodiscard]] cmp::Reply answer(Bytes message, std::string_view profile);

  /// Sends again what was under way when the RA ended, then batches and what comes back by files, in a thread that
  /// ends with this.
  void start();

 private:
  static constexpr auto never = std::chrono::steady_clock::time_point::max();
  struct Folders {
    std::string upstream;
    transport::Folder out, in;
  };
  RaExchange(cmp::Relay& relay, const RaConfiguration& configuration, RequestLog& log)
      : relay_(relay), configuration_(configuration), clients_(configuration.upstreams), log_(log) {}

  /// Sends all, takes in what is answered at once, and so on until nothing is left; the reply that comes of it.
  std::optional<cmp::Reply> carry(std::vector<cmp::Forward> forwards);
  cmp::Relayed send(const cmp::Forward& forward);
  cmp::Relayed exchange(const cmp::Forward& forward);
  cmp::Relayed put(const cmp::Forward& forward);
  void send_batches_again();
  cmp::Relayed told(cmp::Relayed relayed, const std::string& upstream);
  void take_in();
  void take_in(const Folders& folders, const std::string& name);
  void run(const std::stop_token& stop);

  cmp::Relay& relay_;
  const RaConfiguration& configuration_;
  UpstreamClients clients_;
  std::vector<Folders> folders_;
  RequestLog& log_;
  std::atomic<bool> send_again_{true};  // not all that is under way is known to be sent
  std::atomic<std::chrono::steady_clock::time_point> batches_again_at_{never};
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it ends before all else
};

}  // namespace cmpkit::tools
