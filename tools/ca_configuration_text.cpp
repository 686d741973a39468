#include "tools/ca_configuration_text.h"

#include <fmt/format.h>

#include "tools/new_folder.h"

namespace cmpkit::tools {
namespace {

constexpr std::string_view head = R"(# A CMP certification authority; `cmpkit ca serve` reads this file.
# Paths are relative to the folder of this file. Times are written with their unit: "90s", "5m", "12h", "365d".
)";

// {0}: address, {1}: line with the passphrase or a comment
constexpr std::string_view server_and_keys = R"(
# Where transactions, certificates, CRLs and the audit log are kept: "sqlite" (the file store.db here), "sqlite:PATH",
# "postgresql://USER@HOST/DATABASE" for several servers at once, or "memory", which ends with the server. Leave the
# password out of the URI: libpq takes it from the environment (PGPASSWORD) or from a file (PGPASSFILE, ~/.pgpass).
store = "sqlite"

[server]
listen = {0}        # address and port; port 0 lets the system choose one
#max_message = 1048576    # octets of one request
#max_connections = 1000   # at the same time
#workers = 64             # threads: so many requests wait for the store at the same time

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

# Make keys for who asks for one (RFC 9483 Section 4.1.6). Where devices can make their own keys, let them.
#[key_generation]
#certificate = "kga.crt"  # signs the packages that deliver the keys; has id-kp-cmKGA
#key = "kga.key"
#chain = ["ca.crt"]
#key_types = ["ec:P-256", "rsa:3072"]  # that may be asked for; the first one is for requests that name none
#rsa_pkcs1 = false        # true: keys are encrypted to RSA keys by PKCS #1 v1.5 instead of OAEP; some clients know no other
#iterations = 100000      # of PBKDF2, for keys that are delivered under a shared secret
#min_secret = 16          # octets that such a secret must have
#any_pvno = false         # true: asked for in pvno 2 as well (OpenSSL 3.5)
)";

constexpr std::string_view publish_and_requesters = R"(
[publish]
# Where clients reach this server over plain HTTP. Certificates then say that the CRL is at URL/crl/0.crl and the CA's
# certificate at URL/ca.cer; they are served there with or without this.
#url = "http://pki.example.com"
crl_validity = "7d"             # from thisUpdate to nextUpdate
crl_renew_before = "1d"         # the next CRL is made this long before nextUpdate, and whenever something is revoked
#crl_partitions = 16            # many short CRLs instead of one: /crl/0.crl to /crl/15.crl; needs url

# Whose requests are understood. Who of them may do what is said below.
[requesters]
# Folders with trust anchors for signed requests, PEM or DER: our own root, so that certificates of this CA can be
# updated, and the roots of manufacturers whose devices may enrol.
trusted = ["trusted"]

# Shared secrets by their references ("*": all references without a line of their own), each given as "pass:SECRET",
# "file:PATH" (its first line) or "env:VARIABLE".
[requesters.secrets]
)";

// {0}: the permissions
constexpr std::string_view permissions = R"(
# Who was revoked by the manufacturer that certified them: nothing of theirs is answered. What this CA revoked it knows.
[revocation]
crls = []                      # files, PEM or DER, and folders of them: ["crls"]. Read again when they change
require = false                # true: whose status no current CRL tells is told to come back later; for this there have
                               # to be CRLs of all other CAs, their roots too

# Who may do what: the first permission whose requester fits and that allows the operation counts. Nobody may do
# anything that is not written here.
#   who         "own certificate"         signs with a certificate of this CA
#               "certificate"             signs with a certificate below one of `anchors` (folders; none: any trusted one)
#               "registration authority"  the same with id-kp-cmcRA
#               "secret"                  knows the secret of one of `references` (none: any)
#   operations  of ir, cr, kur, p10cr, rr, genm
#   subject     the name that may be asked for: "same" as that of the certificate (of a secret: its commonName is the
#               reference), "any", or a pattern that makes it: "/O=Operator/CN={{CN}}" with attributes of the requester's
#               certificate, "/O=Operator/CN={{reference}}" of a secret
#   profiles    the certificate profiles that may be asked for; the first is for requests that name none; none: all
#   on_behalf   true: for others, with their proof of possession checked by the requester
{0})";

// {0}: subject rule
constexpr std::string_view operator_permissions = R"([[permission]]
name = "our registration authorities"     # their certificates are of the profile "ra" below, which somebody approves
who = "registration authority"
anchors = ["operator"]                    # our own root only: no manufacturer makes an RA of ours
operations = ["ir", "cr", "kur", "p10cr", "rr", "genm"]
subject = "any"
on_behalf = true

[[permission]]
name = "our certificates"
who = "own certificate"
operations = ["cr", "kur", "p10cr", "rr", "genm"]

[[permission]]
name = "devices of manufacturers"
who = "certificate"
operations = ["ir", "cr", "kur", "p10cr", "genm"]
subject = {0}

[[permission]]
name = "whoever knows a secret"
who = "secret"
operations = ["ir", "cr", "p10cr", "genm"]
subject = {0}

#[[permission]]
#name = "devices of ACME under our names"
#who = "certificate"
#anchors = ["trusted/acme"]               # a folder with ACME's roots only
#operations = ["ir"]
#subject = "/O=Operator/CN={{serialNumber}}.ran.example"
)";

