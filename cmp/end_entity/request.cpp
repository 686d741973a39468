#include "cmp/end_entity/request.h"

#include "cmp/end_entity/central_key.h"
#include "cmp/possession/signature_possession.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

CryptoError malformed(std::string_view what, const asn1::Error& error) {
  return {CryptoError::Kind::failure, std::string(what) + ": " + error.text()};
}

/// K-03: {issuer, serialNumber} of the certificate to update.
asn1::AttributeTypeAndValue old_cert_id(const CertificateView& old, asn1::Storage& storage) {
  asn1::OldCertId id;
  id.issuer = asn1::GeneralName::of(old.issuer());
  id.serialNumber = old.serial();
  return {asn1::id_regCtrl_oldCertID, {storage.keep(asn1::encode(id))}};
}

bool is_on_behalf(const EnrollmentOptions& options) {
  return options.type != PKIBody::p10cr && !options.certification_request.empty();
}

CryptoResult<asn1::CertRequest> make_cert_request(const EnrollmentOptions& options, asn1::Storage& storage) {
  asn1::CertRequest request;
  asn1::CertTemplate& wanted = request.certTemplate;
  wanted.subject = options.subject.empty() ? asn1::null_dn : asn1::Name{options.subject};
  if (options.central_key) {
    wanted.publicKey = key_wish(*options.central_key, storage);  // G-01
  } else if (is_on_behalf(options)) {
    auto theirs = asn1::decode<asn1::CertificationRequest>(options.certification_request);
    if (!theirs) return tl::unexpected(malformed("the PKCS #10 request", theirs.error()));
    wanted.publicKey = theirs->certificationRequestInfo.subjectPKInfo;
  } else {
    auto key = asn1::decode<asn1::SubjectPublicKeyInfo>(options.new_key->public_key());
    if (!key) return tl::unexpected(malformed("the new key", key.error()));
    wanted.publicKey = *key;
  }
  if (!options.extensions.empty()) {
    auto extensions = asn1::decode<asn1::Extensions>(options.extensions);
    if (!extensions) return tl::unexpected(malformed("the extensions asked for", extensions.error()));
    wanted.extensions = std::move(*extensions);
  }
  if (options.type == PKIBody::kur) {
    const auto old = CertificateView::decode(std::get<SignatureCredential>(options.credential).chain.front());
    if (!old) return tl::unexpected(malformed("the certificate to update", old.error()));
    request.controls.emplace().push_back(old_cert_id(*old, storage));
  }
  return request;
}

/// G-01: the key is not ours yet. A-50: it is that of another one, who has proved possession to us.
CryptoResult<Octets> without_possession(const asn1::CertRequest& request, bool verified) {
  asn1::CertReqMsg message;
  message.certReq = request;
  if (verified) message.popo.emplace().value.emplace<asn1::ProofOfPossession::raVerified>();
  return asn1::encode(message);
}

///
tl::expected<void, std::string> complete_on_behalf(EnrollmentOptions& options, const Crypto& crypto) {
  if (options.type == PKIBody::kur)
    return tl::unexpected<std::string>("nobody but its holder can have a certificate updated: send ir, cr or p10cr");
  if (options.new_key || options.central_key) return tl::unexpected<std::string>("a PKCS #10 request has its key");
  if (!options.subject.empty() || !options.extensions.empty())
    return tl::unexpected<std::string>("subject and extensions are those of the PKCS #10 request");
  const auto request = asn1::decode<asn1::CertificationRequest>(options.certification_request);
  if (!request) return tl::unexpected("the PKCS #10 request: " + request.error().text());
  Trail trail;
  if (const auto refusal = check_possession(*request, crypto, trail)) return tl::unexpected(refusal->text);
  options.subject = copy_of(request->certificationRequestInfo.subject.tlv);
  options.extensions = extensions_asked_for(request->certificationRequestInfo);
  return {};
}

tl::expected<void, std::string> complete_key_update(EnrollmentOptions& options) {
  const auto* credential = std::get_if<SignatureCredential>(&options.credential);
  if (credential == nullptr || credential->chain.empty())  // K-01, RFC 9483 Section 4.1.3
    return tl::unexpected<std::string>(
        "a key update is signed with the certificate to be updated: give certificate and key, no secret");
  const auto old = CertificateView::decode(credential->chain.front());
  if (!old) return tl::unexpected<std::string>("the certificate to update cannot be read: " + old.error().text());
  if (options.subject.empty()) options.subject = copy_of(old->subject().tlv);
  const auto* names = old->extension(asn1::id_ce_subjectAltName);
  if (options.extensions.empty() && names != nullptr) {
    asn1::Extensions kept;
    kept.push_back(*names);
    options.extensions = asn1::encode(kept);
  }
  return {};
}

}  // namespace

Octets extensions_asked_for(const asn1::CertificationRequestInfo& request) {
  for (const asn1::Attribute& attribute : request.attributes)
    if (attribute.type == asn1::id_extensionRequest && !attribute.values.empty())
      return copy_of(attribute.values.front().tlv);
  return {};
}

tl::expected<void, std::string> complete_options(EnrollmentOptions& options, const Crypto& crypto) {
  switch (options.type) {
    case PKIBody::p10cr:
      if (options.certification_request.empty()) return tl::unexpected<std::string>("p10cr needs a PKCS #10 request");
      if (options.central_key) return tl::unexpected<std::string>("a PKCS #10 request has its key");
      break;
    case PKIBody::ir:
    case PKIBody::cr:
    case PKIBody::kur:
      if (is_on_behalf(options)) return complete_on_behalf(options, crypto);
      if (options.central_key) {
        if (auto checked = check_central_key(options); !checked) return checked;
      } else if (!options.new_key) {
        return tl::unexpected<std::string>("the key to certify is missing");
      }
      break;
    default:
      return tl::unexpected<std::string>("an enrolment is ir, cr, kur or p10cr");
  }
  return options.type == PKIBody::kur ? complete_key_update(options) : tl::expected<void, std::string>{};
}

CryptoResult<PKIBody> make_request(const EnrollmentOptions& options, asn1::Storage& storage) {
  PKIBody body;
  if (options.type == PKIBody::p10cr) {
    auto request = asn1::decode<asn1::CertificationRequest>(options.certification_request);
    if (!request) return tl::unexpected(malformed("the PKCS #10 request", request.error()));
    body.set<PKIBody::p10cr>() = std::move(*request);
    return body;
  }
  const auto request = make_cert_request(options, storage);
  if (!request) return tl::unexpected(request.error());
  auto encoded = options.new_key ? prove_possession(*request, *options.new_key)
                                 : without_possession(*request, is_on_behalf(options));
  if (!encoded) return tl::unexpected(encoded.error());
  const auto message = asn1::decode<asn1::CertReqMsg>(storage.keep(std::move(*encoded)));
  if (!message) return tl::unexpected(malformed("the request", message.error()));
  switch (options.type) {
    case PKIBody::ir:
      body.set<PKIBody::ir>().push_back(*message);
      break;
    case PKIBody::cr:
      body.set<PKIBody::cr>().push_back(*message);
      break;
    default:
      body.set<PKIBody::kur>().push_back(*message);
  }
  return body;
}

}  // namespace cmpkit::cmp
