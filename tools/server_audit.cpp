// `cmpkit ca audit` and `cmpkit ra audit`: the log of all decisions, and whether it is whole.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/audit.h"
#include "cmpkit/cmp/botan.h"
#include "tools/certificate_summary.h"
#include "tools/printing.h"
#include "tools/progress.h"
#include "tools/server_commands.h"
#include "tools/server_store.h"

namespace cmpkit::tools {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string folder, head;
  std::uint64_t after = 0;
  std::size_t count = 100;
  bool json = false;
};

std::vector<std::string> in_hexadecimal(const std::vector<Octets>& serials) {
  std::vector<std::string> out;
  for (const Octets& serial : serials) out.push_back(hexadecimal(serial));
  return out;
}

Json json_of(std::uint64_t number, const cmp::AuditEntry& entry) {
  return {{"number", number},
          {"time", time_text(entry.time)},
          {"actor", entry.actor},
          {"action", entry.action},
          {"result", entry.result},
          {"transactionID", hexadecimal(entry.transaction_id)},
          {"certificates", in_hexadecimal(entry.certificates)},
          {"reason", entry.reason},
          {"trail", entry.trail}};
}

std::string one_line(std::uint64_t number, const cmp::AuditEntry& entry) {
  std::string line =
      fmt::format("{} {} {}: {} {}", number, time_text(entry.time), entry.actor, entry.action, entry.result);
  for (const Octets& serial : entry.certificates) line += fmt::format(" {}", hexadecimal(serial));
  if (!entry.reason.empty()) line += fmt::format(": {}", entry.reason);
  return printable(line);
}

int list_entries(const Arguments& arguments) {
  const auto server = open_server_store(arguments.folder);
  if (!server) return server.error();
  const auto records = server->store->audit(arguments.after, arguments.count);
  if (!records) return store_failed(records.error().text);
  Json all = Json::array();
  for (const cmp::AuditRecord& record : *records) {
    const auto entry = cmp::decode_audit_entry(record.entry);
    if (!entry)
      return fail(fmt::format("entry {}: {}", record.number, entry.error()),
                  fmt::format("cmpkit {} audit verify tells more", server->role->command));
    if (arguments.json)
      all.push_back(json_of(record.number, *entry));
    else
      fmt::print("{}\n", one_line(record.number, *entry));
  }
  if (arguments.json)
    print_json(all);
  else if (records->empty())
    fmt::print("there is no entry\n");
  return exit_ok;
}

/// What was the last entry at an earlier time: that it is still there shows that the log's end was not cut off since.
struct Head {
  std::uint64_t number = 0;
  std::string hash;  // hexadecimal

  [[nodiscard]] std::string text() const { return fmt::format("{}:{}", number, hash); }
};

Head head_of(const cmp::AuditRecord& record) { return {record.number, hexadecimal(record.hash)}; }

/// `NUMBER:HASH`
std::optional<Head> parse_head(const std::string& text) {
  Head out;
  const char* end = text.data() + text.size();
  const auto [colon, error] = std::from_chars(text.data(), end, out.number);
  if (error != std::errc{} || colon == end || *colon != ':') return std::nullopt;
  out.hash.assign(colon + 1, end);
  return out.hash.empty() && out.number != 0 ? std::nullopt : std::optional(out);
}

/// Reads the whole log. `known` is looked for on the way; the errors are sentences that name the entry.
class Verification {
 public:
  Verification(cmp::Store& store, std::optional<Head> known)
      : store_(store), known_(std::move(known)), verifier_(cmp::botan_crypto()) {}

  tl::expected<Head, std::string> run() {
    const auto statistics = store_.statistics();
    if (!statistics) return tl::unexpected(statistics.error().text);
    Progress progress("verified", statistics->audit_entries);
    constexpr std::size_t page = 1000;
    for (std::size_t got = page; got == page;) {
      const auto records = store_.audit(verifier_.last().number, page);
      if (!records) return tl::unexpected(records.error().text);
      for (const cmp::AuditRecord& record : *records)
        if (auto good = add(record); !good) return tl::unexpected(good.error());
      got = records->size();
      progress.add(got);
    }
    progress.finish();
    if (known_ && verifier_.last().number < known_->number)
      return tl::unexpected(fmt::format("the audit log ends at entry {}, but once had {}: its end was cut off",
                                        verifier_.last().number, known_->number));
    return head_of(verifier_.last());
  }

 private:
  tl::expected<void, std::string> add(const cmp::AuditRecord& record) {
    if (auto good = verifier_.add(record); !good) return good;
    if (known_ && record.number == known_->number && hexadecimal(record.hash) != known_->hash)
      return tl::unexpected(
          fmt::format("entry {} of the audit log has another hash than --head: the log was replaced", record.number));
    return {};
  }

  cmp::Store& store_;
  std::optional<Head> known_;
  cmp::AuditVerifier verifier_;
};

int verify(const Arguments& arguments) {
  const auto known = parse_head(arguments.head);
  if (!arguments.head.empty() && !known) return misused("--head: write NUMBER:HASH, as an earlier run printed it");
  const auto server = open_server_store(arguments.folder);
  if (!server) return server.error();
  const auto head = Verification(*server->store, known).run();
  if (arguments.json)
    print_json(head ? Json{{"whole", true}, {"entries", head->number}, {"head", head->text()}}
                    : Json{{"whole", false}, {"text", head.error()}});
  if (!head) return fail(head.error(), "compare the store with a backup of it");
  if (!arguments.json) fmt::print("the audit log is whole: {} entries\nhead {}\n", head->number, head->text());
  return exit_ok;
}

void add_common(CLI::App& command, Arguments& arguments) { command.add_flag("--json", arguments.json, "Print JSON"); }

}  // namespace

void add_audit(CLI::App& app, const ServerRole& role, Action& action) {
  CLI::App* command = app.add_subcommand("audit", "List the decisions that were made, or verify the log of them");
  auto listed = std::make_shared<Arguments>();
  auto* folder = command->add_option("DIR", listed->folder, role.folder_help);
  command->add_option("--after", listed->after, "The entries that follow the one with this number");
  command->add_option("--count", listed->count, "So many at most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  add_common(*command, *listed);

  CLI::App* verifying = command->add_subcommand("verify", "See that no entry was changed, removed or put in");
  auto verified = std::make_shared<Arguments>();
  verifying->add_option("DIR", verified->folder, role.folder_help)->required();
  verifying->add_option("--head", verified->head,
                        "NUMBER:HASH that an earlier run printed: sees that nothing after that was cut off");
  add_common(*verifying, *verified);
  verifying->callback([verified, &action] { action = [verified] { return verify(*verified); }; });
  command->callback([command, folder, listed, &action] {
    if (command->got_subcommand("verify")) return;
    if (folder->empty()) throw CLI::RequiredError("DIR");
    action = [listed] { return list_entries(*listed); };
  });
}

}  // namespace cmpkit::tools
