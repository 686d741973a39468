// `cmpkit ca serve`: runs the CA of a folder until SIGTERM or SIGINT.
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cmpkit/transport/http_server.h"
#include "tools/ca.h"
#include "tools/ca_engine.h"
#include "tools/published_files.h"
#include "tools/request_log.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

struct Arguments {
  std::string folder;
  std::string listen;
  std::string store;
  std::string log_level = "info";
  bool json = false;
};

/// How often transactions are looked through for those whose time is over.
constexpr timespec expiry_interval{1, 0};

int complain(const std::vector<std::string>& complaints) {
  return misused(fmt::format("{}", fmt::join(complaints, "\ncmpkit: ")),
                 "correct this and start again; nothing was listened on yet");
}

/// Answers one HTTP request and writes its line into the log.
transport::Reply answer(cmp::Responder& responder, RequestLog& log, const transport::Request& request) {
  bool malformed = false;
  const auto respond = [&](const transport::Endpoint& endpoint, Bytes message) -> std::optional<Octets> {
    const auto start = std::chrono::steady_clock::now();
    cmp::Reply reply = responder.respond(message, endpoint.profile ? *endpoint.profile : std::string_view{});
    const auto time = std::chrono::steady_clock::now() - start;
    log.request(request.peer, reply, std::chrono::duration_cast<std::chrono::microseconds>(time));
    malformed = reply.kind == cmp::Reply::Kind::malformed;
    return std::move(reply.octets);
  };
  transport::Reply reply = transport::cmp_handler(respond)(request);
  if (malformed) reply.status = 400;  // W-13: what is no PKIMessage is no HTTP request to us; the CMP error says why
  return reply;
}

/// Blocks SIGTERM and SIGINT in this thread and those that it starts: serve_until_signal() waits for them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// Ends what is over, each second. Replicas may all do that: one of them wins each.
class Expiry {
 public:
  Expiry(const CaEngine& engine, std::chrono::seconds max_delay, RequestLog& log)
      : engine_(engine), max_delay_(max_delay), log_(log) {}

  void run() {
    constexpr std::size_t batch = 1000;
    constexpr int most = 20;  // then it is looked whether the server shall end
    for (int i = 0; i < most && engine_.responder().expire(batch) == batch; ++i) continue;
    const auto forgotten = engine_.store().forget_approvals(SystemClock().now() - max_delay_);
    if (failing_ == forgotten.has_value()) tell(forgotten);
  }

 private:
  /// The store began to fail, or is there again.
  void tell(const tl::expected<std::size_t, cmp::StoreError>& result) {
    failing_ = !result;
    if (failing_)
      log_.alarm(fmt::format("the store fails, clients are told to come back: {}", result.error().text));
    else
      log_.note("the store is there again");
  }

  const CaEngine& engine_;
  std::chrono::seconds max_delay_;
  RequestLog& log_;
  bool failing_ = false;
};

void serve_until_signal(Expiry expiry, const sigset_t& signals) {
  while (sigtimedwait(&signals, nullptr, &expiry_interval) < 0) expiry.run();
}

std::string in_words(const StoreChoice& store) {
  const char* meaning = store.kind == StoreChoice::Kind::memory ? "all of it ends with this process"
                                                                : "it survives whatever happens to this process";
  return fmt::format("state is kept in {}: {}", store.text(), meaning);
}

int serve(const Arguments& arguments, const CaConfiguration& configuration, const CaEngine& engine) {
  const sigset_t signals = block_signals();
  RequestLog log(arguments.log_level, arguments.json);
  transport::ServerOptions options;
  options.address = configuration.listen.host;
  options.port = configuration.listen.port;
  options.max_body = configuration.max_message;
  options.max_connections = configuration.max_connections;
  options.workers = configuration.workers;
  cmp::Responder& responder = engine.responder();
  auto server = transport::HttpServer::start(options, [&](const transport::Request& request) {
    if (auto published = publish(request, engine.certificate(), engine.crls(), SystemClock().now()))
      return std::move(*published);
    return answer(responder, log, request);
  });
  if (!server) return fail(server.error().text, "choose another address with --listen, such as 127.0.0.1:0");
  fmt::print("listening on {}\n", server->url());
  std::fflush(stdout);
  log.note(in_words(configuration.store));
  serve_until_signal(Expiry(engine, configuration.max_delay, log), signals);
  log.note("stopping");
  server->stop();
  return exit_ok;
}

int ca_serve(const Arguments& arguments) {
  auto configuration = read_ca_configuration(arguments.folder);
  if (!configuration) return complain(configuration.error());
  if (!arguments.store.empty()) {
    const auto store = parse_store_choice(arguments.store, arguments.folder);
    if (!store) return misused(fmt::format("--store {} is none: {}", arguments.store, store_choices));
    configuration->store = *store;
  }
  if (!arguments.listen.empty()) {
    const auto address = parse_listen_address(arguments.listen);
    if (!address) return misused("--listen is not an address with a port", "write for example --listen 127.0.0.1:8080");
    configuration->listen = *address;
  }
  auto store = open_store(configuration->store, store::Migration::automatic);
  if (!store) return fail(store.error(), "nothing was listened on yet; see that the store can be reached");
  const auto engine = CaEngine::create(*configuration, std::move(*store));
  if (!engine) return complain(engine.error());
  return serve(arguments, *configuration, **engine);
}

}  // namespace

void add_ca_serve(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("serve", "Serve the CA of a folder over HTTP until SIGTERM or Ctrl-C");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DIR", arguments->folder, "Folder made by cmpkit ca init")->required();
  command->add_option("--listen", arguments->listen, "ADDRESS:PORT instead of that of ca.toml; port 0: any free one");
  command->add_option("--store", arguments->store,
                      "Where the state is kept, instead of what ca.toml says: sqlite, sqlite:PATH, memory, "
                      "postgresql://HOST/DATABASE");
  command->add_option("--log-level", arguments->log_level, "What goes to standard error")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "critical", "off"}))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Log lines are JSON objects");
  command->callback([arguments, &action] { action = [arguments] { return ca_serve(*arguments); }; });
}

}  // namespace cmpkit::tools
