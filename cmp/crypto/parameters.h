// Rules for the parameters of an AlgorithmIdentifier, as the RFCs state them for one algorithm after the other.
#pragma once

#include <optional>

#include "cmpkit/asn1/x509.h"

namespace cmpkit::cmp {

enum class Parameters : std::uint8_t {
  absent,          // MUST be absent
  null_or_absent,  // NULL; what is written without is taken too
  structured,      // MUST be there, and is checked by the algorithm itself
};

inline bool is_null(const asn1::Any& parameters) {
  return parameters.tlv.size() == 2 && parameters.tlv[0] == 0x05 && parameters.tlv[1] == 0x00;
}

inline bool obeys(Parameters rule, const std::optional<asn1::Any>& parameters) {
  switch (rule) {
    case Parameters::absent:
      return !parameters;
    case Parameters::null_or_absent:
      return !parameters || is_null(*parameters);
    case Parameters::structured:
      return parameters.has_value();
  }
  return false;
}

inline const char* text_of(Parameters rule) {
  switch (rule) {
    case Parameters::absent:
      return "must have no parameters";
    case Parameters::null_or_absent:
      return "must have NULL parameters or none";
    case Parameters::structured:
      return "must have parameters";
  }
  return "";
}

/// Parameters NULL, and static octets.
inline asn1::Any null_parameters() {
  static constexpr std::uint8_t null[] = {0x05, 0x00};
  return {Bytes(null)};
}

}  // namespace cmpkit::cmp
