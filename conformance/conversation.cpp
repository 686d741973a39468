#include "conformance/conversation.h"

#include "cmp/message/cert_hash.h"
#include "cmp/message/nested_message.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::conformance {

using asn1::PKIBody;

namespace {

tl::unexpected<std::string> failed(const cmp::CryptoError& error) { return tl::unexpected(error.text); }
tl::unexpected<std::string> failed(const asn1::Error& error) { return tl::unexpected(error.text()); }

bool begins(Base base) { return base != Base::cert_conf && base != Base::poll_req && base != Base::error; }

asn1::GeneralName directory_name(Bytes name) {
  return asn1::GeneralName::of(name.empty() ? asn1::null_dn : asn1::Name{name});
}

}  // namespace

PKIBody::Type type_of(Base base) {
  switch (base) {
    case Base::ir:
      return PKIBody::ir;
    case Base::cr:
      return PKIBody::cr;
    case Base::kur:
      return PKIBody::kur;
    case Base::p10cr:
      return PKIBody::p10cr;
    case Base::rr:
      return PKIBody::rr;
    case Base::genm:
      return PKIBody::genm;
    case Base::poll_req:
      return PKIBody::pollReq;
    case Base::error:
      return PKIBody::error;
    case Base::approval:
    case Base::batch:
      return PKIBody::nested;
    case Base::cert_conf:
    case Base::repeat:
      break;
  }
  return PKIBody::certConf;
}

Conversation::Conversation(const Peer& peer, cmp::Credential credential, cmp::SignatureCredential other)
    : peer_(peer), credential_(std::move(credential)), other_(std::move(other)) {}

/// The certificate and those above it, nearest first and without the root (P-06, P-08).
std::optional<cmp::SignatureCredential> Conversation::granted() const {
  if (certificate_.empty()) return {};
  cmp::SignatureCredential out{key_, {certificate_}};
  for (std::size_t i = 0; i < peer_certificates_.size(); ++i)
    for (const Octets& candidate : peer_certificates_) {
      const auto last = cmp::CertificateView::decode(out.chain.back());
      const auto above = cmp::CertificateView::decode(candidate);
      if (last && above && !last->is_self_issued() && !above->is_self_issued() &&
          asn1::same_name(last->issuer(), above->subject()))
        out.chain.push_back(candidate);
    }
  return out;
}

Bytes Conversation::own_certificate() const {
  const auto* signature = std::get_if<cmp::SignatureCredential>(&credential_);
  return signature != nullptr ? Bytes(signature->chain.front()) : Bytes(certificate_);
}

Draft Conversation::draft(Base base) {
  Draft draft(peer_.environment);
  draft.credential = credential_;
  draft.other = other_;
  draft.previous_id = transaction_id_;
  draft.previous_nonce = own_nonce_;
  draft.root = peer_.root;
  draft.no_signature = peer_.no_signature;
  draft.device = peer_.certificate;
  draft.secret = peer_.secret;
  draft.delaying_profile = peer_.delaying;
  auto& header = draft.header();
  header.pvno = asn1::Pvno::cmp2000;  // H-06, RFC 9483 Section 3.1
  header.messageTime = asn1::GeneralizedTime{peer_.environment.clock.now()};
  header.senderNonce = draft.storage.keep(random_octets(peer_.environment));  // H-70
  begins(base) ? begin(draft) : go_on(draft);
  return draft;
}

void Conversation::begin(Draft& draft) {
  draft.header().recipient = directory_name(draft.storage.keep_copy(peer_.recipient));  // H-21
  draft.header().transactionID = draft.storage.keep(random_octets(peer_.environment));  // H-60
}

void Conversation::go_on(Draft& draft) {
  draft.header().recipient = directory_name(draft.storage.keep_copy(peer_name_));   // H-22
  if (transaction_id_.empty()) transaction_id_ = random_octets(peer_.environment);  // nothing was said before
  draft.header().transactionID = draft.storage.keep_copy(transaction_id_);          // H-61
  if (!peer_nonce_.empty()) draft.header().recipNonce = draft.storage.keep_copy(peer_nonce_);  // H-72
}

tl::expected<std::shared_ptr<const cmp::Signer>, std::string> Conversation::new_key() {
  if (peer_.new_key) return peer_.new_key;
  const auto key = cmp::PrivateKey::generate(peer_.key_type);
  if (!key) return failed(key.error());
  auto signer = key->signer();
  if (!signer) return failed(signer.error());
  return std::shared_ptr<const cmp::Signer>(std::move(*signer));
}

tl::expected<void, std::string> Conversation::fill(Draft& draft, Base base) {
  switch (base) {
    case Base::ir:
    case Base::cr:
    case Base::kur:
      return fill_request(draft, base);
    case Base::p10cr:
      return fill_csr(draft);
    case Base::cert_conf:
      return fill_confirmation(draft);
    case Base::rr:
      return fill_revocation(draft);
    case Base::genm:
      draft.message.body.set<PKIBody::genm>().push_back({asn1::id_it_caCerts, {}});
      return {};
    case Base::poll_req:
      draft.message.body.set<PKIBody::pollReq>().push_back({poll_id_});
      return {};
    case Base::error:
      draft.message.body.set<PKIBody::error>().pKIStatusInfo.status = asn1::PKIStatus::rejection;
      return {};
    case Base::repeat:
    case Base::approval:
    case Base::batch:
      break;
  }
  return {};
}

