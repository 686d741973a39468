#include "tools/ra_configuration_text.h"

#include <fmt/format.h>

#include "tools/new_folder.h"

namespace cmpkit::tools {
namespace {

using Kind = UpstreamEntry::Kind;

// {0}: address, {1}: line with the passphrase or a comment
constexpr std::string_view server_and_key = R"(# A CMP registration authority; `cmpkit ra serve` reads this file.
# Paths are relative to the folder of this file. Times are written with their unit: "90s", "5m", "12h", "365d".

# Where transactions, the inventory, approvals and the audit log are kept: "sqlite" (the file store.db here),
# "sqlite:PATH", "postgresql://USER@HOST/DATABASE" for several servers at once, or "memory", which ends with the server.
store = "sqlite"

[server]
listen = {0}        # address and port; port 0 lets the system choose one
#max_message = 1048576    # octets of one request
#max_connections = 1000   # at the same time
#workers = 32             # threads: so many requests wait for upstream at the same time

# The RA's key: it signs what goes upstream, and answers to devices. Its certificate needs the purpose id-kp-cmcRA.
[cmp]
certificate = "ra.crt"
key = "ra.key"
{1}
chain = ["ra.chain.crt"]  # the issuers of the certificate, nearest first

# --- Downstream: devices, and RAs below this one ---------------------------------------------------------------------

# Whose requests are understood. Who of them may do what is said below.
[requesters]
# Folders with trust anchors for signed requests, PEM or DER: the operator's root, so that certificates can be updated
# through this RA, and the roots of manufacturers whose devices may enrol.
trusted = ["operator", "trusted"]

# Shared secrets by their references ("*": all references without a line of their own), each given as "pass:SECRET",
# "file:PATH" (its first line) or "env:VARIABLE". `cmpkit ra secret` puts further ones into the store.
[requesters.secrets]
)";

constexpr std::string_view permissions = R"(
# Who was revoked by the CA or the manufacturer that certified them: nothing of theirs goes on. The CRLs that [cache]
# fetches count as well.
[revocation]
crls = []                      # files, PEM or DER, and folders of them: ["crls"]. Read again when they change
require = false                # true: whose status no current CRL tells is told to come back later; for this there have
                               # to be CRLs of all CAs, the roots too

# Who may do what: the first permission whose requester fits and that allows the operation counts. Nobody may do
# anything that is not written here.
#   who         "certificate"             signs with a certificate below one of `anchors` (folders; none: any trusted one)
#               "registration authority"  the same with id-kp-cmcRA
#               "secret"                  knows the secret of one of `references` (none: any)
#   operations  of ir, cr, kur, p10cr, rr, genm
#   subject     the name that may be asked for: "same" as that of the certificate (of a secret: its commonName is the
#               reference), "any", or a pattern that makes it: "/O=Operator/CN={serialNumber}" with attributes of the
#               requester's certificate, "/O=Operator/CN={reference}" of a secret (3GPP TS 33.310 maps the vendor's
#               name of a base station to the operator's so)
#   profiles    the certificate profiles that may be asked for; none: all
#   on_behalf   true: for others
[[permission]]
name = "subordinate RAs"
who = "registration authority"
anchors = ["operator"]
operations = ["ir", "cr", "kur", "p10cr", "rr", "genm"]
subject = "any"
on_behalf = true

[[permission]]
name = "devices in operation"
who = "certificate"
anchors = ["operator"]
operations = ["cr", "kur", "p10cr", "rr", "genm"]

[[permission]]
name = "devices of manufacturers"
who = "certificate"
operations = ["ir", "cr", "p10cr", "genm"]

[[permission]]
name = "whoever knows a secret"
who = "secret"
operations = ["ir", "cr", "p10cr", "genm"]

#[[permission]]
#name = "devices of ACME under our names"      # before the others: the first that fits counts
#who = "certificate"
#anchors = ["vendors/acme"]                    # a folder with ACME's roots only
#operations = ["ir"]
#subject = "/O=Operator/CN={serialNumber}.ran.example"

# Devices that the operator knows of: `cmpkit ra inventory` fills the list. Where it is on, a device that is signed for by
# its manufacturer (IDevID) gets a certificate only if it is on the list.
[inventory]
on = false
#permissions = ["devices of manufacturers"]    # whose requests it is asked about; none: all

# Whose certificates are those of which manufacturer in the inventory. Without it the O of their subjects names it.
#[[vendor]]
#name = "ACME"
#anchors = ["vendors/acme"]

# Somebody has to approve each request for a first certificate: cmpkit ra pending, approve, reject.
[approval]
on = false
#permissions = ["whoever knows a secret"]      # whose requests; none: all
)";

