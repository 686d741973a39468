#include "tools/enrollment_preparation.h"

#include <fmt/core.h>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/pem.h"
#include "tools/client_preparation.h"
#include "tools/credentials.h"
#include "tools/files.h"
#include "tools/subject_alternative_names.h"

namespace cmpkit::tools {
namespace {

using asn1::PKIBody;

PKIBody::Type type_of_command(const std::string& command) {
  if (command == "cr") return PKIBody::cr;
  if (command == "kur") return PKIBody::kur;
  if (command == "p10cr") return PKIBody::p10cr;
  return PKIBody::ir;
}

/// What can be said without looking into any file.
Step check_combination(const EnrollArguments& a) {
  if (a.command == "kur" && !a.secret.empty())
    return wrong("an update needs --cert and --key (RFC 9483 Section 4.1.5)");
  if ((a.command == "p10cr") != !a.request_file.empty()) return wrong("--csr goes with --cmd p10cr, and only with it");
  if (a.central_key != !a.new_key_out.empty()) return wrong("--centralkeygen and --newkeyout go together");
  if (a.central_key && (a.command == "p10cr" || !a.new_key.empty()))
    return wrong("--centralkeygen has the CA make the key: neither --newkey nor --csr goes with it");
  if (!a.central_key && (a.command == "p10cr") != a.new_key.empty())
    return wrong("--newkey names the key to certify; p10cr has it in --csr");
  if (a.command != "ir" && !a.ca_certificates_out.empty()) return wrong("--cacertsout goes with --cmd ir");
  return {};
}

Step set_certificate_trust(const EnrollArguments& a, const cmp::Crypto& crypto, PreparedEnrollment& prepared) {
  if (a.trusted_above.empty()) return {};
  auto loaded = naming("--out_trusted", load_trust(a.trusted_above, crypto));
  if (!loaded) return tl::unexpected(loaded.error());
  prepared.certificate_trust = std::move(*loaded);
  prepared.options.certificate_trust = prepared.certificate_trust.get();
  return {};
}

Step set_names(const EnrollArguments& a, cmp::EnrollmentOptions& options) {
  if (options.recipient.empty() && options.type == PKIBody::kur)
    options.recipient = name_in_certificate(options.credential, &cmp::CertificateView::issuer);
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

Step set_new_key(const EnrollArguments& a, PreparedEnrollment& prepared) {
  const auto choice = signature_choice(a);
  if (!choice) return tl::unexpected(choice.error());
  const std::string type = a.new_key_type.empty() ? "ec:P-256" : a.new_key_type;
  auto key = load_or_generate_key(a.new_key, type, a.new_key_passphrase);
  if (!key) return tl::unexpected(key.error());
  auto signer = key->key.signer(*choice);
  if (!signer) return wrong(fmt::format("{}: {}", a.new_key, signer.error().text));
  prepared.options.new_key = std::move(*signer);
  prepared.key_generated = key->generated;
  return {};
}

/// What the key that the CA makes is opened with: our own one, or the secret.
Step set_central_key(const EnrollArguments& a, cmp::EnrollmentOptions& options) {
  cmp::CentralKey& wish = options.central_key.emplace();
  wish.type = a.new_key_type;
  if (!a.secret.empty()) return {};
  const auto key = load_private_key(a.key, a.key_passphrase);
  if (!key) return tl::unexpected(key.error());
  auto decryptor = key->decryptor();
  if (!decryptor) return wrong(fmt::format("{}: {}", a.key, decryptor.error().text));
  wish.decryptor = std::move(*decryptor);
  return {};
}

Step set_key(const EnrollArguments& a, PreparedEnrollment& prepared) {
  if (a.command == "p10cr") return set_certification_request(a, prepared.options);
  return a.central_key ? set_central_key(a, prepared.options) : set_new_key(a, prepared);
}

Step prepare(const EnrollArguments& a, const cmp::Crypto& crypto, PreparedEnrollment& prepared) {
  cmp::EnrollmentOptions& options = prepared.options;
  options.type = type_of_command(a.command);
  options.profile = a.profile;
  options.implicit_confirm = a.implicit_confirm;
  options.accept_modifications = !a.exact;
  if (!a.ca_certificates_out.empty()) options.ca_pubs = cmp::CaPubs::if_signed;
  return check_combination(a)
      .and_then([&] { return prepare_client(a, crypto, options, prepared.trust); })
      .and_then([&] { return set_certificate_trust(a, crypto, prepared); })
      .and_then([&] { return set_names(a, options); })
      .and_then([&] { return check_outputs(a); })
      .and_then([&] {
        return check_writable({a.certificate_out, a.chain_out, a.ca_certificates_out, a.new_key, a.new_key_out});
      })
      .and_then([&] { return set_key(a, prepared); });
}

}  // namespace

tl::expected<PreparedEnrollment, std::string> prepare_enrollment(const EnrollArguments& arguments,
                                                                 const cmp::Crypto& crypto) {
  PreparedEnrollment prepared;
  if (const auto done = prepare(arguments, crypto, prepared); !done) return tl::unexpected(done.error());
  return prepared;
}

}  // namespace cmpkit::tools
