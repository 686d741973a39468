// `cmpkit ca answer`: answers the messages in a folder, for RAs without a connection to the CA (RFC 9483 Section 6.3).
#include <fmt/core.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cmpkit/transport/folder.h"
#include "tools/ca.h"
#include "tools/ca_engine.h"
#include "tools/request_log.h"

namespace cmpkit::tools {
namespace {

using transport::Folder;

struct Arguments {
  std::string folder;
  std::string in, out;
  bool watch = false;
  bool json = false;
};

constexpr timespec watch_interval{1, 0};

/// Messages travel for days: what ca.toml says of a network's minutes would refuse them, or end what they are about. A
/// message is known for as long as it may be read again, so that it is not done twice.
void allow_for_travel(CaConfiguration& configuration) {
  using std::chrono::seconds;
  const seconds travel = configuration.max_delay;
  seconds& window = configuration.message_time_window;
  if (window != seconds::zero()) window = std::max(window, travel);
  configuration.confirm_wait = std::max(configuration.confirm_wait, travel);
  configuration.remember = std::max(configuration.remember, 2 * travel);
}

/// The folders of an offline leg, and the CA that answers.
class Desk {
 public:
  Desk(const CaEngine& engine, const Folder& in, const Folder& out, RequestLog& log)
      : engine_(engine), in_(in), out_(out), log_(log) {}

  /// Answers what is there. False: something could not be read, or not be answered.
  bool answer_all() {
    while (engine_.responder().expire() != 0) continue;
    const auto names = in_.names();
    if (!names) return alarm(names.error().text);
    bool good = true;
    for (const std::string& name : *names) good = answer(name) && good;
    return good;
  }

 private:
  bool answer(const std::string& name) {
    const auto message = in_.read(name);
    if (!message) return alarm(message.error().text);
    if (!*message) return true;  // another one was faster, or it is still being copied
    const auto start = std::chrono::steady_clock::now();
    const cmp::Reply reply = engine_.responder().respond(**message);
    const auto time = std::chrono::steady_clock::now() - start;
    log_.request(name, reply, std::chrono::duration_cast<std::chrono::microseconds>(time));
    // Later it may know more, and offline there is no other way to ask again.
    if (reply.refusal && reply.refusal->fail_info == cmp::FailInfo::systemUnavail)
      return alarm("the CA cannot say now: " + name + " is left for the next time");
    // The answer first: after a crash between the two the CA gives the same answer again.
    const auto answered = out_.put(name, reply.octets);
    if (!answered) return alarm(answered.error().text);
    const bool is_message = reply.kind != cmp::Reply::Kind::malformed;
    const auto moved =
        is_message ? in_.done(name) : in_.reject(name, reply.refusal ? reply.refusal->text : "no PKIMessage");
    if (!moved) return alarm(moved.error().text);
    return is_message;
  }

  bool alarm(const std::string& text) {
    log_.alarm(text);
    return false;
  }

  const CaEngine& engine_;
  const Folder& in_;
  const Folder& out_;
  RequestLog& log_;
};

/// Answers what comes until SIGTERM or SIGINT, never in the middle of a message.
int answer_until_signal(Desk& desk) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  fmt::print("watching\n");
  std::fflush(stdout);
  bool good = true;
  do {
    good = desk.answer_all() && good;
  } while (sigtimedwait(&signals, nullptr, &watch_interval) < 0);
  return good ? exit_ok : exit_failed;
}

int ca_answer(const Arguments& arguments) {
  auto configuration = read_ca_configuration(arguments.folder);
  if (!configuration) return misused(fmt::format("{}", configuration.error().front()), "correct this and start again");
  allow_for_travel(*configuration);
  const transport::FolderOptions options{.max_message = configuration->max_message};
  const auto in = Folder::open(arguments.in, options), out = Folder::open(arguments.out, options);
  for (const auto* folder : {&in, &out})
    if (!*folder) return fail(folder->error().text, "see that the folder can be made and written");
  auto store = open_store(configuration->store, store::Migration::automatic);
  if (!store) return fail(store.error(), "nothing was answered yet; see that the store can be reached");
  const auto engine = CaEngine::create(*configuration, std::move(*store));
  if (!engine) return misused(engine.error().front(), "correct this and start again");
  RequestLog log("info", arguments.json);
  Desk desk(**engine, *in, *out, log);
  if (arguments.watch) return answer_until_signal(desk);
  return desk.answer_all() ? exit_ok : exit_failed;
}

}  // namespace

void add_ca_answer(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("answer", "Answer the messages in a folder: for RAs without a connection");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DIR", arguments->folder, "Folder made by cmpkit ca init")->required();
  command->add_option("--in", arguments->in, "Folder with the messages, NAME.pki each; they go to its done/ or bad/")
      ->required();
  command->add_option("--out", arguments->out, "Folder for the answers, under the same names")->required();
  command->add_flag("--watch", arguments->watch, "Answer what comes until SIGTERM or Ctrl-C");
  command->add_flag("--json", arguments->json, "The lines about messages are JSON objects");
  command->callback([arguments, &action] { action = [arguments] { return ca_answer(*arguments); }; });
}

}  // namespace cmpkit::tools
