#include "tools/certifier_command.h"

#include <fmt/format.h>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/pkcs10.h"
#include "cmpkit/cmp/pem.h"
#include "cmpkit/cmp/rule.h"
#include "tools/printing.h"
#include "tools/program.h"

namespace cmpkit::tools {
namespace {

constexpr int pending_status = 75;  // EX_TEMPFAIL

/// The first line that a program printed, for who is not to see more.
std::string first_line(const std::string& text) { return printable(text.substr(0, text.find('\n'))); }

cmp::Refusal refusal(const ProgramResult& result) {
  const std::string reason = first_line(result.err);
  return {&cmp::rules::R_09, "", asn1::PKIFailureInfo::badRequest, reason.empty() ? "the CA refuses this" : reason,
          fmt::format("exit status {}", result.status)};
}

/// Runs a command and says what its end means; the result where it is 0.
std::variant<ProgramResult, cmp::Refusal, cmp::Waiting> ask(const UpstreamEntry& entry,
                                                            const std::vector<std::string>& command,
                                                            const std::string& input,
                                                            const std::vector<std::string>& environment) {
  auto result = run_program(command, input, environment, entry.timeout);
  if (!result) return cmp::unavailable("", result.error());
  if (result->status == 0) return std::move(*result);
  if (result->status == pending_status) return cmp::Waiting{entry.check_after, first_line(result->err)};
  return refusal(*result);
}

/// The certificates that it printed; that the first is the right one is checked by the authority.
cmp::CertifierDecision granted(const ProgramResult& result, const std::vector<Octets>& chain) {
  auto certificates = cmp::read_certificates(bytes_of(result.out));
  if (!certificates) return cmp::unavailable("", "the program printed no certificate: " + certificates.error().text);
  cmp::CertifierGranted out;
  out.certificate = std::move(certificates->front());
  out.chain = chain;
  return out;
}

/// The name that is asked for, as `openssl -subj` takes it.
std::string subject_of(const cmp::CertifierRequest& request) {
  const auto decoded = asn1::decode<asn1::CertificationRequest>(request.certification_request);
  return decoded ? asn1::name_text(decoded->certificationRequestInfo.subject) : std::string();
}

cmp::Certifier certifier(const UpstreamEntry& entry, const std::vector<Octets>& chain) {
  return [entry, chain](const cmp::CertifierRequest& request, cmp::Time) -> cmp::CertifierDecision {
    const std::vector<std::string> environment{
        "CMPKIT_ID=" + request.id, "CMPKIT_PROFILE=" + request.profile, "CMPKIT_SUBJECT=" + subject_of(request),
        "CMPKIT_PUBLIC_KEY=" + cmp::encode_pem("PUBLIC KEY", request.public_key),
        fmt::format("CMPKIT_SIGNED_BY_DEVICE={}", request.signed_by_device ? "yes" : "no")};
    const std::string input = cmp::encode_pem("CERTIFICATE REQUEST", request.certification_request);
    auto answer = ask(entry, entry.command, input, environment);
    if (const auto* result = std::get_if<ProgramResult>(&answer)) return granted(*result, chain);
    if (auto* refused = std::get_if<cmp::Refusal>(&answer)) return std::move(*refused);
    return std::get<cmp::Waiting>(answer);
  };
}

using Revoke = std::function<cmp::RevocationDecision(const cmp::RevocationRequest& request, cmp::Time now)>;

Revoke revoker(const UpstreamEntry& entry) {
  return [entry](const cmp::RevocationRequest& request, cmp::Time) -> cmp::RevocationDecision {
    const std::vector<std::string> environment{fmt::format("CMPKIT_REASON={}", static_cast<int>(request.reason))};
    auto answer = ask(entry, entry.revoke_command, cmp::encode_pem("CERTIFICATE", request.certificate), environment);
    if (auto* refused = std::get_if<cmp::Refusal>(&answer)) return std::move(*refused);
    if (const auto* waiting = std::get_if<cmp::Waiting>(&answer)) return *waiting;
    return cmp::Revoked{};
  };
}

}  // namespace

cmp::CertifierAuthorityOptions certifier_options(const UpstreamEntry& entry, const std::vector<Octets>& chain,
                                                 std::shared_ptr<const cmp::Signer> signer) {
  cmp::CertifierAuthorityOptions out;
  out.issuer = chain.front();
  out.signer = std::move(signer);
  out.certifier = certifier(entry, chain);
  if (!entry.revoke_command.empty()) out.revoke = revoker(entry);
  return out;
}

}  // namespace cmpkit::tools
