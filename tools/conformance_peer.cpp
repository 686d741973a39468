#include "tools/conformance_peer.h"

#include <fmt/format.h>

#include <filesystem>
#include <thread>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/botan.h"
#include "conformance/http_probe.h"
#include "tools/credentials.h"
#include "tools/files.h"
#include "tools/listen_address.h"
#include "tools/secret_source.h"
#include "tools/settings.h"

namespace cmpkit::tools {
namespace {

using conformance::Peer;

/// Reads one file; what is wrong goes to `complaints`.
class PeerFile {
 public:
  PeerFile(const std::string& path, const toml::table& table)
      : folder_(std::filesystem::path(path).parent_path()), top_(&table, path, {}, complaints) {}

  void read(LoadedPeer& loaded) {
    Peer& peer = loaded.peer;
    peer.name = top_.text("name", "the server");
    peer.recipient = name("recipient");
    peer.subject = name("subject");
    peer.key_type = top_.text("key_type", peer.key_type);
    peer.new_key = new_key();
    peer.delaying = top_.text("delaying", {});
    read_anchors(loaded);
    for (std::string& feature : top_.texts("features", {})) peer.features.insert(std::move(feature));
    peer.certificate = credential("certificate");
    peer.issued = credential("issued");
    peer.no_signature = credential("no_signature");
    peer.registration_authority = credential("registration_authority");
    peer.server = credential("server");
    peer.server_no_signature = credential("server_no_signature");
    peer.secret = secret("secret");
    peer.ra_secret = secret("ra_secret");
    read_upstream(loaded);
    if (peer.certificate) peer.features.insert(std::string(conformance::feature::certificate));
    if (peer.no_signature) peer.features.insert(std::string(conformance::feature::no_signature));
    if (peer.secret) peer.features.insert(std::string(conformance::feature::secret));
    if (peer.registration_authority) peer.features.insert(std::string(conformance::feature::registration_authority));
    for (auto& [rule, reason] : top_.table("known").free_texts()) peer.tolerated.emplace(rule, reason);
    top_.refuse_other_keys();
  }

  Complaints complaints;

 private:
  [[nodiscard]] std::string path_of(const std::string& file) const { return (folder_ / file).string(); }

  Octets name(const char* key) {
    const auto read = asn1::parse_name(top_.text(key, {}));
    if (!read) top_.complain(key, read.error());
    return read.value_or(Octets{});
  }

  std::shared_ptr<const cmp::Signer> new_key() {
    const std::string file = top_.text("new_key", {});
    if (file.empty()) return {};
    const auto key = load_private_key(path_of(file), {});
    if (!key) return top_.complain("new_key", key.error()), nullptr;
    auto signer = key->signer();
    if (!signer) return top_.complain("new_key", signer.error().text), nullptr;
    return std::move(*signer);
  }

  void read_anchors(LoadedPeer& loaded) {
    auto anchors = read_certificates(top_, "trusted");
    if (!anchors.empty()) loaded.peer.root = anchors.front();
    loaded.trust = trust_store(top_, "trusted", std::move(anchors));
    loaded.peer.trust = loaded.trust.get();
  }

  /// The CA above an RA.
  void read_upstream(LoadedPeer& loaded) {
    Settings table = top_.table("upstream");
    if (!table.present()) return;
    const auto address = parse_listen_address(table.text("listen", "127.0.0.1:0"));
    if (!address) return table.complain("listen", "write for example \"127.0.0.1:0\"");
    loaded.upstream.address = address->host;
    loaded.upstream.port = address->port;
    loaded.requesters = trust_store(table, "requesters", read_certificates(table, "requesters"));
    loaded.peer.requesters = loaded.requesters.get();
    loaded.peer.issuer = credential(table);
  }

  std::vector<Octets> read_certificates(Settings& table, const char* key) {
    std::vector<std::string> files;
    for (const std::string& file : table.texts(key, {})) files.push_back(path_of(file));
    auto certificates = load_certificates(files);
    if (!certificates) table.complain(key, certificates.error());
    return certificates ? std::move(*certificates) : std::vector<Octets>{};
  }

