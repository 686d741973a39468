// `cmpkit ca init`: makes a folder with a new CA in it.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/pem.h"
#include "tools/ca.h"
#include "tools/ca_configuration_text.h"
#include "tools/ca_hierarchy.h"
#include "tools/certificate_summary.h"
#include "tools/command.h"
#include "tools/new_folder.h"
#include "tools/secret_source.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::string folder;
  std::string key = "ec:P-256";
  std::string subject = "/CN=cmpkit CA";
  std::string listen = "127.0.0.1:8080";
  std::string passphrase;
  std::string subjects = "same";
  std::vector<std::string> secrets;
  std::vector<std::string> trusted;
  bool manufacturer = false;
};

/// Whose secret is made where none is given.
const char* first_reference(const Arguments& arguments) {
  return arguments.manufacturer ? "station-1" : "first-device";
}

constexpr const char* passphrase_variable = "CMPKIT_CA_PASSPHRASE";

template <class T>
using Made = tl::expected<T, std::string>;

/// The secrets of --secret, or a random one for the first device.
Made<std::vector<SecretEntry>> make_secrets(const Arguments& arguments, std::vector<NewFile>& files) {
  auto entries = read_secret_entries(arguments.secrets);
  if (!entries || !entries->empty()) return entries;
  const char* reference = first_reference(arguments);
  const std::string name = fmt::format("{}.secret", reference);
  files.push_back(new_file(name, random_secret() + "\n", Access::owner_only));
  entries->push_back({reference, "file:" + name});
  return entries;
}

/// Our root, for devices and for RAs, and the anchors of --trusted.
Made<void> make_trusted(const Arguments& arguments, const Octets& root, std::vector<NewFile>& files) {
  for (const char* name : {"trusted/root.crt", "operator/root.crt"})
    files.push_back(new_file(name, cmp::encode_pem("CERTIFICATE", root)));
  for (const std::string& path : arguments.trusted)
    if (auto added = add_anchors("--trusted", path, "trusted", files); !added) return added;
  return {};
}

Made<void> make_pair(const std::string& name, const KeyAndCertificate& pair, const std::string& passphrase,
                     std::vector<NewFile>& files) {
  const auto key = pair.key.to_pem(passphrase);
  if (!key) return tl::unexpected(key.error().text);
  files.push_back(new_file(name + ".crt", cmp::encode_pem("CERTIFICATE", pair.certificate)));
  files.push_back(new_file(name + ".key", *key, Access::owner_only));
  return {};
}

/// Where the running CA shall take the passphrase from: as given, but never written down beside the key.
std::string passphrase_source(const std::string& source) {
  constexpr std::string_view file = "file:";
  if (source.starts_with("pass:")) return fmt::format("env:{}", passphrase_variable);
  if (source.starts_with(file)) return fmt::format("{}{}", file, fs::absolute(source.substr(file.size())).string());
  return source;
}

Made<std::vector<NewFile>> make_files(const Arguments& arguments, const CaHierarchy& hierarchy) {
  std::string passphrase;
  if (!arguments.passphrase.empty()) {
    const auto secret = read_secret(arguments.passphrase);
    if (!secret) return tl::unexpected("--passphrase: " + secret.error());
    passphrase = text_of(*secret);
  }
  std::vector<NewFile> files;
  const auto secrets = make_secrets(arguments, files);
  if (!secrets) return tl::unexpected(secrets.error());
  auto done = make_pair("root", hierarchy.root, passphrase, files)
                  .and_then([&] { return make_pair("ca", hierarchy.ca, passphrase, files); })
                  .and_then([&] { return make_pair("cmp", hierarchy.cmp, {}, files); })
                  .and_then([&] { return make_pair("kga", hierarchy.kga, {}, files); })
                  .and_then([&] { return make_trusted(arguments, hierarchy.root.certificate, files); });
  if (!done) return tl::unexpected(done.error());
  const NewCaConfiguration configuration{
      arguments.listen, passphrase_source(arguments.passphrase),
      arguments.subjects == "same" ? cmp::SubjectRule::Kind::same : cmp::SubjectRule::Kind::any, *secrets,
      arguments.manufacturer};
  files.push_back(new_file("ca.toml", ca_configuration_text(configuration), Access::owner_only));
  return files;
}

