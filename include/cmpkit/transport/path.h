// The paths under which CMP is served: RFC 9811 Section 3.4 (HTTP), RFC 9482 Section 2.1 (CoAP) and the operation
// labels of RFC 9483 Sections 6.1 and 6.2. Labels are looked at, not believed: what a message asks for is decided by
// the message.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cmpkit::transport {

/// A PKI management operation that has a label of its own.
enum class Operation : std::uint8_t {
  initialization,
  certification,
  keyupdate,
  pkcs10,
  revocation,
  getcacerts,
  getrootupdate,
  getcertreqtemplate,
  getcrls,
  nested,  ///< between PKI management entities only: batches (RFC 9483 Section 5.2.2.2)
};

/// One row of RFC 9483 Table 1 and Table 2.
struct OperationLabel {
  Operation operation;
  std::string_view http;
  std::string_view coap;
};

/// All operations, in the order of `Operation`. Static.
std::span<const OperationLabel> operation_labels();

std::string_view http_label(Operation operation);
std::string_view coap_label(Operation operation);
std::optional<Operation> operation_of_http_label(std::string_view label);
std::optional<Operation> operation_of_coap_label(std::string_view label);

/// What a path says beyond its prefix.
struct Endpoint {
  std::optional<Operation> operation;  ///< none: the path bears no label
  std::optional<std::string> profile;  ///< the `<name>` of `p/<name>`, decoded; see is_profile_name()
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// The prefix that every CMP server must support (RFC 9811 Section 3.4).
inline constexpr std::string_view well_known_prefix = "/.well-known/cmp";

/// True for a name that may stand in `p/<name>`: 1 to 255 octets of UTF-8 without control characters, `/` or `\`, and
/// neither `.` nor `..`, so that a name is never mistaken for a path.
bool is_profile_name(std::string_view name);

/// Reads `<prefix>`, `<prefix>/<label>`, `<prefix>/p/<name>` or `<prefix>/p/<name>/<label>` with HTTP's labels. The
/// prefix is compared literally; "/" is a prefix like any other. The name is percent-decoded. Nothing for any other
/// path: an unknown label, an empty segment, a bad percent-encoding, a query.
std::optional<Endpoint> parse_path(std::string_view path, std::string_view prefix = well_known_prefix);

/// The inverse of parse_path(). Nothing where the profile is not a profile name.
std::optional<std::string> build_path(const Endpoint& endpoint, std::string_view prefix = well_known_prefix);

}  // namespace cmpkit::transport
