#include "tools/ra_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "tools/ra_configuration.h"

namespace cmpkit::tools {
namespace {

namespace fs = std::filesystem;

/// The files of folders of trust anchors.
std::vector<std::string> files_in(const std::vector<std::string>& folders) {
  std::vector<std::string> out;
  std::error_code error;
  for (const std::string& folder : folders)
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
      if (it->is_regular_file() && !it->path().filename().string().starts_with('.')) out.push_back(it->path().string());
  return out;
}

void add_credential(const UpstreamEntry& upstream, const CertificateAndKey& usual, RaProtection protection,
                    ClientArguments& arguments) {
  if (!arguments.certificate.empty() || !arguments.secret.empty()) return;
  if (upstream.secret && protection == RaProtection::as_configured) {
    arguments.reference = upstream.secret->reference;
    arguments.secret = upstream.secret->source;
    return;
  }
  const CertificateAndKey& ours = upstream.certificate.value_or(usual);
  arguments.certificate = ours.certificate;
  arguments.key = ours.key;
  arguments.key_passphrase = ours.key_passphrase;
  arguments.extra_certificates = ours.extra_certificates;
}

}  // namespace

Step complete_as_ra(const std::string& folder, RaProtection protection, ClientArguments& arguments) {
  if (folder.empty()) return {};
  const auto configuration = read_ra_configuration(folder);
  if (!configuration) return tl::unexpected(configuration.error().front());
  const auto found = std::ranges::find(configuration->upstreams, UpstreamEntry::Kind::http, &UpstreamEntry::kind);
  UpstreamEntry upstream;
  if (found != configuration->upstreams.end()) {
    upstream = *found;
  } else if (arguments.server.empty()) {
    return wrong(
        fmt::format("{} has no [[upstream]] of kind \"http\": say by --server who is asked, such as the URL "
                    "of this RA while it serves",
                    configuration->file));
  } else {
    upstream.trusted = configuration->trusted;
  }
  if (arguments.server.empty()) arguments.server = upstream.url;
  if (arguments.recipient.empty()) arguments.recipient = upstream.recipient;
  if (arguments.trusted.empty() && arguments.server_certificate.empty()) arguments.trusted = files_in(upstream.trusted);
  add_credential(upstream, configuration->cmp, protection, arguments);
  return {};
}

}  // namespace cmpkit::tools
