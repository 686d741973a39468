#include "tools/serving.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "tools/command.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

std::string in_words(const StoreChoice& store) {
  const char* meaning = store.kind == StoreChoice::Kind::memory ? "all of it ends with this process"
                                                                : "it survives whatever happens to this process";
  return fmt::format("state is kept in {}: {}", store.text(), meaning);
}

/// Answers one HTTP request and writes its line into the log.
transport::Reply answer(const Respond& respond, RequestLog& log, const transport::Request& request) {
  bool malformed = false;
  const auto take = [&](const transport::Endpoint& endpoint, Bytes message) -> std::optional<Octets> {
    const auto start = std::chrono::steady_clock::now();
    cmp::Reply reply = respond(message, endpoint.profile ? *endpoint.profile : std::string_view{});
    const auto time = std::chrono::steady_clock::now() - start;
    log.request(request.peer, reply, std::chrono::duration_cast<std::chrono::microseconds>(time));
    malformed = reply.kind == cmp::Reply::Kind::malformed;
    return std::move(reply.octets);
  };
  transport::Reply reply = transport::cmp_handler(take)(request);
  if (malformed) reply.status = 400;  // W-13: what is no PKIMessage is no HTTP request to us; the CMP error says why
  return reply;
}

}  // namespace

void add_serve_options(CLI::App& command, ServeArguments& arguments, const std::string& role) {
  command.add_option("DIR", arguments.folder, fmt::format("Folder made by cmpkit {} init", role))->required();
  command.add_option("--listen", arguments.listen,
                     fmt::format("ADDRESS:PORT instead of that of {}.toml; port 0: any free one", role));
  command.add_option("--store", arguments.store,
                     fmt::format("Where the state is kept, instead of what {}.toml says: sqlite, sqlite:PATH, memory, "
                                 "postgresql://HOST/DATABASE",
                                 role));
  command.add_option("--log-level", arguments.log_level, "What goes to standard error")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "critical", "off"}))
      ->capture_default_str();
  command.add_flag("--json", arguments.json, "Log lines are JSON objects");
}

tl::expected<void, int> override_settings(const ServeArguments& arguments, ServerSettings& settings) {
  if (!arguments.store.empty()) {
    const auto store = parse_store_choice(arguments.store, arguments.folder);
    if (!store) return tl::unexpected(misused(fmt::format("--store {} is none: {}", arguments.store, store_choices)));
    settings.store = *store;
  }
  if (!arguments.listen.empty()) {
    const auto address = parse_listen_address(arguments.listen);
    if (!address)
      return tl::unexpected(
          misused("--listen is not an address with a port", "write for example --listen 127.0.0.1:8080"));
    settings.listen = *address;
  }
  return {};
}

int complain(const std::vector<std::string>& complaints) {
  return misused(fmt::format("{}", fmt::join(complaints, "\ncmpkit: ")),
                 "correct this and start again; nothing was listened on yet");
}

transport::Handler logged_handler(Respond respond, RequestLog& log) {
  return
      [respond = std::move(respond), &log](const transport::Request& request) { return answer(respond, log, request); };
}

sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int run_until_signal(const ServerSettings& settings, transport::Handler handler, RequestLog& log,
                     const sigset_t& signals, const std::function<void()>& each_second) {
  transport::ServerOptions options;
  options.address = settings.listen.host;
  options.port = settings.listen.port;
  options.max_body = settings.max_message;
  options.max_connections = settings.max_connections;
  options.workers = settings.workers;
  auto server = transport::HttpServer::start(options, std::move(handler));
  if (!server) return fail(server.error().text, "choose another address with --listen, such as 127.0.0.1:0");
  fmt::print("listening on {}\n", server->url());
  std::fflush(stdout);
  log.note(in_words(settings.store));
  constexpr timespec interval{1, 0};
  while (sigtimedwait(&signals, nullptr, &interval) < 0) each_second();
  log.note("stopping");
  server->stop();
  return exit_ok;
}

void read_again(CrlFiles& files, RequestLog& log) {
  for (const std::string& wrong : files.read()) log.alarm("revocation.crls: " + wrong);
}

void Expiry::run() {
  constexpr std::size_t batch = 1000;
  constexpr int most = 20;  // then it is looked whether the server shall end
  for (int i = 0; i < most && expire_(batch) == batch; ++i) continue;
  const auto forgotten = store_.forget_approvals(SystemClock().now() - max_delay_);
  if (failing_ == forgotten.has_value()) tell(forgotten);
}

/// The store began to fail, or is there again.
void Expiry::tell(const tl::expected<std::size_t, cmp::StoreError>& result) {
  failing_ = !result;
  if (failing_)
    log_.alarm(fmt::format("the store fails, clients are told to come back: {}", result.error().text));
  else
    log_.note("the store is there again");
}

}  // namespace cmpkit::tools
