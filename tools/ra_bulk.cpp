#include "tools/ra_bulk.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "tools/bulk_enrollment.h"
#include "tools/client.h"
#include "tools/printing.h"
#include "tools/ra_client.h"
#include "tools/share_out.h"
#include "tools/tally.h"

namespace cmpkit::tools {
namespace {

namespace fs = std::filesystem;
using Kind = BulkResult::Kind;

constexpr const char* failures_file = "failed.csv";
constexpr std::array<std::string_view, 4> extensions = {".csr", ".p10", ".req", ".der"};

template <class T>
using Made = tl::expected<T, std::string>;

const std::string& out_of(const BulkArguments& arguments) {
  return arguments.out.empty() ? arguments.requests : arguments.out;
}

/// The requests of the folder by their names. Two of one name would have one certificate file.
Made<std::vector<BulkItem>> find_items(const BulkArguments& arguments) {
  std::map<std::string, BulkItem> items;
  std::error_code error;
  for (fs::directory_iterator it(arguments.requests, error), end; !error && it != end; it.increment(error)) {
    const fs::path& path = it->path();
    const std::string extension = path.extension().string(), name = path.stem().string();
    if (name.starts_with('.') || std::ranges::find(extensions, extension) == extensions.end()) continue;
    const std::string base = (fs::path(out_of(arguments)) / name).string();
    const auto [known, is_new] = items.try_emplace(name, BulkItem{path.string(), base + ".pem", base + ".operation"});
    if (!is_new)
      return tl::unexpected(fmt::format("{} and {} would have the same certificate file; rename one of them",
                                        known->second.request, path.string()));
  }
  if (error) return tl::unexpected(fmt::format("cannot read the folder {}: {}", arguments.requests, error.message()));
  if (items.empty())
    return tl::unexpected(
        fmt::format("no request is in {}: their names end with {}", arguments.requests, fmt::join(extensions, ", ")));
  std::vector<BulkItem> out;
  for (auto& [name, item] : items) out.push_back(std::move(item));
  return out;
}

/// Keeps other processes from working on the same folder, which would enrol its devices a second time.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder)
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (folder_ >= 0) ::close(folder_);
  }
  [[nodiscard]] bool is_ours() const { return folder_ >= 0 && ::flock(folder_, LOCK_EX | LOCK_NB) == 0; }

 private:
  int folder_;
};

/// Temporary files of a process that was killed. Only under the lock.
void remove_remains(const std::string& folder) {
  constexpr std::size_t suffix = 7;  // of ReplacingFile: `.` and six letters
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.size() <= suffix || name.rfind('.') != name.size() - suffix) continue;
    const std::string whole = name.substr(0, name.size() - suffix);
    if (whole.ends_with(".pem") || whole.ends_with(".operation")) std::remove(it->path().c_str());
  }
}

/// What all of them have in common.
struct Job {
  cmp::EnrollmentOptions options;
  std::unique_ptr<cmp::TrustStore> trust;
  Patience patience;
};

Made<Job> prepare(const BulkArguments& arguments) {
  Job job;
  ClientArguments client = arguments;
  client.save_file = out_of(arguments);  // what is awaited is kept there
  if (auto prepared = prepare_client(client, cmp::botan_crypto(), job.options, job.trust); !prepared)
    return tl::unexpected(prepared.error());
  using asn1::PKIBody;
  job.options.type = arguments.command == "ir" ? PKIBody::ir : arguments.command == "cr" ? PKIBody::cr : PKIBody::p10cr;
  job.options.profile = arguments.profile;
  job.options.implicit_confirm = arguments.implicit_confirm;
  job.patience = {{}, arguments.retries, std::chrono::seconds{arguments.retry_wait}};
  if (arguments.no_wait || arguments.wait) job.patience.wait = std::chrono::seconds{arguments.wait.value_or(0)};
  return job;
}

void add(Tally& tally, const BulkItem& item, BulkResult result) {
  if (result.kind == Kind::failed) return tally.fail(item.request, std::move(result.reason));
  tally.add(static_cast<std::size_t>(result.kind));
}

/// Each thread over one connection.
void enroll_all(const BulkArguments& arguments, const Job& job, const std::vector<BulkItem>& items, Tally& tally) {
  const SystemClock clock;
  const cmp::Environment environment{clock, cmp::system_random(), cmp::botan_crypto()};
  share_out(items.size(), arguments.parallel, [&] {
    return [&, channel = connect(arguments)](std::size_t i) mutable {
      add(tally, items[i],
          channel ? enroll_item(items[i], job.options, environment, *channel, job.patience)
                  : BulkResult{Kind::failed, channel.error().text});
    };
  });
}

/// A field of a CSV file (RFC 4180).
std::string csv_field(std::string text) {
  for (auto at = text.find('"'); at != text.npos; at = text.find('"', at + 2)) text.insert(at, 1, '"');
  return '"' + text + '"';
}

