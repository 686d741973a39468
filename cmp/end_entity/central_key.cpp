#include "cmp/end_entity/central_key.h"

#include "cmp/crypto/key_algorithm.h"
#include "cmp/crypto/mac_parameters.h"
#include "cmp/key_generation/key_package.h"
#include "cmp/message/checks.h"

namespace cmpkit::cmp {

namespace {

tl::expected<void, std::string> check_decryptor(const CentralKey& wish, const SignatureCredential& credential) {
  if (credential.chain.empty()) return tl::unexpected<std::string>("the certificate of the credential is missing");
  const auto certificate = CertificateView::decode(credential.chain.front());
  if (!certificate) return tl::unexpected("the certificate of the credential: " + certificate.error().text());
  if (const auto can = can_receive_keys(*certificate); !can)  // G-06
    return tl::unexpected("no key can be sent to us: " + can.error());
  if (!wish.decryptor || !same_octets(wish.decryptor->public_key(), certificate->public_key()))
    return tl::unexpected("what is encrypted to " + certificate->name() + " cannot be decrypted: its key is missing");
  return {};
}

/// The salt in the MAC's parameters (G-09). Views into them.
Bytes mac_salt_of(const asn1::PKIHeader& header, const MacLimits& limits) {
  if (!header.protectionAlg) return {};
  const auto parameters = read_mac_parameters(*header.protectionAlg, limits);
  if (!parameters) return {};
  if (const auto* pbm = std::get_if<PbmAlgorithm>(&*parameters)) return pbm->salt;
  if (const auto* pbmac1 = std::get_if<Pbmac1Algorithm>(&*parameters)) return pbmac1->salt;
  return {};
}

std::vector<asn1::CMPCertificate> pool_of(const EnrollmentOptions& options, const asn1::PKIMessage* response) {
  std::vector<asn1::CMPCertificate> pool;
  if (response != nullptr && response->extraCerts)
    pool.assign(response->extraCerts->begin(), response->extraCerts->end());
  for (const Octets& known : options.untrusted) pool.push_back({known});
  return pool;
}

std::optional<Refusal> check_version(const EnrollmentOptions& options, const asn1::PKIMessage& response, Trail& trail) {
  return check_message(response, Stage::pvno, trail, [&](const Rule&) {  // H-01
    return options.tolerance.allows(Deviation::key_package_form) ? std::optional(Deviation::key_package_form)
                                                                 : std::nullopt;
  });
}

}  // namespace

tl::expected<void, std::string> check_central_key(const EnrollmentOptions& options) {
  const CentralKey& wish = *options.central_key;
  if (options.new_key) return tl::unexpected<std::string>("a key is there already: the server need not make one");
  if (!wish.type.empty() && key_type_named(wish.type) == nullptr)
    return tl::unexpected("there is no type of key '" + wish.type + "'");
  const auto* signature = std::get_if<SignatureCredential>(&options.credential);
  return signature == nullptr ? tl::expected<void, std::string>{} : check_decryptor(wish, *signature);
}

std::optional<asn1::SubjectPublicKeyInfo> key_wish(const CentralKey& wish, asn1::Storage& storage) {
  if (wish.type.empty()) return {};
  asn1::SubjectPublicKeyInfo info;
  info.algorithm = algorithm_of(*key_type_named(wish.type), storage);
  return info;
}

std::optional<std::string> differs(const CentralKey& wish, Bytes public_key) {
  if (wish.type.empty()) return {};
  const auto info = asn1::decode<asn1::SubjectPublicKeyInfo>(public_key);
  const auto type = info ? key_type(info->algorithm) : CryptoResult<const KeyType*>(nullptr);
  if (type && *type == key_type_named(wish.type)) return {};
  return "the key is not of the type " + wish.type;
}

std::optional<Refusal> open_central_key(const EnrollmentOptions& options, const asn1::PKIMessage* response,
                                        Outcome& outcome, const Environment& environment, Trail& trail) {
  if (response != nullptr)
    if (auto refusal = check_version(options, *response, trail)) return refusal;
  const auto encrypted = asn1::decode<asn1::EncryptedKey>(outcome.encrypted_key);
  const auto certificate = CertificateView::decode(outcome.certificate);
  if (!encrypted || !certificate)
    return refused(rules::G_03, private_key_field, "there is no certificate with a private key in the response");

  const auto pool = pool_of(options, response);
  const auto open = [&](const Opener& opener, const TrustStore* trust) -> std::optional<Refusal> {
    const PackageOpening opening{opener, response != nullptr ? trust : nullptr, pool, options.tolerance};
    auto key = open_key_package(*encrypted, *certificate, opening, environment, trail);
    if (!key) return key.error();
    outcome.private_key = std::move(*key);
    return {};
  };
  if (const auto* secret = std::get_if<SecretCredential>(&options.credential)) {
    const Bytes mac_salt = response != nullptr ? mac_salt_of(response->header, options.mac_limits) : Bytes{};
    return open(SecretOpener{secret->secret, options.mac_limits, mac_salt}, nullptr);  // G-02: the secret authorises
  }
  const auto own = CertificateView::decode(std::get<SignatureCredential>(options.credential).chain.front());
  if (!own) return refused(rules::G_06, private_key_field, own.error().text());
  const CentralKey& wish = *options.central_key;
  return open(CertificateOpener{*own, *wish.decryptor}, wish.trust != nullptr ? wish.trust : options.trust);
}

}  // namespace cmpkit::cmp