constexpr std::string_view upstreams = R"(
# --- Upstream: CAs, or RAs above this one ----------------------------------------------------------------------------
)";

// One way to a CA each. {0}: its name, {1}: URL
constexpr std::string_view over_http = R"(
[[upstream]]
name = {0}
kind = "http"
url = {1}
trusted = ["operator"]         # folders with trust anchors for its answers
#labels = false                # the URL as it is; true: operation and profile at the end of its path (RFC 9483 Section
                               # 6.1). Default: true where it has none, or begins with /.well-known/cmp
#expect_sender = "/O=Operator/CN=CMP"  # whose certificate signs them; without it anybody's does that leads to these
                               # anchors: write it where they certify devices, too
#timeout = "30s"               # without an answer until then the device is told to try again later
#recipient = "/O=Operator/CN=CA"  # of what is signed here; without it the device's word is taken
#tolerate = ["sender-not-subject"]  # mistakes of this CA: see `cmpkit enroll --help`
#certificate = "other.crt"     # another key than that of [cmp] protects what goes there; with chain, passphrase
#key = "other.key"
#reference = "ra-1"            # or a shared secret
#secret = "file:ra-1.secret"
#batch = 100                   # so many messages in one, if so many wait: devices poll meanwhile
#check_after = "60s"           # ... and are told when
#give_up = "1d"                # no answer until then: the device is told to try again later
)";

constexpr std::string_view by_files = R"(
# A CA that is offline: messages are files that somebody carries to it and back (cmpkit ca answer). What is said of
# expect_sender, recipient, tolerate, certificate, check_after and give_up where kind is "http" may be said here, too.
[[upstream]]
name = {0}
kind = "files"
out = "upstream/out"
in = "upstream/in"
trusted = ["operator"]
)";

constexpr std::string_view by_command = R"(
# A CA that knows no CMP: a program that gets a PKCS #10 request (PEM) and prints the certificate (PEM). It ends with 0,
# with 75 for "not yet, ask again", or with another status; the reason is on its standard error. In its environment stand
# CMPKIT_ID, CMPKIT_PROFILE, CMPKIT_SUBJECT, CMPKIT_PUBLIC_KEY (PEM) and CMPKIT_SIGNED_BY_DEVICE: with "no" it is not the
# device that signed the request but this RA, so that its signature is none by the key in it. One of this kind at most.
[[upstream]]
name = {0}
kind = "command"
command = ["./sign.sh"]
#revoke_command = ["./revoke.sh"]   # gets the certificate (PEM), and CMPKIT_REASON; without it nothing is revoked
issuer = "ca.crt"                   # the certificate that issues, and those above it
#timeout = "30s"
#check_after = "60s"                # after 75: when the device is to come back
)";

constexpr std::string_view routes = R"(
# Which way messages take: the first route that fits counts.
#   operations   of ir, cr, kur, p10cr, rr, genm; none: all
#   profiles     that the request asks for; none: any
#   forwarding   "replace"    signed here in the device's stead; what only the device can sign (kur) gets a signature
#                             around it that says: approved
#                "add"        every message gets that signature around it
#                "unchanged"  goes as it came
#   transparent  true: unchanged, and nothing is checked here but the header: for devices that are not known here
#   profile      to ask for upstream in place of what was asked
#   ra_verified  true: proof of possession is not passed on, the RA vouches for it
#   original     true: what the device sent goes along (origPKIMessage)
[[route]]
name = "everything"
upstream = "ca"
forwarding = "replace"

