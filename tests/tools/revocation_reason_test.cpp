#include "tools/revocation_reason.h"

#include <catch2/catch_test_macros.hpp>

namespace cmpkit::tools {
namespace {

using asn1::CRLReason;

TEST_CASE("reasons are named as RFC 5280 names them, or by their numbers") {
  CHECK(reason_named("keyCompromise") == CRLReason::keyCompromise);
  CHECK(reason_named("8") == CRLReason::removeFromCRL);
  CHECK(reason_named("10") == CRLReason::aACompromise);
  for (const char* none : {"", "7", "11", "KeyCompromise", "01"}) CHECK_FALSE(reason_named(none));
  CHECK(reason_name(CRLReason::certificateHold) == "certificateHold");
}

}  // namespace
}  // namespace cmpkit::tools
