// `cmpkit ra serve`: runs the RA of a folder until SIGTERM or SIGINT.
#include <CLI/CLI.hpp>

#include "tools/ra.h"
#include "tools/ra_cache.h"
#include "tools/ra_engine.h"
#include "tools/ra_exchange.h"
#include "tools/serving.h"

namespace cmpkit::tools {
namespace {

int serve(const ServeArguments& arguments, const RaConfiguration& configuration, const RaEngine& engine) {
  const sigset_t signals = block_signals();
  RequestLog log(arguments.log_level, arguments.json);
  auto exchange = RaExchange::create(engine.relay(), configuration, log);
  if (!exchange) return fail(exchange.error(), "nothing was listened on yet");
  auto cache = RaCache::create(configuration, engine, log);
  if (!cache) return fail(cache.error(), "nothing was listened on yet");
  const auto handler = logged_handler(
      [&](Bytes message, std::string_view profile) {
        auto cached = *cache ? (*cache)->answer(message, profile) : std::nullopt;
        return cached ? std::move(*cached) : (*exchange)->answer(message, profile);
      },
      log);
  Expiry expiry([&](std::size_t count) { return engine.relay().expire(count); }, engine.store(),
                configuration.max_delay, log);
  (*exchange)->start();
  return run_until_signal(configuration, handler, log, signals, [&] {
    expiry.run();
    read_again(engine.crl_files(), log);
  });
}

int ra_serve(const ServeArguments& arguments) {
  auto configuration = read_ra_configuration(arguments.folder);
  if (!configuration) return complain(configuration.error());
  if (const auto done = override_settings(arguments, *configuration); !done) return done.error();
  auto store = open_store(configuration->store, store::Migration::automatic);
  if (!store) return fail(store.error(), "nothing was listened on yet; see that the store can be reached");
  const auto engine = RaEngine::create(*configuration, std::move(*store));
  if (!engine) return complain(engine.error());
  return serve(arguments, *configuration, **engine);
}

}  // namespace

void add_ra_serve(CLI::App& ra, Action& action) {
  CLI::App* command = ra.add_subcommand("serve", "Serve the RA of a folder over HTTP until SIGTERM or Ctrl-C");
  auto arguments = std::make_shared<ServeArguments>();
  add_serve_options(*command, *arguments, "ra");
  command->callback([arguments, &action] { action = [arguments] { return ra_serve(*arguments); }; });
}

}  // namespace cmpkit::tools
