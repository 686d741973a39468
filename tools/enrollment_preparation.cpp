#include "tools/enrollment_preparation.h"

#include <fmt/core.h>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/pem.h"
#include "tools/credentials.h"
#include "tools/files.h"
#include "tools/message_files.h"
#include "tools/secret_source.h"
#include "tools/subject_alternative_names.h"

namespace cmpkit::tools {
namespace {

using asn1::PKIBody;
using Step = tl::expected<void, std::string>;

Step wrong(std::string text) { return tl::unexpected(std::move(text)); }

template <class T>
tl::expected<T, std::string> naming(std::string_view option, tl::expected<T, std::string> result) {
  return result.map_error([&](const std::string& text) { return fmt::format("{}: {}", option, text); });
}

PKIBody::Type type_of_command(const std::string& command) {
  if (command == "cr") return PKIBody::cr;
  if (command == "kur") return PKIBody::kur;
  if (command == "p10cr") return PKIBody::p10cr;
  return PKIBody::ir;
}

/// What can be said without looking into any file.
Step check_combination(const EnrollArguments& a) {
  const bool by_secret = !a.secret.empty();
  const bool by_certificate = !a.certificate.empty() || !a.key.empty();
  if (by_secret == by_certificate) return wrong("give --ref and --secret, or --cert and --key");
  if (by_secret && a.reference.empty()) return wrong("--secret needs --ref");
  if (by_certificate && a.certificate.empty()) return wrong("--key needs --cert");
  if (by_certificate && a.key.empty()) return wrong("--cert needs --key");
  if (!a.trusted.empty() && !a.server_certificate.empty()) return wrong("give --trusted or --srvcert, not both");
  if (by_certificate && a.trusted.empty() && a.server_certificate.empty()) {
    return wrong("--trusted is missing: without a root nothing that the server signs can be believed");
  }
  if (a.command == "kur" && by_secret) return wrong("an update needs --cert and --key (RFC 9483 Section 4.1.5)");
  if ((a.command == "p10cr") != !a.request_file.empty()) return wrong("--csr goes with --cmd p10cr, and only with it");
  if ((a.command == "p10cr") != a.new_key.empty())
    return wrong("--newkey names the key to certify; p10cr has it in --csr");
  if (a.command != "ir" && !a.ca_certificates_out.empty()) return wrong("--cacertsout goes with --cmd ir");
  return {};
}

/// Everything that is to be written in the end can be written.
Step check_outputs(const EnrollArguments& a) {
  std::vector<std::string> paths{a.certificate_out, a.chain_out, a.ca_certificates_out, a.new_key};
  for (const std::string& list : {a.requests_out, a.responses_out}) {
    const auto names = MessageFiles(list).names();
    paths.insert(paths.end(), names.begin(), names.end());
  }
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    if (auto writable = can_write(path); !writable) return writable;
  }
  return {};
}

tl::expected<cmp::SignatureChoice, std::string> signature_choice(const EnrollArguments& a) {
  if (a.digest.empty()) return cmp::SignatureChoice{};
  const auto digest = cmp::digest_named(a.digest);
  if (!digest) return tl::unexpected(fmt::format("--digest: {} is not known", a.digest));
  return cmp::SignatureChoice{.digest = digest};
}

Step set_credential(const EnrollArguments& a, const cmp::SignatureChoice& choice, cmp::EnrollmentOptions& options) {
  if (!a.secret.empty()) {
    auto secret = naming("--secret", read_secret(a.secret));
    if (!secret) return tl::unexpected(secret.error());
    cmp::MacMethod method;
    if (a.mac == "pbmac1") method.kind = cmp::MacMethod::Kind::pbmac1;
    options.credential = cmp::SecretCredential{copy_of(bytes_of(a.reference)), std::move(*secret), method};
    return {};
  }
  auto credential = load_signature_credential({a.certificate, a.key, a.key_passphrase, a.extra_certificates, choice});
  if (!credential) return tl::unexpected(credential.error());
  options.credential = std::move(*credential);
  return {};
}

Step set_trust(const EnrollArguments& a, const cmp::Crypto& crypto, PreparedEnrollment& prepared) {
  std::vector<std::string> files = a.trusted;
  if (!a.server_certificate.empty()) files.push_back(a.server_certificate);
  if (files.empty()) return {};
  auto anchors = load_certificates(files);
  if (!anchors) return tl::unexpected(anchors.error());
  auto trust = cmp::TrustStore::make(crypto, std::move(*anchors));
  if (!trust) return wrong(fmt::format("{}: {}", files.front(), trust.error().text));
  prepared.trust = std::make_unique<cmp::TrustStore>(std::move(*trust));
  prepared.options.trust = prepared.trust.get();
  return {};
}

/// The subject of our own certificate, or its issuer; empty where we have none.
Octets name_in_certificate(const cmp::Credential& credential, asn1::Name (cmp::CertificateView::*name)() const) {
  const auto* ours = std::get_if<cmp::SignatureCredential>(&credential);
  if (ours == nullptr) return {};
  const auto view = cmp::CertificateView::decode(ours->chain.front());  // has been decoded before
  return copy_of(((*view).*name)().tlv);
}

Step set_names(const EnrollArguments& a, cmp::EnrollmentOptions& options) {
  if (!a.recipient.empty()) {
    auto recipient = naming("--recipient", asn1::parse_name(a.recipient));
    if (!recipient) return tl::unexpected(recipient.error());
    options.recipient = std::move(*recipient);
  } else if (options.type == PKIBody::kur) {
    options.recipient = name_in_certificate(options.credential, &cmp::CertificateView::issuer);
  }
  if (!a.alternative_names.empty()) {
    auto names = naming("--sans", subject_alternative_names(a.alternative_names));
    if (!names) return tl::unexpected(names.error());
    options.extensions = std::move(*names);
  }
  if (!a.subject.empty()) {
    auto subject = naming("--subject", asn1::parse_name(a.subject));
    if (!subject) return tl::unexpected(subject.error());
    options.subject = std::move(*subject);
  } else if (options.type == PKIBody::ir || options.type == PKIBody::cr) {
    if (a.alternative_names.empty())
      options.subject = name_in_certificate(options.credential, &cmp::CertificateView::subject);
    if (options.subject.empty() && a.alternative_names.empty()) return wrong("give --subject, or --sans");
  }
  return {};
}

Step set_certification_request(const EnrollArguments& a, cmp::EnrollmentOptions& options) {
  const auto file = read_file(a.request_file);
  if (!file) return tl::unexpected(file.error());
  auto request = cmp::read_certification_request(*file);
  if (!request) return wrong(fmt::format("{}: {}", a.request_file, request.error().text));
  options.certification_request = std::move(*request);
  return {};
}

Step set_new_key(const EnrollArguments& a, const cmp::SignatureChoice& choice, PreparedEnrollment& prepared) {
  auto key = load_or_generate_key(a.new_key, a.new_key_type, a.new_key_passphrase);
  if (!key) return tl::unexpected(key.error());
  auto signer = key->key.signer(choice);
  if (!signer) return wrong(fmt::format("{}: {}", a.new_key, signer.error().text));
  prepared.options.new_key = std::move(*signer);
  prepared.key_generated = key->generated;
  return {};
}

Step prepare(const EnrollArguments& a, const cmp::Crypto& crypto, PreparedEnrollment& prepared) {
  cmp::EnrollmentOptions& options = prepared.options;
  options.type = type_of_command(a.command);
  options.profile = a.profile;
  options.implicit_confirm = a.implicit_confirm;
  options.max_poll_time = std::chrono::seconds{a.total_timeout};
  if (!a.ca_certificates_out.empty()) options.ca_pubs = cmp::CaPubs::if_signed;
  if (a.unprotected_errors) options.tolerance.allow(cmp::Deviation::unprotected_errors);
  prepared.by_secret = !a.secret.empty();

  const auto choice = signature_choice(a);
  if (!choice) return tl::unexpected(choice.error());
  return check_combination(a)
      .and_then([&] { return set_credential(a, *choice, options); })
      .and_then([&] { return set_trust(a, crypto, prepared); })
      .and_then([&] { return set_names(a, options); })
      .and_then([&] { return check_outputs(a); })
      .and_then([&] {
        return a.command == "p10cr" ? set_certification_request(a, options) : set_new_key(a, *choice, prepared);
      });
}

}  // namespace

tl::expected<PreparedEnrollment, std::string> prepare_enrollment(const EnrollArguments& arguments,
                                                                 const cmp::Crypto& crypto) {
  PreparedEnrollment prepared;
  if (const auto done = prepare(arguments, crypto, prepared); !done) return tl::unexpected(done.error());
  return prepared;
}

}  // namespace cmpkit::tools
