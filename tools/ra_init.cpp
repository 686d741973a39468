// `cmpkit ra init`: makes a folder with a new RA in it.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "cmpkit/cmp/pem.h"
#include "cmpkit/transport/url.h"
#include "tools/enroll.h"
#include "tools/new_folder.h"
#include "tools/ra.h"
#include "tools/ra_configuration_text.h"

namespace cmpkit::tools {
namespace {

using Kind = UpstreamEntry::Kind;

struct Arguments {
  std::string folder;
  std::string key = "ec:P-256";
  std::string subject = "/CN=cmpkit RA";
  std::string listen = "127.0.0.1:8081";
  std::string upstream;  // URL, or the name of another kind
  std::vector<std::string> upstream_trusted, trusted, secrets;
  bool enroll = false;
  std::string reference, enroll_secret;  // with which the RA gets its certificate
  std::string profile = "ra";
};

Kind kind_of(const Arguments& arguments) {
  if (arguments.upstream == "files") return Kind::files;
  return arguments.upstream == "command" ? Kind::command : Kind::http;
}

tl::expected<std::vector<NewFile>, std::string> make_files(const Arguments& arguments) {
  std::vector<NewFile> files;
  for (const std::string& path : arguments.upstream_trusted)
    if (auto added = add_anchors("--upstream-trusted", path, "operator", files); !added)
      return tl::unexpected(added.error());
  // Never empty: a folder without anchors is a mistake.
  for (const std::string& path : arguments.trusted.empty() ? arguments.upstream_trusted : arguments.trusted)
    if (auto added = add_anchors("--trusted", path, "trusted", files); !added) return tl::unexpected(added.error());
  const auto secrets = read_secret_entries(arguments.secrets);
  if (!secrets) return tl::unexpected(secrets.error());
  const auto key = cmp::PrivateKey::generate(arguments.key);
  if (!key) return tl::unexpected(fmt::format("no key of type {}: {}", arguments.key, key.error().text));
  const auto pem = key->to_pem();
  if (!pem) return tl::unexpected(pem.error().text);
  files.push_back(new_file("ra.key", *pem, Access::owner_only));
  const NewRaConfiguration configuration{arguments.listen, kind_of(arguments), arguments.upstream, {}, *secrets};
  files.push_back(new_file("ra.toml", ra_configuration_text(configuration), Access::owner_only));
  if (configuration.kind == Kind::command) files.push_back(new_file("sign.sh", sign_program_text(), Access::program));
  return files;
}

std::string in_folder(const Arguments& arguments, const std::string& name) {
  return (std::filesystem::path(arguments.folder) / name).string();
}

/// As `cmpkit enroll` would be told.
EnrollArguments enrollment_of(const Arguments& arguments) {
  EnrollArguments out;
  out.server = arguments.upstream;
  out.reference = arguments.reference;
  out.secret = arguments.enroll_secret;
  out.trusted = arguments.upstream_trusted;
  out.profile = arguments.profile;
  out.subject = arguments.subject;
  out.new_key = in_folder(arguments, "ra.key");
  out.certificate_out = in_folder(arguments, "ra.crt");
  out.chain_out = in_folder(arguments, "ra.chain.crt");
  out.save_file = in_folder(arguments, "enrollment.state");
  out.verbose = true;
  return out;
}

/// From a cmpkit CA, whose operator adds a secret and approves. At one that is offline only the request arrives.
void print_enrollment_with_cmp(const Arguments& arguments) {
  fmt::print(
      "From a cmpkit CA, whose operator adds a secret (cmpkit ca secret add) and approves (cmpkit ca approve):\n");
  const std::string asking = fmt::format("--ref REFERENCE --secret pass:SECRET --trusted {} --profile {}",
                                         arguments.upstream_trusted.front(), arguments.profile);
  if (kind_of(arguments) == Kind::http)
    fmt::print(
        "  cmpkit enroll --server {0} {1} --subject '{2}' --newkey {3}/ra.key --certout {3}/ra.crt --chainout "
        "{3}/ra.chain.crt\n",
        arguments.upstream, asking, arguments.subject, arguments.folder);
  else
    fmt::print(
        "  cmpkit enroll --server URL {} --cmd p10cr --csr ra.csr --certout ra.crt --chainout ra.chain.crt\n"
        "at the CA, with ra.csr as below.\n",
        asking);
}

void print_enrollment(const Arguments& arguments) {
  fmt::print("next: a certificate with the purpose id-kp-cmcRA for ra.key. ");
  if (kind_of(arguments) != Kind::command) print_enrollment_with_cmp(arguments);
  fmt::print(
      "From {0} CA, by a PKCS #10 request:\n"
      "  openssl req -new -key {1}/ra.key -subj '{2}' -addext extendedKeyUsage=1.3.6.1.5.5.7.3.28 -out ra.csr\n"
      "Its answer goes to {1}/ra.crt, the certificates of its issuers to {1}/ra.chain.crt.\n",
      kind_of(arguments) == Kind::command ? "the" : "another", arguments.folder, arguments.subject);
  if (kind_of(arguments) == Kind::command)
    fmt::print("and: {0}/ca.crt, the certificate of that CA, and in {0}/sign.sh how it signs.\n", arguments.folder);
}

void print_result(const Arguments& arguments) {
  fmt::print("made in {}:\n", arguments.folder);
  for (const auto& [name, what] : {std::pair{"ra.key", "the RA's key"},
                                   {"operator/", "trust anchors of the CA above"},
                                   {"trusted/", "trust anchors for requests of devices"},
                                   {"ra.toml", "the configuration, with comments"}})
    fmt::print("  {:<20} {}\n", name, what);
  if (kind_of(arguments) == Kind::command) fmt::print("  {:<20} {}\n", "sign.sh", "asks the CA: to be adapted");
}

int ra_init(const Arguments& arguments) {
  if (const auto checked = check_new_folder(arguments.folder); !checked)
    return fail(checked.error(), "name another folder, or move this one away");
  if (!parse_listen_address(arguments.listen))
    return misused("--listen is not an address with a port", "write for example --listen 127.0.0.1:8081");
  if (const auto url = transport::parse_url(arguments.upstream); !url && kind_of(arguments) == Kind::http)
    return misused("--upstream: " + url.error().text,
                   "write for example --upstream http://ca.example.com:8080; or files, or command");
  if (arguments.enroll && kind_of(arguments) != Kind::http)
    return misused("--enroll asks the CA over HTTP", "leave it out: what is to be done is said then");
  const auto files = make_files(arguments);
  if (!files) return misused(files.error(), "nothing was written; correct the option and try again");
  if (const auto written = write_new_folder(arguments.folder, *files); !written)
    return fail(written.error(), "see that the disk has room and the folder can be written");
  print_result(arguments);
  if (!arguments.enroll)
    print_enrollment(arguments);
  else if (const int status = enroll(enrollment_of(arguments)); status != exit_ok)
    return print_enrollment(arguments), status;
  fmt::print("then: cmpkit ra serve {}\n", arguments.folder);
  return exit_ok;
}

}  // namespace

void add_ra_init(CLI::App& ra, Action& action) {
  CLI::App* command = ra.add_subcommand("init", "Make a new RA in front of a CA: its key, and ra.toml");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DIR", arguments->folder, "Folder to make")->required();
  command
      ->add_option(
          "--upstream", arguments->upstream,
          "URL of the CA, or of the RA above; files: messages are carried to a CA that is offline; command: the "
          "CA is a program that takes PKCS #10")
      ->required();
  command
      ->add_option("--upstream-trusted", arguments->upstream_trusted,
                   "File with the trust anchor of the CA; may be repeated")
      ->required();
  command->add_option("--trusted", arguments->trusted,
                      "File with trust anchors for requests, such as a manufacturer's root; may be repeated");
  command->add_option("--secret", arguments->secrets,
                      "REFERENCE=SOURCE of a shared secret of a device, * for all references; may be repeated");
  command->add_option("--key", arguments->key, "Type of the key: ec:P-256, rsa:3072, ed25519, ml-dsa-65, ...")
      ->capture_default_str();
  command->add_option("--subject", arguments->subject, "Name of the RA")->capture_default_str();
  command->add_option("--listen", arguments->listen, "Address and port for ra.toml")->capture_default_str();
  auto* reference = command->add_option("--ref", arguments->reference, "Reference of the RA's own secret, to enrol");
  auto* secret = command->add_option("--ref-secret", arguments->enroll_secret,
                                     "The secret: pass:SECRET, file:PATH or env:VARIABLE");
  command->add_option("--profile", arguments->profile, "Certificate profile to ask for")->capture_default_str();
  command->add_flag("--enroll", arguments->enroll, "Get the RA's certificate from the CA now; waits for its approval")
      ->needs(reference)
      ->needs(secret);
  command->callback([arguments, &action] { action = [arguments] { return ra_init(*arguments); }; });
}

}  // namespace cmpkit::tools
