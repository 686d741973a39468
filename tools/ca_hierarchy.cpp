#include "tools/ca_hierarchy.h"

#include <fmt/format.h>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/ca_certificates.h"

namespace cmpkit::tools {
namespace {

using std::chrono::hours;

/// `/O=Example/CN=Example CA` and `Root`: `/O=Example/CN=Example CA Root`.
std::string named_after(const std::string& subject, std::string_view what) {
  const bool ends_with_common_name = subject.find('/', subject.rfind("/CN=") + 1) == std::string::npos;
  if (subject.rfind("/CN=") != std::string::npos && ends_with_common_name) return fmt::format("{} {}", subject, what);
  return fmt::format("{}/CN={}", subject, what);
}

cmp::CertificatePeriod years(int count, cmp::Time now) {
  return {now - std::chrono::minutes{1}, now + count * hours{8766}};
}

cmp::CertificatePeriod ca_period(CaLifetime lifetime, int count, cmp::Time now) {
  using namespace std::chrono;
  if (lifetime == CaLifetime::limited) return years(count, now);
  return {now - minutes{1}, sys_days{year{9999} / 12 / 31} + hours{24} - seconds{1}};
}

/// A key with its signer and name, before it has a certificate.
struct Entity {
  cmp::PrivateKey key;
  std::unique_ptr<cmp::Signer> signer;
  Octets name;
};

tl::expected<Entity, std::string> make_entity(const std::string& key_type, const std::string& subject) {
  auto name = asn1::parse_name(subject);
  if (!name) return tl::unexpected(fmt::format("the subject \"{}\" is not a name: {}", subject, name.error()));
  auto key = cmp::PrivateKey::generate(key_type);
  if (!key) return tl::unexpected(fmt::format("no key of type {}: {}", key_type, key.error().text));
  auto signer = key->signer();
  if (!signer) return tl::unexpected(fmt::format("a key of type {} cannot sign: {}", key_type, signer.error().text));
  return Entity{std::move(*key), std::move(*signer), std::move(*name)};
}

}  // namespace

tl::expected<CaHierarchy, std::string> make_ca_hierarchy(const std::string& key_type, const std::string& subject,
                                                         CaLifetime lifetime, const cmp::Environment& environment) {
  auto root = make_entity(key_type, named_after(subject, "Root"));
  auto ca = make_entity(key_type, subject);
  auto cmp_signer = make_entity(key_type, named_after(subject, "CMP"));
  auto kga = make_entity(key_type, named_after(subject, "KGA"));
  for (const auto* each : {&root, &ca, &cmp_signer, &kga})
    if (!*each) return tl::unexpected(each->error());

  const cmp::Time now = environment.clock.now();
  auto root_certificate =
      cmp::make_root_certificate(root->name, *root->signer, ca_period(lifetime, 20, now), environment);
  if (!root_certificate) return tl::unexpected(root_certificate.error().text);
  auto ca_certificate = cmp::make_issuing_ca_certificate(
      {*root_certificate, *root->signer}, ca->name, ca->key.public_key(), ca_period(lifetime, 10, now), environment);
  if (!ca_certificate) return tl::unexpected(ca_certificate.error().text);
  auto cmp_certificate = cmp::make_cmp_signer_certificate({*ca_certificate, *ca->signer}, cmp_signer->name,
                                                          cmp_signer->key.public_key(), years(5, now), environment);
  if (!cmp_certificate) return tl::unexpected(cmp_certificate.error().text);
  auto kga_certificate = cmp::make_kga_certificate({*ca_certificate, *ca->signer}, kga->name, kga->key.public_key(),
                                                   years(5, now), environment);
  if (!kga_certificate) return tl::unexpected(kga_certificate.error().text);
  return CaHierarchy{{std::move(root->key), std::move(*root_certificate)},
                     {std::move(ca->key), std::move(*ca_certificate)},
                     {std::move(cmp_signer->key), std::move(*cmp_certificate)},
                     {std::move(kga->key), std::move(*kga_certificate)}};
}

}  // namespace cmpkit::tools
