// `cmpkit ca export`: all certificates of a CA, page by page, so that any number of them passes through little memory.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cmpkit/cmp/pem.h"
#include "tools/ca.h"
#include "tools/ca_store.h"
#include "tools/certificate_record.h"
#include "tools/files.h"
#include "tools/printing.h"
#include "tools/progress.h"

namespace cmpkit::tools {
namespace {

using Done = tl::expected<void, std::string>;

struct Arguments {
  std::string folder, out, status, format = "pem";
};

/// A file that appears when it is whole, or standard output.
class Output {
 public:
  static tl::expected<Output, std::string> open(const std::string& path) {
    Output out;
    if (path.empty()) return out;
    auto file = ReplacingFile::create(path);
    if (!file) return tl::unexpected(file.error());
    out.file_.emplace(std::move(*file));
    return out;
  }

  Done write(const std::string& text) {
    if (file_) return file_->write(bytes_of(text));
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return {};
    return tl::unexpected<std::string>("cannot write to standard output");
  }
  Done finish() {
    if (file_) return file_->finish();
    if (std::fflush(stdout) == 0) return {};
    return tl::unexpected<std::string>("cannot write to standard output");
  }

 private:
  std::optional<ReplacingFile> file_;
};

std::string text_of(const cmp::IssuedCertificate& record, bool as_json) {
  const std::string pem = cmp::encode_pem("CERTIFICATE", record.certificate);
  if (!as_json) return pem;
  nlohmann::ordered_json json = json_of(record);
  json["certificate"] = pem;
  return json_line(json) + "\n";
}

/// For the progress: those of other statuses are not counted.
tl::expected<std::uint64_t, std::string> count(cmp::Store& store, const cmp::CertificateQuery& query) {
  const auto statistics = store.statistics();
  if (!statistics) return tl::unexpected(statistics.error().text);
  const auto& counts = statistics->certificates;
  if (query.status) return counts.at(static_cast<std::size_t>(*query.status));
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

Done export_all(cmp::Store& store, cmp::CertificateQuery query, bool as_json, Output& out) {
  query.count = 1000;
  const auto total = count(store, query);
  if (!total) return tl::unexpected(total.error());
  Progress progress("exported", *total);
  for (;;) {
    const auto page = store.list(query);
    if (!page) return tl::unexpected(page.error().text);
    for (const auto& record : *page)
      if (auto written = out.write(text_of(record, as_json)); !written) return written;
    progress.add(page->size());
    if (page->size() < query.count) break;
    query.after = page->back().serial;
  }
  progress.finish();
  return out.finish();
}

int ca_export(const Arguments& arguments) {
  const auto ca = open_ca_store(arguments.folder);
  if (!ca) return ca.error();
  auto out = Output::open(arguments.out);
  if (!out) return fail(out.error());
  cmp::CertificateQuery query;
  query.status = status_named(arguments.status);
  const auto done = export_all(*ca->store, query, arguments.format == "json", *out);
  return done ? exit_ok : fail(done.error(), "nothing was written to --out; try again");
}

}  // namespace

void add_ca_export(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("export", "Write all certificates that a CA issued");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DIR", arguments->folder, "Folder made by cmpkit ca init")->required();
  command->add_option("--out", arguments->out, "The file; default: standard output");
  command->add_option("--format", arguments->format, "pem, or json: an object in each line")
      ->check(CLI::IsMember({"pem", "json"}))
      ->capture_default_str();
  command->add_option("--status", arguments->status, "Only those of this status")->check(CLI::IsMember(status_names()));
  command->callback([arguments, &action] { action = [arguments] { return ca_export(*arguments); }; });
}

}  // namespace cmpkit::tools
