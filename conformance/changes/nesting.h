// Changes to nested messages: those that an RA puts around others, and those of answers.
#pragma once

#include "cmp/message/encode_message.h"
#include "cmp/message/nested_message.h"
#include "conformance/changes/header.h"

namespace cmpkit::conformance::changes {

inline auto& messages_inside(Draft& d) { return d.body<asn1::PKIBody::nested>(); }

// by whom
inline constexpr Change by_mac{"protected by a MAC", Stage::content, [](Draft& d) { d.credential = d.secret.value(); }};
inline constexpr Change by_device{"signed by a device, which is no RA", Stage::content,
                                  [](Draft& d) { d.credential = d.device.value(); }};

// what is inside
inline constexpr Change nothing_inside{"with nothing in it", Stage::message,
                                       [](Draft& d) { messages_inside(d).clear(); }};
inline constexpr Change same_twice_inside{"with the same message in it twice", Stage::message, [](Draft& d) {
                                            const asn1::PKIMessage again = messages_inside(d).front();
                                            messages_inside(d).push_back(again);
                                          }};
/// As one that approves a message has it.
inline constexpr Change transaction_id_of_first{
    "with the transactionID of the first message in it", Stage::message,
    [](Draft& d) { d.header().transactionID = messages_inside(d).front().header.transactionID; }};

// the answer to a batch
inline constexpr Change stranger_inside{"with an answer in it that nobody asked for", Stage::message, [](Draft& d) {
                                          asn1::PKIMessage other = messages_inside(d).front();
                                          other.header.transactionID = first_of_some(16);
                                          messages_inside(d).insert(messages_inside(d).begin(), other);
                                        }};
inline constexpr Change other_inside{
    "with an answer to something else in place of the first", Stage::message,
    [](Draft& d) { messages_inside(d).front().header.transactionID = first_of_some(16); }};

/// Further nested messages around it, each right for one that approves.
inline void enclose_again(Draft& d, int times) {
  const auto protector = cmp::make_protector(d.credential, d.environment, {}).value();
  for (int i = 0; i < times; ++i) {
    const Octets inside[] = {std::move(d.octets)};
    d.octets = cmp::encode_message(d.header(), Bytes(cmp::nested_body(inside)), *protector, {}).value();
  }
}
inline constexpr Change in_another{"in another nested message that approves it", Stage::octets,
                                   [](Draft& d) { enclose_again(d, 1); }};
inline constexpr Change in_twenty_others{"in 20 others of the kind", Stage::octets,
                                         [](Draft& d) { enclose_again(d, 20); }};

}  // namespace cmpkit::conformance::changes