  static std::unique_ptr<cmp::TrustStore> trust_store(Settings& table, const char* key, std::vector<Octets> anchors) {
    auto trust = cmp::TrustStore::make(cmp::botan_crypto(), std::move(anchors));
    if (!trust) return table.complain(key, trust.error().text), nullptr;
    return std::make_unique<cmp::TrustStore>(std::move(*trust));
  }

  std::optional<cmp::SignatureCredential> credential(const char* key) { return credential(top_.table(key)); }
  std::optional<cmp::SignatureCredential> credential(Settings table) {
    if (!table.present()) return {};
    CertificateAndKey files;
    files.certificate = path_of(table.required_text("certificate", "device.crt"));
    files.key = path_of(table.required_text("key", "device.key"));
    for (const std::string& file : table.texts("chain", {})) files.extra_certificates.push_back(path_of(file));
    table.refuse_other_keys();
    if (!complaints.empty()) return {};
    auto loaded = load_signature_credential(files);
    if (!loaded) table.complain("certificate", loaded.error());
    return loaded ? std::optional(std::move(*loaded)) : std::nullopt;
  }

  std::optional<cmp::SecretCredential> secret(const char* key) {
    Settings table = top_.table(key);
    if (!table.present()) return {};
    const std::string reference = table.required_text("reference", "device-1");
    const std::string source = table.required_text("secret", "pass:...");
    table.refuse_other_keys();
    if (source.empty()) return {};
    auto secret = read_secret(source);
    if (!secret) return table.complain("secret", secret.error()), std::nullopt;
    return cmp::SecretCredential{copy_of(bytes_of(reference)), std::move(*secret), {cmp::MacMethod::Kind::pbm, 1000}};
  }

  std::filesystem::path folder_;
  Settings top_;
};

using Posted = tl::expected<transport::HttpReply, transport::TransportError>;

Posted post(transport::HttpClient& client, const transport::HttpUrl& url, const conformance::Form& form,
            Bytes message) {
  const bool usual = form == conformance::Form{form.path};
  if (!usual) return conformance::probe(url, form, message);
  return form.path.empty() ? client.post(message) : client.post(form.path, message);
}

/// Some servers end at a message that they do not like, and somebody starts them again: the next case waits for that.
Posted post_patiently(transport::HttpClient& client, const transport::HttpUrl& url, const conformance::Form& form,
                      Bytes message) {
  Posted posted = post(client, url, form, message);
  for (int i = 0; i < 20 && !posted && posted.error().kind == transport::TransportError::Kind::connect; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    posted = post(client, url, form, message);
  }
  return posted;
}

}  // namespace

LoadedPeer::LoadedPeer() : peer(cmp::Environment{clock, cmp::system_random(), cmp::botan_crypto()}) {}

tl::expected<std::unique_ptr<LoadedPeer>, std::vector<std::string>> load_peer(const std::string& path) {
  const auto content = read_file(path);
  if (!content) return tl::unexpected(std::vector{content.error()});
  auto loaded = std::make_unique<LoadedPeer>();
  try {
    const toml::table table = toml::parse(text_of(*content), path);
    PeerFile file(path, table);
    file.read(*loaded);
    if (!file.complaints.empty()) return tl::unexpected(std::move(file.complaints));
  } catch (const toml::parse_error& error) {
    return tl::unexpected(std::vector{fmt::format("{}:{}: {}", path, error.source().begin.line, error.description())});
  }
  return loaded;
}

tl::expected<void, std::string> connect_peer(LoadedPeer& loaded, const std::string& url) {
  const auto parsed = transport::parse_url(url);
  if (!parsed) return tl::unexpected(parsed.error().text);
  transport::ClientOptions options;
  options.total_timeout = std::chrono::seconds{10};
  auto client = transport::HttpClient::create(url, options);
  if (!client) return tl::unexpected(client.error().text);
  loaded.client = std::make_unique<transport::HttpClient>(std::move(*client));
  loaded.peer.features.insert(std::string(conformance::feature::http));
  loaded.peer.post = [url = *parsed, connected = loaded.client.get()](const conformance::Form& form, Bytes message) {
    return post_patiently(*connected, url, form, message);
  };
  loaded.peer.wait = [](std::chrono::seconds time) { std::this_thread::sleep_for(time); };
  return {};
}

}  // namespace cmpkit::tools
