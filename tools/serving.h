// What `cmpkit ca serve` and `cmpkit ra serve` do alike.
#pragma once

#include <signal.h>

#include <functional>
#include <string>
#include <vector>

#include "cmpkit/transport/http_server.h"
#include "tools/crl_files.h"
#include "tools/request_log.h"
#include "tools/server_settings.h"

namespace CLI {
class App;
}

namespace cmpkit::tools {

struct ServeArguments {
  std::string folder;
  std::string listen;
  std::string store;
  std::string log_level = "info";
  bool json = false;
};

/// The options; `role` is "ca" or "ra". `arguments` must outlive the parsing.
void add_serve_options(CLI::App& command, ServeArguments& arguments, const std::string& role);

/// --listen and --store take the place of what the configuration says. The error is what the command ends with.
tl::expected<void, int> override_settings(const ServeArguments& arguments, ServerSettings& settings);

/// Says what is wrong with a configuration. Returns exit_usage.
int complain(const std::vector<std::string>& complaints);

/// Answers one CMP message that came to an endpoint with this profile (empty: none).
using Respond = std::function<cmp::Reply(Bytes message, std::string_view profile)>;

/// A handler that answers CMP messages and writes a line about each into the log, which must outlive it.
transport::Handler logged_handler(Respond respond, RequestLog& log);

/// Blocks SIGTERM and SIGINT in this thread and those that it starts: run_until_signal() waits for them.
sigset_t block_signals();

/// Serves until one of the signals comes; `each_second` is called in the meantime. Returns an ExitCode.
int run_until_signal(const ServerSettings& settings, transport::Handler handler, RequestLog& log,
                     const sigset_t& signals, const std::function<void()>& each_second);

/// Reads CRLs that are files again where they have changed. To be called now and then.
void read_again(CrlFiles& files, RequestLog& log);

/// Ends what is over. Replicas may all do that: one of them wins each.
class Expiry {
 public:
  /// `expire` is that of a Responder or a Relay. All must outlive this.
  Expiry(std::function<std::size_t(std::size_t)> expire, cmp::Store& store, std::chrono::seconds max_delay,
         RequestLog& log)
      : expire_(std::move(expire)), store_(store), max_delay_(max_delay), log_(log) {}

  /// To be called now and then.
  void run();

 private:
  void tell(const tl::expected<std::size_t, cmp::StoreError>& result);

  std::function<std::size_t(std::size_t)> expire_;
  cmp::Store& store_;
  std::chrono::seconds max_delay_;
  RequestLog& log_;
  bool failing_ = false;
};

}  // namespace cmpkit::tools
