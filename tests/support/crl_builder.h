// CRLs for tests, made in code. Whatever RFC 5280 asks for can be left out or made wrong.
#pragma once

#include <optional>
#include <vector>

#include "cmpkit/asn1/extensions.h"
#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::test {

struct CrlEntry {
  Octets serial;
  std::optional<asn1::CRLReason::Value> reason{};
  asn1::Extensions extensions{};  // further ones. Views
};

struct CrlContent {
  Octets issuer;  // DER of the name
  cmp::Time this_update;
  std::optional<cmp::Time> next_update{};
  std::vector<CrlEntry> entries{};
  asn1::Extensions extensions{};  // views
};

Octets make_crl(const CrlContent& content, const cmp::Signer& signer);

/// The entry about this certificate.
CrlEntry crl_entry(Bytes certificate, std::optional<asn1::CRLReason::Value> reason = {});

}  // namespace cmpkit::test