void print_pair(const char* name, const char* what, const KeyAndCertificate& pair) {
  const auto summary = summarize_certificate(pair.certificate, cmp::botan_crypto());
  if (summary)
    fmt::print("  {:<20} {}: {}, {}, until {}\n", fmt::format("{0}.crt, {0}.key", name), what, summary->subject,
               summary->key, summary->not_after);
}

void print_result(const Arguments& arguments, const CaHierarchy& hierarchy) {
  const std::string& folder = arguments.folder;
  fmt::print("made in {}:\n", folder);
  print_pair("root", "root CA", hierarchy.root);
  print_pair("ca", "issuing CA", hierarchy.ca);
  print_pair("cmp", "signer of CMP messages", hierarchy.cmp);
  print_pair("kga", "signer of keys that the CA makes for others", hierarchy.kga);
  fmt::print("  {:<20} trust anchors for signed requests\n", "trusted/");
  fmt::print("  {:<20} ... of registration authorities\n", "operator/");
  fmt::print("  {:<20} the configuration, with comments\n", "ca.toml");
  fmt::print("root.key is not needed to run the CA: keep it somewhere else.\n\n");
  fmt::print("next: {}cmpkit ca serve {}\n",
             arguments.passphrase.starts_with("pass:") ? fmt::format("{}=... ", passphrase_variable) : "", folder);
  if (arguments.secrets.empty())
    fmt::print(
        "then: cmpkit enroll --server http://{1} --ref {2} --secret file:{0}/{2}.secret --trusted {0}/root.crt "
        "--subject {3} --newkey device.key --certout device.crt\n",
        folder, arguments.listen, first_reference(arguments),
        arguments.manufacturer ? "/O=Factory/serialNumber=1000001" : fmt::format("/CN={}", first_reference(arguments)));
}

int ca_init(const Arguments& arguments) {
  if (const auto checked = check_new_folder(arguments.folder); !checked)
    return fail(checked.error(), "name another folder, or move this one away");
  if (!parse_listen_address(arguments.listen))
    return misused("--listen is not an address with a port", "write for example --listen 127.0.0.1:8080");
  const SystemClock clock;
  const auto lifetime = arguments.manufacturer ? CaLifetime::endless : CaLifetime::limited;
  const auto hierarchy =
      make_ca_hierarchy(arguments.key, arguments.subject, lifetime, {clock, cmp::system_random(), cmp::botan_crypto()});
  if (!hierarchy) return misused(hierarchy.error(), "cmpkit ca init --help shows how keys and subjects are written");
  const auto files = make_files(arguments, *hierarchy);
  if (!files) return misused(files.error(), "nothing was written; correct the option and try again");
  if (const auto written = write_new_folder(arguments.folder, *files); !written)
    return fail(written.error(), "see that the disk has room and the folder can be written");
  print_result(arguments, *hierarchy);
  return exit_ok;
}

}  // namespace

void add_ca_init(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("init", "Make a new CA: a root, an issuing CA, a CMP signer, and ca.toml");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DIR", arguments->folder, "Folder to make")->required();
  command->add_option("--key", arguments->key, "Type of the keys: ec:P-256, rsa:3072, ed25519, ml-dsa-65, ...")
      ->capture_default_str();
  command->add_option("--subject", arguments->subject, "Name of the issuing CA; the others are named after it")
      ->capture_default_str();
  command->add_option("--listen", arguments->listen, "Address and port for ca.toml")->capture_default_str();
  command->add_option("--passphrase", arguments->passphrase,
                      "Encrypt root.key and ca.key: pass:PASSPHRASE, file:PATH or env:VARIABLE");
  command->add_option("--secret", arguments->secrets,
                      "REFERENCE=SOURCE of a shared secret, * for all references; may be repeated. Without it a random "
                      "one is made");
  command->add_option("--trusted", arguments->trusted,
                      "File with trust anchors for signed requests, such as a manufacturer's root; may be repeated");
  command
      ->add_option("--subjects", arguments->subjects,
                   "Subjects that may be asked for: same (that of the requester) or any")
      ->check(CLI::IsMember({"same", "any"}))
      ->capture_default_str();
  command->add_flag(
      "--manufacturer", arguments->manufacturer,
      "A factory's CA: it issues IDevIDs (IEEE 802.1AR), which never end, to stations that know a secret");
  command->callback([arguments, &action] { action = [arguments] { return ca_init(*arguments); }; });
}

}  // namespace cmpkit::tools