/// All failures as a file; none of an earlier run is left where there are none.
Step store_failures(Tally& tally, const std::string& path) {
  std::string text = "file,reason\r\n";
  for (const Tally::Failure& failure : tally.failures())
    text += fmt::format("{},{}\r\n", csv_field(failure.name), csv_field(failure.reason));
  if (!tally.failures().empty()) return write_file(path, bytes_of(text));
  std::remove(path.c_str());
  return {};
}

std::size_t count(const Tally& tally, Kind kind) { return tally.count(static_cast<std::size_t>(kind)); }

void tell(Tally& tally, const std::string& path) {
  fmt::print("{} enrolled, {} had their certificate before, {} wait for the server, {} failed, of {}\n",
             count(tally, Kind::enrolled), count(tally, Kind::skipped), count(tally, Kind::waiting),
             tally.failures().size(), tally.total());
  tally.tell_failures();
  if (!tally.failures().empty())
    fmt::print(stderr, "cmpkit: all failures with their reasons are in {}; the same command tries these again\n", path);
  else if (count(tally, Kind::waiting) != 0)
    fmt::print(stderr, "cmpkit: the same command goes on with those that wait\n");
}

void tell_json(Tally& tally, const std::string& path) {
  nlohmann::ordered_json out{{"enrolled", count(tally, Kind::enrolled)},
                             {"skipped", count(tally, Kind::skipped)},
                             {"waiting", count(tally, Kind::waiting)},
                             {"failed", tally.failures().size()},
                             {"total", tally.total()},
                             {"failures", tally.json_of_failures("file")}};
  if (!tally.failures().empty()) out["report"] = path;
  print_json(out);
}

int conclude_all(const BulkArguments& arguments, Tally& tally) {
  const std::string path = (fs::path(out_of(arguments)) / failures_file).string();
  const Step stored = store_failures(tally, path);
  if (arguments.json)
    tell_json(tally, path);
  else
    tell(tally, path);
  if (!stored) return fail(stored.error());
  if (!tally.failures().empty()) return exit_failed;
  return count(tally, Kind::waiting) != 0 ? exit_waiting : exit_ok;
}

}  // namespace

int ra_bulk(BulkArguments arguments) {
  const Step completed = complete_as_ra(arguments.folder, RaProtection::as_configured, arguments);
  if (!completed) return misused(completed.error());
  if (arguments.server.empty()) return misused("--server is missing, or the folder of an RA");
  const auto job = prepare(arguments);
  if (!job) return misused(job.error());
  const auto url = connect(arguments);
  if (!url) return misused(url.error().text, advice_on(url.error().kind).next_step);
  std::error_code error;
  if (!fs::is_directory(arguments.requests, error))
    return misused(fmt::format("--csrs: there is no folder {}", arguments.requests));
  fs::create_directories(out_of(arguments), error);
  const FolderLock lock(out_of(arguments));
  if (!lock.is_ours())
    return fail(fmt::format("{} cannot be opened, or another cmpkit ra bulk works in it", out_of(arguments)),
                "wait for that one to end");
  remove_remains(out_of(arguments));
  const auto items = find_items(arguments);
  if (!items) return misused(items.error());
  Tally tally("requests looked at", items->size());
  enroll_all(arguments, *job, *items, tally);
  return conclude_all(arguments, tally);
}

void add_ra_bulk(CLI::App& ra, Action& action) {
  CLI::App* command = ra.add_subcommand("bulk", "Enrol devices that cannot speak CMP, from their PKCS #10 requests");
  const auto arguments = std::make_shared<BulkArguments>();
  add_client_options(*command, *arguments);
  add_secret_options(*command, *arguments);
  for (const char* option : {"--save", "--resume", "--reqout", "--rspout", "--verbose"})  // of single operations
    command->remove_option(command->get_option(option));
  command->get_option("--server")->required(false);
  command->add_option("DIR", arguments->folder,
                      "Folder made by cmpkit ra init: its ra.toml says what --server, --cert, --key and --trusted do "
                      "not; may be left out");
  command->add_option("--csrs", arguments->requests, "Folder of the requests: NAME.csr, .p10, .req or .der, PEM or DER")
      ->required()
      ->group(asked_group);
  command
      ->add_option("--cmd", arguments->command,
                   "p10cr hands the request on; ir and cr say that we verified the possession of its key (raVerified)")
      ->check(CLI::IsMember({"p10cr", "ir", "cr"}))
      ->capture_default_str()
      ->group(asked_group);
  command
      ->add_flag("--implicit_confirm,--implicit-confirm", arguments->implicit_confirm,
                 "Spare the confirmation where the server agrees")
      ->group(asked_group);
  command->add_option("--parallel", arguments->parallel, "How many at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->group(asked_group);
  command
      ->add_option("--out", arguments->out,
                   "Folder for NAME.pem, the certificate and its issuers; default: that of the requests")
      ->group(result_group);
  command->callback([arguments, &action] { action = [arguments] { return ra_bulk(*arguments); }; });
}

}  // namespace cmpkit::tools
