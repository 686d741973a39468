#include "tools/genm_question.h"

#include <fmt/core.h>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/pem.h"
#include "tools/credentials.h"
#include "tools/files.h"
#include "tools/info_items.h"

namespace cmpkit::tools {
namespace {

tl::expected<Octets, std::string> load_crl(const std::string& path) {
  const auto file = read_file(path);
  if (!file) return tl::unexpected(file.error());
  const auto blocks = cmp::decode_pem(text_of(*file));
  return blocks && !blocks->empty() ? blocks->front().der : *file;
}

Step ask_for_root(const GenmArguments& a, cmp::InfoItem& question) {
  if (a.old_root.empty()) return wrong("--infotype rootCaCert needs --oldwithold: the root that we have");
  const auto root = load_certificates({a.old_root});
  if (!root) return tl::unexpected(root.error());
  question = cmp::ask_for_root_update(root->front());
  return {};
}

/// L-01: by the certificate's distribution point, by that of the CRL at hand, or by its issuer.
Step ask_for_crls(const GenmArguments& a, cmp::InfoItem& question) {
  if (a.crl_certificate.empty() && a.old_crl.empty())
    return wrong("--infotype crlStatusList needs --crlcert or --oldcrl");
  cmp::CrlQuestion wanted;
  if (!a.old_crl.empty()) {
    const auto crl = load_crl(a.old_crl);
    if (!crl) return tl::unexpected(crl.error());
    auto after = cmp::crl_question_after(*crl);
    if (!after) return wrong(fmt::format("{}: {}", a.old_crl, after.error().text()));
    wanted = std::move(*after);
  }
  if (!a.crl_certificate.empty()) {
    const auto certificate = load_certificates({a.crl_certificate});
    if (!certificate) return tl::unexpected(certificate.error());
    auto about = cmp::crl_question_about(certificate->front());
    if (!about) return wrong(fmt::format("{}: {}", a.crl_certificate, about.error().text()));
    about->this_update = wanted.this_update;
    wanted = std::move(*about);
  }
  question = cmp::ask_for_crl(wanted);
  return {};
}

Step ask_for_parameters(const GenmArguments& a, cmp::InfoItem& question) {
  asn1::Storage storage;
  const auto algorithm = asn1::find_oid(a.algorithm, storage);
  if (a.algorithm.empty() || !algorithm)
    return wrong("--infotype keyPairParamReq needs --algorithm: a name such as id-ecPublicKey, or an OID");
  question = cmp::ask_for_key_parameters(*algorithm);
  return {};
}

Step ask_for_other(const GenmArguments& a, cmp::InfoItem& question) {
  if (a.value_file.empty()) return {};
  auto value = read_file(a.value_file);
  if (!value) return tl::unexpected(value.error());
  if (!asn1::decode<asn1::Any>(*value)) return wrong(fmt::format("{}: this is not one value in DER", a.value_file));
  question.value = std::move(*value);
  return {};
}

}  // namespace

Step make_question(const GenmArguments& a, cmp::InfoItem& question) {
  auto type = naming("--infotype", parse_info_type(a.type));
  if (!type) return tl::unexpected(type.error());
  question.type = std::move(*type);
  if (question.oid() == asn1::id_it_rootCaCert) return ask_for_root(a, question);
  if (question.oid() == asn1::id_it_crlStatusList) return ask_for_crls(a, question);
  if (question.oid() == asn1::id_it_keyPairParamReq) return ask_for_parameters(a, question);
  if (question.oid() == asn1::id_it_suppLangTags) {
    if (a.languages.empty()) return wrong("--infotype suppLangTags needs --languages");
    question = cmp::ask_for_language(a.languages);
    return {};
  }
  return ask_for_other(a, question);
}

}  // namespace cmpkit::tools
