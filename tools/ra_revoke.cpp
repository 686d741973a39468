#include "tools/ra_revoke.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <nlohmann/json.hpp>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/revocation.h"
#include "tools/client.h"
#include "tools/printing.h"
#include "tools/ra_client.h"
#include "tools/revocation_list.h"
#include "tools/revocation_reason.h"
#include "tools/server_store.h"
#include "tools/share_out.h"
#include "tools/tally.h"

namespace cmpkit::tools {
namespace {

struct Arguments : ClientArguments {
  std::string folder, list, issuer, reason = "unspecified";
  std::vector<std::string> certificates;
  std::vector<std::string> device;  // manufacturer and serial
  unsigned parallel = 4;
};

/// What became of a certificate; of the others the Tally knows that they failed.
enum Kind : std::size_t { revoked, before, left };

// --- what is to be revoked

/// The certificate that the inventory knows a device by.
tl::expected<RevocationItem, std::string> item_of_device(const Arguments& arguments) {
  const auto ra = open_server_store(arguments.folder);
  if (!ra) return tl::unexpected<std::string>("the inventory of the RA cannot be read");
  const std::string &manufacturer = arguments.device[0], &serial = arguments.device[1];
  auto found = ra->store->device(manufacturer, serial);
  if (!found) return tl::unexpected(found.error().text);
  if (!*found)
    return tl::unexpected(fmt::format("there is no device \"{}\" of \"{}\" in the inventory", serial, manufacturer));
  if ((*found)->certificate.empty())
    return tl::unexpected(fmt::format("the device \"{}\" of \"{}\" has got no certificate here", serial, manufacturer));
  return RevocationItem{fmt::format("{} {}", manufacturer, serial), {}, std::move((*found)->certificate)};
}

/// All of them, or all that is wrong with how they are named.
tl::expected<std::vector<RevocationItem>, std::vector<std::string>> find_items(const Arguments& arguments) {
  std::vector<RevocationItem> out;
  std::vector<std::string> errors;
  const auto take = [&](tl::expected<RevocationItem, std::string> item) {
    if (item)
      out.push_back(std::move(*item));
    else
      errors.push_back(item.error());
  };
  for (const std::string& each : arguments.certificates) take(read_revocation_item(each));
  if (!arguments.device.empty()) take(item_of_device(arguments));
  if (!arguments.list.empty()) {
    auto listed = read_revocation_list(arguments.list);
    if (!listed) return tl::unexpected(listed.error());
    std::ranges::move(*listed, std::back_inserter(out));
  }
  if (errors.empty() && out.empty()) errors.emplace_back("nothing is said to be revoked: name certificates, or --list");
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return out;
}

// --- how

/// What all of them have in common.
struct Job {
  cmp::RevocationOptions options;
  Octets issuer;  // of those that are known by their number
  std::unique_ptr<cmp::TrustStore> trust;
  Patience patience;
};

Step set_issuer(const Arguments& arguments, Job& job) {
  if (arguments.issuer.empty()) {
    job.issuer = name_in_certificate(job.options.credential, &cmp::CertificateView::issuer);
    return {};
  }
  auto issuer = naming("--issuer", asn1::parse_name(arguments.issuer));
  if (!issuer) return tl::unexpected(issuer.error());
  job.issuer = std::move(*issuer);
  return {};
}

tl::expected<Job, std::string> prepare(const Arguments& arguments) {
  Job job;
  const auto reason = reason_named(arguments.reason);
  if (!reason) return tl::unexpected(fmt::format("--reason: {} is no reason of RFC 5280", arguments.reason));
  job.options.reason = *reason;
  const Step prepared = prepare_client(arguments, cmp::botan_crypto(), job.options, job.trust).and_then([&] {
    return set_issuer(arguments, job);
  });
  if (!prepared) return tl::unexpected(prepared.error());
  job.patience = {{}, arguments.retries, std::chrono::seconds{arguments.retry_wait}};
  return job;
}

cmp::RevocationOptions options_for(const RevocationItem& item, const Job& job) {
  cmp::RevocationOptions out = job.options;
  Octets issuer = job.issuer;
  out.certificate = item.certificate;
  if (const auto view = cmp::CertificateView::decode(item.certificate)) {
    issuer = copy_of(view->issuer().tlv);
  } else {
    out.issuer = issuer;
    out.serial = item.serial;
  }
  if (out.recipient.empty()) out.recipient = std::move(issuer);
  return out;
}

/// Revokes one after the other, in several threads. Where the server cannot be reached it leaves the others.
class Revoking {
 public:
  Revoking(const Arguments& arguments, const Job& job, Tally& tally)
      : arguments_(arguments), job_(job), tally_(tally) {}

  void all(const std::vector<RevocationItem>& items) {
    share_out(items.size(), arguments_.parallel, [&] {
      return [&, channel = connect(arguments_)](std::size_t i) mutable {
        if (!channel) return tally_.fail(items[i].name, channel.error().text);
        one(items[i], *channel);
      };
    });
  }

