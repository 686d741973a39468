#include "conformance/draft.h"

#include <algorithm>

#include "cmp/possession/signature_possession.h"
#include "cmp/protection/protector.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::conformance {
namespace {

using asn1::PKIBody;

/// What we make others compute is no matter of ours.
constexpr cmp::MacLimits no_limits{1, 10'000'000, 0, 4096, 4096};

tl::unexpected<std::string> failed(const cmp::CryptoError& error) { return tl::unexpected(error.text); }

tl::expected<void, std::string> prove_possession(Draft& draft) {
  if (auto* csr = std::get_if<PKIBody::p10cr>(&draft.message.body.value)) {
    const Bytes info[] = {draft.keep(csr->certificationRequestInfo)};
    auto signature = draft.key->sign(info);
    if (!signature) return failed(signature.error());
    csr->signatureAlgorithm = draft.key->algorithm();
    csr->signature.octets = draft.storage.keep(std::move(*signature));
    return {};
  }
  if (draft.message.body.cert_requests() == nullptr) return {};
  for (asn1::CertReqMsg& request : draft.requests()) {
    auto proved = cmp::prove_possession(request.certReq, *draft.key);
    if (!proved) return failed(proved.error());
    request = asn1::decode<asn1::CertReqMsg>(draft.storage.keep(std::move(*proved))).value();
  }
  return {};
}

/// Signs with a certificate that is not one for signing, which the engine's own protector refuses (P-14).
class DespiteKeyUsage final : public cmp::Protector {
 public:
  explicit DespiteKeyUsage(const cmp::SignatureCredential& credential)
      : credential_(credential), certificate_(cmp::CertificateView::decode(credential.chain.front()).value()) {}
  void fill(asn1::PKIHeader& header) const override {
    header.sender = asn1::GeneralName::of(certificate_.subject());
    header.senderKID = certificate_.subject_key_id();
    header.protectionAlg = credential_.signer->algorithm();
  }
  cmp::CryptoResult<Octets> protect(cmp::Pieces part) const override { return credential_.signer->sign(part); }
  std::span<const Octets> certificates() const override { return credential_.chain; }

 private:
  const cmp::SignatureCredential& credential_;
  cmp::CertificateView certificate_;
};

cmp::CryptoResult<std::unique_ptr<cmp::Protector>> protector_of(const Draft& draft) {
  if (draft.despite_key_usage)
    return std::make_unique<DespiteKeyUsage>(std::get<cmp::SignatureCredential>(draft.credential));
  return cmp::make_protector(draft.credential, draft.environment, no_limits);
}

void apply(Draft& draft, std::span<const Change* const> changes, Stage stage) {
  for (const Change* change : changes)
    if (change->stage == stage) change->apply(draft);
}

/// Protection over what is there (RFC 9810 Section 5.1.3): ProtectedPart is the message without its optional parts.
tl::expected<void, std::string> protect(Draft& draft, const cmp::Protector& protector) {
  asn1::PKIMessage part;
  part.header = draft.message.header;
  part.body = draft.message.body;
  const Bytes pieces[] = {draft.keep(part)};
  auto value = protector.protect(pieces);
  if (!value) return failed(value.error());
  draft.message.protection.emplace().octets = draft.storage.keep(std::move(*value));
  return {};
}

void attach_certificates(Draft& draft, const cmp::Protector& protector) {
  asn1::SequenceOf<asn1::CMPCertificate, 1> all;
  const auto add = [&](Bytes certificate) {
    const auto same = [&](const asn1::CMPCertificate& other) { return same_octets(other.tlv, certificate); };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back({draft.storage.keep_copy(certificate)});
  };
  for (const Octets& certificate : protector.certificates()) add(certificate);
  for (const Octets& certificate : draft.more_certificates) add(certificate);
  if (!all.empty()) draft.message.extraCerts = std::move(all);
}

tl::expected<void, std::string> seal_in_steps(Draft& draft, std::span<const Change* const> changes) {
  apply(draft, changes, Stage::content);
  if (draft.key != nullptr) {
    if (auto proved = prove_possession(draft); !proved) return proved;
  }
  const auto protector = protector_of(draft);
  if (!protector) return failed(protector.error());
  (*protector)->fill(draft.message.header);
  if (!draft.is_protected) draft.message.header.protectionAlg.reset();
  apply(draft, changes, Stage::message);
  if (draft.is_protected) {
    if (auto done = protect(draft, **protector); !done) return done;
  }
  attach_certificates(draft, **protector);
  apply(draft, changes, Stage::sealed);
  // The header may look into the protector, which ends here; the octets are what is sent.
  draft.octets = asn1::encode(draft.message);
  apply(draft, changes, Stage::octets);
  const auto sent = asn1::decode<asn1::PKIMessage>(draft.octets);
  draft.message = sent ? *sent : asn1::PKIMessage{};
  return {};
}

}  // namespace

asn1::CertReqMessages& Draft::requests() {
  if (message.body.cert_requests() == nullptr) throw std::bad_variant_access();
  return const_cast<asn1::CertReqMessages&>(*message.body.cert_requests());  // ours, so not const
}

asn1::CertRepMessage& Draft::responses() {
  if (message.body.cert_responses() == nullptr) throw std::bad_variant_access();
  return const_cast<asn1::CertRepMessage&>(*message.body.cert_responses());  // ours, so not const
}

void Draft::add_info(asn1::Oid type, std::optional<asn1::Any> value) {
  if (!message.header.generalInfo) message.header.generalInfo.emplace();
  message.header.generalInfo->push_back({type, value});
}

void Draft::remove_info(asn1::Oid type) {
  auto& items = message.header.generalInfo;
  if (!items) return;
  std::erase_if(*items, [&](const asn1::InfoTypeAndValue& item) { return item.infoType == type; });
  if (items->empty()) items.reset();
}

tl::expected<void, std::string> seal(Draft& draft, std::span<const Change* const> changes) {
  try {
    return seal_in_steps(draft, changes);
  } catch (const std::bad_variant_access&) {
    return tl::unexpected<std::string>("a change is one for another kind of message than this " +
                                       std::string(asn1::name_of(draft.message.body.type())));
  }
}

Octets random_octets(const cmp::Environment& environment) {
  Octets out(16);
  environment.random.fill(out);
  return out;
}

}  // namespace cmpkit::conformance
