// One change somewhere in a message, chosen by the script.
#pragma once

#include "cmpkit/asn1/mutate.h"
#include "fuzz/script.h"
#include "tests/support/crafted.h"

namespace cmpkit::fuzz {

/// With `protect_again` as a holder of the world's secret would send it, else as somebody on the way would.
inline Octets mutated_message(Bytes octets, const cmp::test::World& world, Script& script, bool protect_again) {
  asn1::Storage storage;
  const auto mutate = [&](asn1::PKIMessage& message) {
    asn1::mutate(message, [&](std::size_t n) { return script.below(n); }, storage);
  };
  const cmp::Credential credential = world.secret_credential({cmp::MacMethod::Kind::pbm, 100});
  return protect_again ? cmp::test::changed(octets, credential, world, mutate)
                       : cmp::test::changed_without_protection(octets, mutate);
}

}  // namespace cmpkit::fuzz