constexpr std::string_view manufacturer_permissions = R"([[permission]]
name = "stations of the factory"
who = "secret"
operations = ["ir", "cr", "p10cr", "genm"]
subject = "any"
profiles = ["idevid"]

# An IDevID is for the life of its device: it is not updated. The device may have it revoked.
[[permission]]
name = "devices"
who = "own certificate"
operations = ["rr", "genm"]
)";

constexpr std::string_view transactions = R"(
[transactions]
implicit_confirm = true         # spare clients the certConf where they ask for that
confirm_wait = "5m"             # a certificate that is not confirmed in this time counts as rejected
revoke_rejected = true          # a certificate that is rejected, also by silence, is put on the CRL
several_per_message = false     # several requests in one message (RFC 9810; RFC 9483 allows one)
remember = "1h"                 # how long a finished transaction is known, so that a retry gets the same answer
max_delay = "7d"                # how long a client may poll for one answer
answer_last_poll = false        # a delayed answer names the last poll, not the request (OpenSSL before 3.3 needs that)
approval_poll = "1m"            # how often it shall poll while somebody has to approve its request
message_time_window = "5m"      # how far the clocks of clients may be off; "0s": their time is not looked at
refuse_used_keys = false        # refuse a public key for which a certificate was issued before
max_mac_iterations = 100000     # what a client may make us compute before we know it
open_per_requester = 1000       # transactions that one certificate or secret may have open; 0: any number
open_in_all = 1000000           # ... and all of them together

# Let clients poll although the answer is ready, to test them: how often, by the type of the request.
[delay]
#ir = 2
#check_after = "1s"
)";

// What the operator's CA issues, and the manufacturer's.
constexpr std::string_view operator_profiles = R"(
# What the certificates look like. The first profile is for requests that name none; others are asked for by name.
[[profile]]
name = "default"
validity = "365d"               # at most, and where none is asked for
#no_expiration = true           # they never end (notAfter 99991231235959Z), not even with the CA's own certificate
backdate = "1m"                 # the certificate is valid this long before now, for clocks that are slow
keys = ["ec", "rsa:2048", "ed25519", "ed448", "ml-dsa", "slh-dsa"]      # "rsa:2048": this size or more
#subject_required = ["CN"]      # attributes that the subject must have
#subject_allowed = ["CN", "O"]  # ... that it may have; none: all
#subject_fixed = "/O=Example"   # what every subject begins with; subject_default: where it has no such attribute
#subject_unique = true          # one name, one holder
#names_allowed = ["DNS:*.example.com", "IP:10.*"]                       # of subjectAltName; none: all
#names_required = ["DNS:*"]
key_usage = ["digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement"]
#default_key_usage = ["digitalSignature"]                               # where none is asked for
purposes = ["id-kp-clientAuth", "id-kp-serverAuth"]                     # extKeyUsage that may be asked for; "*": all
default_purposes = []                                                   # where none is asked for
extensions = []                 # further extensions taken over as asked for, such as ["1.2.3.4"]; "*": all
#added_extensions = ["id-ce-certificatePolicies=DER:3006300406022A03"]  # ... that every certificate gets
#ca_path_length = 0             # the certificates are those of CAs
#short_lived = true             # they end soon and are never revoked: noRevAvail (RFC 9608)
#approval = true                # somebody approves each request: cmpkit ca pending, approve, reject

# Exactly what is asked for: any names, uses and extensions, but no CA certificates and no CMP authorities.
[[profile]]
kind = "as-requested"
validity = "365d"

# Devices: a name of their own, subjectAltName URI:urn:dev:ops:... (RFC 9039), EC keys or as strong ones, TLS client and
# server.
[[profile]]
kind = "iot-device"
validity = "3650d"

# Registration authorities: cmpkit ra init. They may ask on behalf of others, so somebody approves each of them.
[[profile]]
name = "ra"
validity = "1095d"
default_purposes = ["id-kp-cmcRA"]
approval = true
)";

constexpr std::string_view manufacturer_profiles = R"(
# What the certificates look like: IDevIDs (IEEE 802.1AR), which never end (notAfter 99991231235959Z), name the device by
# its serialNumber, have no extKeyUsage and may have a hardwareModuleName as subjectAltName. What is not written here is
# as in this kind of profile; the ca.toml of cmpkit ca init without --manufacturer shows all settings.
[[profile]]
kind = "idevid"
#subject_fixed = "/O=Factory"   # what every subject begins with
)";

}  // namespace

std::string ca_configuration_text(const NewCaConfiguration& configuration) {
  const std::string passphrase = configuration.passphrase.empty()
                                     ? "#passphrase = \"env:VARIABLE\"  # of the key: pass:, file: or env:"
                                     : "passphrase = " + toml_string(configuration.passphrase);
  const std::string subject = toml_string(configuration.subject == cmp::SubjectRule::Kind::same ? "same" : "any");
  std::string out(head);
  out += fmt::format(server_and_keys, toml_string(configuration.listen), passphrase);
  out += publish_and_requesters;
  for (const SecretEntry& secret : configuration.secrets)
    out += fmt::format("{} = {}\n", toml_string(secret.reference), toml_string(secret.source));
  const std::string operators = fmt::format(operator_permissions, subject);
  out += fmt::format(permissions, configuration.manufacturer ? manufacturer_permissions : operators);
  out += transactions;
  return out.append(configuration.manufacturer ? manufacturer_profiles : operator_profiles);
}

}  // namespace cmpkit::tools
