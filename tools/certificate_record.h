// A certificate as the store of a CA knows it, in words.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "cmpkit/cmp/store.h"

namespace cmpkit::tools {

/// `valid`
std::string status_name(cmp::IssuedCertificate::Status status);

/// All of them, in the order of their values.
std::vector<std::string> status_names();

/// Nothing where no status has this name.
std::optional<cmp::IssuedCertificate::Status> status_named(const std::string& name);

/// `secret device-1`; a certificate by its digest, `certificate SHA-256 5F0A...`.
std::string holder_text(Bytes holder);

/// One line: serial number, status, subject, end.
std::string one_line(const cmp::IssuedCertificate& record);

/// What the store knows, and what the certificate says, which is not in it itself.
nlohmann::ordered_json json_of(const cmp::IssuedCertificate& record);

}  // namespace cmpkit::tools
