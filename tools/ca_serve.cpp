// `cmpkit ca serve`: runs the CA of a folder until SIGTERM or SIGINT.
#include <CLI/CLI.hpp>

#include "tools/ca.h"
#include "tools/ca_engine.h"
#include "tools/published_files.h"
#include "tools/serving.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

int serve(const ServeArguments& arguments, const CaConfiguration& configuration, const CaEngine& engine) {
  const sigset_t signals = block_signals();
  RequestLog log(arguments.log_level, arguments.json);
  cmp::Responder& responder = engine.responder();
  const auto answer =
      logged_handler([&](Bytes message, std::string_view profile) { return responder.respond(message, profile); }, log);
  const auto handler = [&](const transport::Request& request) {
    if (auto published = publish(request, engine.certificate(), engine.crls(), SystemClock().now()))
      return std::move(*published);
    return answer(request);
  };
  Expiry expiry([&](std::size_t count) { return responder.expire(count); }, engine.store(), configuration.max_delay,
                log);
  return run_until_signal(configuration, handler, log, signals, [&] {
    expiry.run();
    read_again(engine.crl_files(), log);
  });
}

int ca_serve(const ServeArguments& arguments) {
  auto configuration = read_ca_configuration(arguments.folder);
  if (!configuration) return complain(configuration.error());
  if (const auto done = override_settings(arguments, *configuration); !done) return done.error();
  auto store = open_store(configuration->store, store::Migration::automatic);
  if (!store) return fail(store.error(), "nothing was listened on yet; see that the store can be reached");
  const auto engine = CaEngine::create(*configuration, std::move(*store));
  if (!engine) return complain(engine.error());
  return serve(arguments, *configuration, **engine);
}

}  // namespace

void add_ca_serve(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("serve", "Serve the CA of a folder over HTTP until SIGTERM or Ctrl-C");
  auto arguments = std::make_shared<ServeArguments>();
  add_serve_options(*command, *arguments, "ca");
  command->callback([arguments, &action] { action = [arguments] { return ca_serve(*arguments); }; });
}

}  // namespace cmpkit::tools