/// RFC 9483 Sections 4.1.1 to 4.1.3.
tl::expected<void, std::string> Conversation::fill_request(Draft& draft, Base base) {
  auto key = new_key();
  if (!key) return tl::unexpected(key.error());
  key_ = draft.key = std::move(*key);
  asn1::CertReqMsg request;
  auto& wanted = request.certReq.certTemplate;
  wanted.subject = asn1::Name{draft.storage.keep_copy(peer_.subject)};
  const auto public_key = asn1::decode<asn1::SubjectPublicKeyInfo>(draft.key->public_key());
  if (!public_key) return failed(public_key.error());
  wanted.publicKey = *public_key;
  if (base == Base::kur) {
    const auto old = asn1::decode<asn1::Certificate>(own_certificate());
    if (!old) return failed(old.error());
    wanted.subject = old->tbsCertificate.subject;  // K-02
    const asn1::OldCertId id{asn1::GeneralName::of(old->tbsCertificate.issuer), old->tbsCertificate.serialNumber};
    request.certReq.controls.emplace().push_back({asn1::id_regCtrl_oldCertID, {draft.keep(id)}});  // K-03
  }
  auto& body = draft.message.body;
  auto& requests = base == Base::ir   ? body.set<PKIBody::ir>()
                   : base == Base::cr ? body.set<PKIBody::cr>()
                                      : body.set<PKIBody::kur>();
  requests.push_back(request);
  draft.add_info(asn1::id_it_implicitConfirm, asn1::null_value);  // H-80
  return {};
}

/// RFC 9483 Section 4.1.4.
tl::expected<void, std::string> Conversation::fill_csr(Draft& draft) {
  auto key = new_key();
  if (!key) return tl::unexpected(key.error());
  key_ = draft.key = std::move(*key);
  const auto public_key = asn1::decode<asn1::SubjectPublicKeyInfo>(draft.key->public_key());
  if (!public_key) return failed(public_key.error());
  auto& info = draft.message.body.set<PKIBody::p10cr>().certificationRequestInfo;
  info.subject = asn1::Name{draft.storage.keep_copy(peer_.subject)};
  info.subjectPKInfo = *public_key;
  draft.add_info(asn1::id_it_implicitConfirm, asn1::null_value);  // H-80
  return {};
}

/// RFC 9483 Section 4.1.1. Where no certificate was granted there is nothing to hash.
tl::expected<void, std::string> Conversation::fill_confirmation(Draft& draft) {
  auto& status = draft.message.body.set<PKIBody::certConf>().emplace_back();
  status.certReqId = cert_req_id_;  // C-02
  status.certHash = draft.storage.keep(Octets(32));
  if (certificate_.empty()) return {};
  auto hash = cmp::make_cert_hash(certificate_, peer_.environment.crypto);
  if (!hash) return failed(hash.error());
  status.certHash = draft.storage.keep(std::move(hash->value));
  status.hashAlg = hash->hash_alg;
  if (status.hashAlg) draft.header().pvno = asn1::Pvno::cmp2021;  // H-02
  return {};
}

/// RFC 9483 Section 4.2.
tl::expected<void, std::string> Conversation::fill_revocation(Draft& draft) {
  const auto own = asn1::decode<asn1::Certificate>(own_certificate());
  if (!own) return failed(own.error());
  auto& details = draft.message.body.set<PKIBody::rr>().emplace_back();
  details.certDetails.issuer = own->tbsCertificate.issuer;
  details.certDetails.serialNumber = own->tbsCertificate.serialNumber;
  const asn1::CRLReason reason{{0}};
  details.crlEntryDetails.emplace().push_back({asn1::id_ce_cRLReasons, false, draft.keep(reason)});
  return {};
}

tl::expected<Draft*, std::string> Conversation::compose(Base base, std::span<const Change* const> changes) {
  Draft& made = drafts_.emplace_back(draft(base));
  made.body_type = type_of(base);
  if (auto filled = fill(made, base); !filled) return tl::unexpected(filled.error());
  if (auto sealed = seal(made, changes); !sealed) return tl::unexpected(sealed.error());
  return &made;
}

/// what is approved lends its transactionID and senderNonce, a batch has its own.
tl::expected<Draft*, std::string> Conversation::enclose(Base base, std::span<const Draft* const> inside,
                                                        std::span<const Change* const> changes) {
  Draft& made = drafts_.emplace_back(draft(base));
  made.body_type = PKIBody::nested;
  std::vector<Octets> messages;
  for (const Draft* each : inside) messages.push_back(each->octets);
  auto body = asn1::decode<PKIBody>(made.storage.keep(cmp::nested_body(messages)));
  if (!body) return failed(body.error());
  made.message.body = std::move(*body);
  if (base == Base::approval) {
    made.header().transactionID = inside.front()->message.header.transactionID;
    made.header().senderNonce = inside.front()->message.header.senderNonce;
  }
  if (auto sealed = seal(made, changes); !sealed) return tl::unexpected(sealed.error());
  return &made;
}

tl::expected<const Exchange*, std::string> Conversation::say(Base base, std::span<const Change* const> changes,
                                                             const Form& form) {
  const auto made = base == Base::repeat ? &drafts_.back() : compose(base, changes);
  if (!made) return tl::unexpected(made.error());
  return hear(**made, (*made)->octets, peer_.post(form, (*made)->octets));
}

}  // namespace cmpkit::conformance
