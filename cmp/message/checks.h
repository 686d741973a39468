// The checks that need nothing but the message itself, as one table. The engines make the rows of a stage in order up
// to the first failure; `inspect` makes all of them.
#pragma once

#include <functional>

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::cmp {

enum class Stage : std::uint8_t {
  header,   // before protection is looked at; a failure is answered by an error message (E-11)
  info,     // after authentication: generalInfo; a failure is answered by an error message
  single,   // after authentication: RFC 9483 allows one request a message where RFC 9810 allows several
  own_key,  // after authentication, where keys are not made for others: the request has a key
  pvno,     // after authentication: the version that private keys ask for, which real peers neglect
  body,     // after authentication; a failure in a certificate request is answered by a rejection (E-10)
  advice,   // what senders must do and receivers pass over (H-23, H-87, H-89): only `inspect` tells
};

/// The switch by which a failure of this rule is tolerated in the message at hand, if any.
using Excuse = std::function<std::optional<Deviation>(const Rule&)>;

/// Makes the checks of one stage; the first that fails and has no excuse is the refusal.
std::optional<Refusal> check_message(const asn1::PKIMessage& message, Stage stage, Trail& trail,
                                     const Excuse& excuse = {});

/// Makes the checks of one rule, of whatever stage.
std::optional<Refusal> check_rule(const asn1::PKIMessage& message, const Rule& rule, Trail& trail);

}  // namespace cmpkit::cmp