 private:
  void one(const RevocationItem& item, transport::HttpClient& channel) {
    if (unreachable_) return tally_.add(left);
    const SystemClock clock;
    auto operation =
        cmp::Revocation::create(options_for(item, job_), {clock, cmp::system_random(), cmp::botan_crypto()});
    if (!operation) return tally_.fail(item.name, operation.error());
    RunListener nobody;
    const RunResult run = run_operation(*operation, channel, clock, job_.patience, nobody);
    if (run.outcome) return conclude_one(item, *run.outcome);
    unreachable_ = true;
    tally_.fail(item.name, run.transport_error->text);
  }

  /// Asked a second time, as after a process that was killed, the CA says that it is done.
  void conclude_one(const RevocationItem& item, const cmp::Outcome& outcome) {
    if (outcome.success) return tally_.add(revoked);
    const bool is_done = outcome.authenticated && outcome.fail_info == asn1::PKIFailureInfo::certRevoked;
    if (is_done && job_.options.reason != asn1::CRLReason::removeFromCRL) return tally_.add(before);
    tally_.fail(item.name, outcome.text);
  }

  const Arguments& arguments_;
  const Job& job_;
  Tally& tally_;
  std::atomic<bool> unreachable_ = false;
};

// --- the result

/// `revoked`, or what the reason makes of it.
const char* result_of(cmp::RevocationOptions const& options) {
  if (options.reason == asn1::CRLReason::certificateHold) return "put on hold";
  return options.reason == asn1::CRLReason::removeFromCRL ? "released" : "revoked";
}

int conclude_all(const Arguments& arguments, const Job& job, Tally& tally) {
  const std::size_t failed = tally.failures().size();
  if (arguments.json) {
    print_json({{"reason", reason_name(job.options.reason)},
                {"revoked", tally.count(revoked)},
                {"before", tally.count(before)},
                {"left", tally.count(left)},
                {"failed", failed},
                {"total", tally.total()},
                {"failures", tally.json_of_failures("certificate")}});
  } else {
    fmt::print("{} {} ({}), {} were revoked or expired before, {} failed, {} left, of {}\n", tally.count(revoked),
               result_of(job.options), reason_name(job.options.reason), tally.count(before), failed, tally.count(left),
               tally.total());
    tally.tell_failures();
  }
  if (failed == 0) return exit_ok;
  if (!arguments.json) fmt::print(stderr, "cmpkit: the same command tries again what is not done\n");
  return exit_failed;
}

int ra_revoke(Arguments arguments) {
  constexpr const char* nothing_done = "nothing was revoked yet; correct this and start again";
  if (const Step done = complete_as_ra(arguments.folder, RaProtection::signature, arguments); !done)
    return misused(done.error(), nothing_done);
  const auto items = find_items(arguments);
  if (!items) return misused(fmt::format("{}", fmt::join(items.error(), "\ncmpkit: ")), nothing_done);
  const auto job = prepare(arguments);
  if (!job) return misused(job.error(), nothing_done);
  if (const auto url = connect(arguments); !url)
    return misused(url.error().text, advice_on(url.error().kind).next_step);
  Tally tally("certificates asked about", items->size());
  Revoking(arguments, *job, tally).all(*items);
  return conclude_all(arguments, *job, tally);
}

}  // namespace

void add_ra_revoke(CLI::App& ra, Action& action) {
  CLI::App* command = ra.add_subcommand("revoke", "Have certificates of devices revoked, in the name of the RA");
  const auto arguments = std::make_shared<Arguments>();
  add_client_options(*command, *arguments);
  for (const char* option : {"--save", "--resume", "--reqout", "--rspout", "--verbose", "--wait", "--no-wait",
                             "--profile"})  // of single operations
    command->remove_option(command->get_option(option));
  command->get_option("--server")->required(false);
  command
      ->add_option("DIR", arguments->folder,
                   "Folder made by cmpkit ra init: its ra.toml says what --server, --cert, --key and --trusted do not")
      ->required();
  command->add_option("CERTIFICATE", arguments->certificates,
                      "What to revoke: files with a certificate, or serial numbers in hexadecimal");
  command->add_option("--list", arguments->list, "File with one of them in each line; - is standard input")
      ->group(asked_group);
  command->add_option("--device", arguments->device, "The certificate that the inventory knows this device by")
      ->expected(2)
      ->type_name("MANUFACTURER SERIAL")
      ->group(asked_group);
  command
      ->add_option("--issuer", arguments->issuer,
                   "Who issued those given by a number: /O=Example/CN=CA; default: the issuer of the RA's certificate")
      ->group(asked_group);
  command
      ->add_option("--reason", arguments->reason,
                   "Why: keyCompromise, superseded, certificateHold, removeFromCRL (release), ..., or its number")
      ->capture_default_str()
      ->group(asked_group);
  command->add_option("--parallel", arguments->parallel, "How many at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->group(asked_group);
  command->callback([arguments, &action] { action = [arguments] { return ra_revoke(*arguments); }; });
}

}  // namespace cmpkit::tools