# What general messages are answered with from here, asked upstream now and then.
#[cache]
#upstream = "ca"
#ca_certificates = true
#crls_of = ["ra.crt"]          # files with certificates: the CRLs that tell about these
#refresh = "1h"

[transactions]
remember = "1h"                 # how long a finished transaction is known, so that a retry gets the same answer
max_delay = "7d"                # how long a client may poll for one answer
answer_last_poll = false        # a delayed answer names the last poll, not the request (OpenSSL before 3.3 needs that)
approval_poll = "1m"            # how often it shall poll while somebody has to approve its request
message_time_window = "5m"      # how far the clocks of clients may be off; "0s": their time is not looked at
max_mac_iterations = 100000     # what a client may make us compute before we know it
open_per_requester = 1000       # transactions that one certificate or secret may have open; 0: any number
open_in_all = 1000000           # ... and all of them together
max_nesting = 2                 # nested messages within each other, from RAs below this one
max_batch = 1000                # messages in one of them
batch_interval = "1s"           # how often batches leave, and folders are looked into
)";

constexpr std::string_view sign_program = R"sh(#!/bin/sh
# The CA behind this RA, for `cmpkit ra serve`: it gets a PKCS #10 request (PEM) and prints the certificate (PEM). What
# stands in its environment, and what the status means that it ends with, is said in ra.toml. This one is OpenSSL with
# ca.crt and ca.key beside it: put the command of your CA in its place. It looks at nothing but the name and the key;
# the other wishes of a device are in the request, and not all of them may be granted to everybody.
set -e
cd "$(dirname "$0")"
[ -e ca.key ] || { echo "the CA is not ready" >&2; exit 75; }
files=$(mktemp -d)
trap 'rm -r "$files"' EXIT
cat > "$files/extensions" <<END
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
printf '%s' "$CMPKIT_PUBLIC_KEY" > "$files/key"
if [ "$CMPKIT_SIGNED_BY_DEVICE" = yes ]; then
  set -- -req
else
  set -- -new -force_pubkey "$files/key" -subj "$CMPKIT_SUBJECT"
fi
openssl x509 "$@" -CA ca.crt -CAkey ca.key -set_serial "0x$CMPKIT_ID" -days 365 -extfile "$files/extensions"
)sh";

/// A comment, all of it.
std::string commented(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at) + 1;
    if (text[at] != '#' && text[at] != '\n') out += '#';
    out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

/// All ways to a CA: the one that is taken, then the others.
std::string upstreams_text(const NewRaConfiguration& configuration) {
  const bool online = configuration.kind == Kind::http;
  const std::string url = toml_string(online ? configuration.upstream : "http://ca.example.com:8080");
  std::string taken, others;
  for (const auto& [kind, text, name] : {std::tuple{Kind::http, over_http, "online"},
                                         {Kind::files, by_files, "offline"},
                                         {Kind::command, by_command, "script"}}) {
    const bool is_taken = kind == configuration.kind;
    const std::string block = fmt::format(fmt::runtime(text), toml_string(is_taken ? "ca" : name), url);
    (is_taken ? taken : others) += is_taken ? block : commented(block);
  }
  return taken + others;
}

}  // namespace

std::string ra_configuration_text(const NewRaConfiguration& configuration) {
  const std::string passphrase = configuration.passphrase.empty()
                                     ? "#passphrase = \"env:VARIABLE\"  # of the key: pass:, file: or env:"
                                     : "passphrase = " + toml_string(configuration.passphrase);
  std::string out = fmt::format(server_and_key, toml_string(configuration.listen), passphrase);
  for (const SecretEntry& secret : configuration.secrets)
    out += fmt::format("{} = {}\n", toml_string(secret.reference), toml_string(secret.source));
  out += permissions;
  out += upstreams;
  out += upstreams_text(configuration);
  return out.append(routes);
}

std::string_view sign_program_text() { return sign_program; }

}  // namespace cmpkit::tools
