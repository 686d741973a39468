#include "cmp/responder/key_generation.h"

#include <algorithm>

#include "cmp/key_generation/key_package.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

namespace {

constexpr std::string_view key_field = "body.certTemplate.publicKey";

std::optional<Refusal> fail(Refusal refusal, Trail& trail) {
  trail.failed(*refusal.rule, refusal.field, refusal.text);
  return refusal;
}

/// The first type allowed that is what the template asks for: any where it asks for none. Null: there is none.
const std::string* choose_type(const std::vector<std::string>& allowed, const asn1::CertTemplate& wanted) {
  if (!wanted.publicKey) return &allowed.front();
  const auto asked = key_type(wanted.publicKey->algorithm);
  if (!asked) return nullptr;
  const auto found = std::ranges::find_if(allowed, [&](const auto& each) { return key_type_named(each) == *asked; });
  return found == allowed.end() ? nullptr : &*found;
}

/// G-06, G-13: whether the credential of who asks can receive a key.
std::optional<Refusal> check_recipient(const Admitted& operation, const RequestPolicy& policy, Trail& trail) {
  const Sender& sender = operation.sender();
  if (sender.certificate) {
    if (const auto can = can_receive_keys(*sender.certificate); !can)
      return fail(refused(rules::G_06, "extraCerts[0]", can.error(), asn1::PKIFailureInfo::badRequest), trail);
    trail.passed(rules::G_06, "extraCerts[0]");
    return {};
  }
  const auto secret = policy.configuration.secrets->find(sender.requester.identity);
  if (!secret) return fail(unavailable("header.senderKID", secret.error().text), trail);
  if (!*secret || (*secret)->size() < policy.configuration.key_generation->min_secret)
    return fail(refused(rules::G_13, "header.senderKID", "this secret is too short to deliver a private key under it",
                        asn1::PKIFailureInfo::notAuthorized),
                trail);
  trail.passed(rules::G_13, "header.senderKID");
  return {};
}

CryptoResult<Octets> package_for(const Admitted& operation, const PrivateKey& key, const RequestPolicy& policy) {
  const KeyGenerationAuthority& authority = *policy.configuration.key_generation;
  const Sender& sender = operation.sender();
  if (sender.certificate)
    return make_key_package(key, authority.credential,
                            CertificateRecipient{*sender.certificate, authority.key_transport}, policy.environment);
  const auto secret = policy.configuration.secrets->find(sender.requester.identity);
  if (!secret) return tl::unexpected(CryptoError{CryptoError::Kind::failure, secret.error().text});
  if (!*secret)
    return tl::unexpected(CryptoError{CryptoError::Kind::failure, "the shared secret is not known any more"});
  return make_key_package(key, authority.credential, SecretRecipient{**secret, authority.iterations},
                          policy.environment);
}

}  // namespace

tl::expected<void, std::string> check_key_generation(const KeyGenerationAuthority& authority) {
  const auto wrong = [](std::string text) { return tl::unexpected("key generation: " + std::move(text)); };
  if (!authority.credential.signer || authority.credential.chain.empty())
    return wrong("a signer and its certificate are needed");
  const auto certificate = CertificateView::decode(authority.credential.chain.front());
  if (!certificate) return wrong("the certificate cannot be read: " + certificate.error().text());
  if (!same_octets(certificate->public_key(), authority.credential.signer->public_key()))
    return wrong(certificate->name() + " is not a certificate for the key given with it");
  if (!certificate->has_purpose(asn1::id_kp_cmKGA) && !certificate->is_ca())  // G-02
    return wrong(certificate->name() + " has no id-kp-cmKGA");
  if (!certificate->allows(asn1::KeyUsage::digitalSignature))
    return wrong("keyUsage of " + certificate->name() + " lacks digitalSignature");
  if (certificate->subject_key_id().empty())  // G-04
    return wrong(certificate->name() + " has no subjectKeyIdentifier");
  if (authority.key_types.empty()) return wrong("no type of key is allowed");
  for (const std::string& type : authority.key_types)
    if (!PrivateKey::can_generate(type)) return wrong("keys of the type '" + type + "' cannot be made");
  if (authority.iterations < 1000) return wrong("fewer than 1000 iterations of PBKDF2");
  return {};
}

bool asks_for_key(const asn1::CertReqMsg& request) {
  const auto& key = request.certReq.certTemplate.publicKey;
  return !key || key->subjectPublicKey.octets.empty();
}

std::optional<Refusal> check_key_wish(const Admitted& operation, const asn1::CertReqMsg& request,
                                      const RequestPolicy& policy, Trail& trail) {
  if (operation.permission->on_behalf)
    return fail(refused(rules::G_12, "header.sender",
                        "a registration authority passes on a request for a key as it is, the key would be sent to it"),
                trail);
  if (auto refusal = check_recipient(operation, policy, trail)) return refusal;
  if (choose_type(policy.configuration.key_generation->key_types, request.certReq.certTemplate) == nullptr)
    return fail(refused(rules::R_09, key_field, "keys of this type are not made here"), trail);
  trail.passed(rules::G_01, key_field);
  return {};
}

std::optional<Refusal> generate_key(const Admitted& operation, const asn1::CertReqMsg& request,
                                    const RequestPolicy& policy, Authorised& out, Trail& trail) {
  const auto* type = choose_type(policy.configuration.key_generation->key_types, request.certReq.certTemplate);
  const auto key = PrivateKey::generate(*type);
  if (!key) return fail(unavailable(key_field, key.error().text), trail);
  auto package = package_for(operation, *key, policy);
  if (!package) return fail(unavailable(key_field, package.error().text), trail);
  out.key_package = std::move(*package);
  out.public_key = copy_of(key->public_key());
  out.request.public_key = out.public_key;
  out.request.key_generated = true;
  return {};
}

}  // namespace cmpkit::cmp
