#include "tools/ca_configuration.h"

#include "cmpkit/cmp/crl.h"
#include "tools/ca_profile_settings.h"

namespace cmpkit::tools {
namespace {

using std::chrono::seconds;

class Reader : ServerSettingsReader {
 public:
  Reader(CaConfiguration& out, Complaints& complaints)
      : ServerSettingsReader(out), out_(out), complaints_(complaints) {}

  void read(const toml::table& file) {
    Settings all(&file, out_.file, "", complaints_);
    read_store(all);
    read_server(all.table("server"), 64);
    read_ca(all.table("ca"));
    out_.cmp = read_certificate_and_key(all, "cmp");
    read_key_generation(all);
    read_publishing(all.table("publish"));
    read_requesters(all);
    read_delays(all.table("delay"));
    read_transactions(all.table("transactions"));
    check_revocation(all, false);
    for (Settings& each : all.tables("profile")) out_.profiles.push_back(read_profile(each));
    if (out_.profiles.empty())
      all.complain("profile", "there is none; write [[profile]] and below it name = \"default\"");
    all.refuse_other_keys();
  }

 private:
  void read_ca(Settings table) {
    out_.ca = read_pair(table, "ca");
    out_.ca_pubs = paths(table.texts("ca_pubs", {}));
    out_.encryption_certificate = path(table.text("encryption_certificate", {}));
    table.refuse_other_keys();
  }

  void read_key_generation(Settings& all) {
    Settings table = all.table("key_generation");
    if (!table.present()) return;
    KeyGenerationSettings& out = out_.key_generation.emplace();
    out.signer = read_pair(table, "kga");
    cmp::KeyGenerationAuthority& authority = out.authority;
    authority.key_types = table.texts("key_types", authority.key_types);
    if (table.flag("rsa_pkcs1", false)) authority.key_transport = {cmp::KeyTransport::Scheme::pkcs1, {}};
    authority.iterations = table.number("iterations", authority.iterations, 1000, 100'000'000);
    const auto min_secret = static_cast<std::int64_t>(authority.min_secret);
    authority.min_secret = static_cast<std::size_t>(table.number("min_secret", min_secret, 1, 1024));
    authority.any_pvno = table.flag("any_pvno", authority.any_pvno);
    table.refuse_other_keys();
  }

  void read_publishing(Settings table) {
    const cmp::CrlOptions usual;
    Publishing& out = out_.publishing;
    out.url = table.text("url", {});
    if (!out.url.empty() && (!out.url.starts_with("http://") || out.url.ends_with('/')))
      table.complain("url", "write a URL such as \"http://pki.example.com\", without a slash at its end");
    out.partitions = static_cast<std::uint32_t>(table.number("crl_partitions", 1, 1, 1'000'000));
    out.validity = table.duration("crl_validity", usual.validity);
    out.renew_before = table.duration("crl_renew_before", usual.renew_before);
    if (out.partitions > 1 && out.url.empty())
      table.complain("crl_partitions", "needs url: each part of the CRL names where it is found");
    table.refuse_other_keys();
  }

  void read_delays(Settings table) {
    using asn1::PKIBody;
    for (const auto type :
         {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm, PKIBody::certConf}) {
      const auto polls = table.number(std::string(name_of(type)).c_str(), 0, 0, 1'000'000);
      if (polls != 0) out_.delays.polls[type] = static_cast<unsigned>(polls);
    }
    out_.delays.check_after = table.duration("check_after", seconds{1});
    table.refuse_other_keys();
  }

  void read_transactions(Settings table) {
    const cmp::ResponderConfiguration usual;
    out_.implicit_confirm = table.flag("implicit_confirm", usual.grant_implicit_confirm);
    out_.refuse_used_keys = table.flag("refuse_used_keys", usual.refuse_used_keys);
    out_.revoke_rejected = table.flag("revoke_rejected", usual.revoke_rejected);
    out_.several_per_message = table.flag("several_per_message", usual.several_per_message);
    out_.confirm_wait = table.duration("confirm_wait", usual.confirm_wait);
    read_common_transactions(table);
    table.refuse_other_keys();
  }

  CaConfiguration& out_;
  Complaints& complaints_;
};

}  // namespace

tl::expected<CaConfiguration, std::vector<std::string>> read_ca_configuration(const std::string& folder) {
  return read_configuration_file<Reader, CaConfiguration>(folder, "ca.toml");
}

}  // namespace cmpkit::tools
