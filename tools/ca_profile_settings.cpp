#include "tools/ca_profile_settings.h"

namespace cmpkit::tools {
namespace {

/// `kind`: where the other settings start from.
cmp::CertificateProfile read_kind(Settings& table) {
  const std::string kind = table.text("kind", {});
  if (kind == "as-requested") return cmp::as_requested_profile();
  if (kind == "iot-device") return cmp::iot_device_profile();
  if (kind == "idevid") return cmp::idevid_profile();
  if (!kind.empty()) table.complain("kind", "write \"as-requested\", \"iot-device\" or \"idevid\", or leave it out");
  return {};
}

}  // namespace

cmp::CertificateProfile read_profile(Settings& table) {
  cmp::CertificateProfile out = read_kind(table);
  const std::string usual_name = out.name;
  out.name = table.text("name", usual_name);
  if (out.name.empty()) out.name = table.required_text("name", "default");

  for (const auto& [key, member] :
       {std::pair{"validity", &cmp::CertificateProfile::validity}, {"backdate", &cmp::CertificateProfile::backdate}})
    out.*member = table.duration(key, out.*member);
  for (const auto& [key, member] : {std::pair{"subject_fixed", &cmp::CertificateProfile::subject_fixed},
                                    {"subject_default", &cmp::CertificateProfile::subject_default}})
    out.*member = table.text(key, out.*member);
  for (const auto& [key, member] : {std::pair{"subject_unique", &cmp::CertificateProfile::subject_unique},
                                    {"no_expiration", &cmp::CertificateProfile::no_expiration},
                                    {"as_requested", &cmp::CertificateProfile::as_requested},
                                    {"short_lived", &cmp::CertificateProfile::short_lived},
                                    {"approval", &cmp::CertificateProfile::approval}})
    out.*member = table.flag(key, out.*member);
  for (const auto& [key, member] : {std::pair{"keys", &cmp::CertificateProfile::keys},
                                    {"subject_required", &cmp::CertificateProfile::subject_required},
                                    {"subject_allowed", &cmp::CertificateProfile::subject_allowed},
                                    {"names_allowed", &cmp::CertificateProfile::names_allowed},
                                    {"names_required", &cmp::CertificateProfile::names_required},
                                    {"key_usage", &cmp::CertificateProfile::key_usage},
                                    {"default_key_usage", &cmp::CertificateProfile::default_key_usage},
                                    {"purposes", &cmp::CertificateProfile::purposes},
                                    {"default_purposes", &cmp::CertificateProfile::default_purposes},
                                    {"extensions", &cmp::CertificateProfile::extensions},
                                    {"added_extensions", &cmp::CertificateProfile::added_extensions}})
    out.*member = table.texts(key, out.*member);
  if (const auto length = table.number("ca_path_length", -1, 0, 100); length >= 0)
    out.ca_path_length = static_cast<unsigned>(length);
  table.refuse_other_keys();
  return out;
}

}  // namespace cmpkit::tools
