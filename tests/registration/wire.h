// What stood in the messages on both sides of an RA, and what RFC 9483 Section 5 wants of them.
#pragma once

#include "tests/registration/chain.h"

namespace cmpkit::cmp::test {

/// How an RA protects what it forwards; `way` tells more of a failure.
struct Way {
  Upward upward;
  Octets ra_certificate;
};

/// Checks one exchange downstream and the one upstream that it led to, whatever was asked.
void check_exchange(const HttpEntity::Exchange& down, const HttpEntity::Exchange& up, const Way& way);

/// An answer is protected as its request is (P-02) and belongs to it; no certificate is in it twice.
void check_answer(Bytes request, Bytes answer);

}  // namespace cmpkit::cmp::test
