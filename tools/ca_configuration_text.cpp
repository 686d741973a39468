#include "tools/ca_configuration_text.h"

#include <fmt/format.h>

namespace cmpkit::tools {
namespace {

constexpr std::string_view head = R"(# A CMP certification authority; `cmpkit ca serve` reads this file.
# Paths are relative to the folder of this file. Times are written with their unit: "90s", "5m", "12h", "365d".
)";

// {0}: address, {1}: line with the passphrase or a comment
constexpr std::string_view server_and_keys = R"(
[server]
listen = {0}        # address and port; port 0 lets the system choose one
#max_message = 1048576    # octets of one request
#max_connections = 1000   # at the same time

[ca]                      # issues the certificates
certificate = "ca.crt"
key = "ca.key"
{1}
chain = ["root.crt"]      # the issuers of the CA's certificate, nearest first
#ca_pubs = ["root.crt"]   # trust anchors that every ip hands out; only where clients may trust them (RFC 9810, 8.9)

[cmp]                     # signs the messages of the CA; another key than that of [ca]
certificate = "cmp.crt"
key = "cmp.key"
chain = ["ca.crt"]
)";

// {0}: subject binding
constexpr std::string_view by_secret_head = R"(
# Requests that are protected by a shared secret (MAC). Without this section they are refused.
[by_secret]
# Which subject may be asked for:
#   "same"  a name whose commonName is the reference of the secret
#   "any"   every name: whoever has a secret may be anybody
subject = {0}

# The secrets by their references ("*": all references without a line of their own), each given as "pass:SECRET",
# "file:PATH" (its first line) or "env:VARIABLE".
[by_secret.secrets]
)";

// {0}: subject binding
constexpr std::string_view rest = R"(
# Requests that are signed with the key of a certificate. Without this section they are refused, key updates too.
[by_certificate]
subject = {0}          # "same": that of the certificate; "any": every name
# Folder with the trust anchors of these certificates, PEM or DER: our own root, so that certificates of this CA can be
# updated, and the roots of manufacturers whose devices may enrol.
trusted = "trusted"

[transactions]
implicit_confirm = true         # spare clients the certConf where they ask for that
confirm_wait = "5m"             # a certificate that is not confirmed in this time counts as rejected
remember = "1h"                 # how long a finished transaction is known, so that a retry gets the same answer
message_time_window = "5m"      # how far the clocks of clients may be off; "0s": their time is not looked at
refuse_used_keys = false        # refuse a public key for which a certificate was issued before
max_mac_iterations = 100000     # what a client may make us compute before we know it

# What the certificates look like. The first profile is for requests that name none; others are asked for by name.
[[profile]]
name = "default"
validity = "365d"               # at most, and where none is asked for
backdate = "1m"                 # the certificate is valid this long before now, for clocks that are slow
keys = ["ec", "rsa:2048", "ed25519", "ed448", "ml-dsa", "slh-dsa"]      # "rsa:2048": this size or more
key_usage = ["digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement"]
purposes = ["id-kp-clientAuth", "id-kp-serverAuth"]                     # extKeyUsage that may be asked for
default_purposes = []                                                   # where none is asked for
extensions = []                 # taken as asked for beside subjectAltName, keyUsage and extKeyUsage
)";

/// A TOML basic string.
std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + '"';
}

}  // namespace

std::string ca_configuration_text(const NewCaConfiguration& configuration) {
  const std::string passphrase = configuration.passphrase.empty()
                                     ? "#passphrase = \"env:VARIABLE\"  # of the key: pass:, file: or env:"
                                     : "passphrase = " + toml_string(configuration.passphrase);
  const std::string subject = toml_string(configuration.subject == cmp::SubjectRule::Kind::same ? "same" : "any");
  std::string out(head);
  out += fmt::format(server_and_keys, toml_string(configuration.listen), passphrase);
  out += fmt::format(by_secret_head, subject);
  for (const SecretEntry& secret : configuration.secrets)
    out += fmt::format("{} = {}\n", toml_string(secret.reference), toml_string(secret.source));
  return out + fmt::format(rest, subject);
}

}  // namespace cmpkit::tools
