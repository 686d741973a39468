// Changes to the header.
#pragma once

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "conformance/draft.h"

namespace cmpkit::conformance::changes {

inline constexpr std::uint8_t some_octets[32] = {0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x5B,
                                                 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66,
                                                 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70};
inline Bytes first_of_some(std::size_t count) { return Bytes(some_octets).first(count); }
inline asn1::GeneralName name_of_nobody(Draft& d) {
  return asn1::GeneralName::of({d.storage.keep(asn1::parse_name("/CN=somebody else").value())});
}

// pvno
inline constexpr Change pvno_1{"with pvno 1", Stage::message, [](Draft& d) { d.header().pvno = asn1::Pvno::cmp1999; }};
inline constexpr Change pvno_2{"with pvno 2", Stage::message, [](Draft& d) { d.header().pvno = asn1::Pvno::cmp2000; }};
inline constexpr Change pvno_3{"with pvno 3", Stage::message, [](Draft& d) { d.header().pvno = asn1::Pvno::cmp2021; }};
inline constexpr Change pvno_4{"with pvno 4", Stage::message, [](Draft& d) { d.header().pvno = asn1::Pvno{4}; }};

// transactionID
inline constexpr Change no_transaction_id{"without transactionID", Stage::message,
                                          [](Draft& d) { d.header().transactionID.reset(); }};
inline constexpr Change short_transaction_id{"with a transactionID of 8 octets", Stage::message,
                                             [](Draft& d) { d.header().transactionID = first_of_some(8); }};
inline constexpr Change same_transaction_id{"with the transactionID of the message before", Stage::message,
                                            [](Draft& d) { d.header().transactionID = d.previous_id; }};
inline constexpr Change new_transaction_id{"with a transactionID that nobody used", Stage::message, [](Draft& d) {
                                             d.header().transactionID = d.storage.keep(random_octets(d.environment));
                                           }};

// nonces
inline constexpr Change no_sender_nonce{"without senderNonce", Stage::message,
                                        [](Draft& d) { d.header().senderNonce.reset(); }};
inline constexpr Change short_sender_nonce{"with a senderNonce of 15 octets", Stage::message,
                                           [](Draft& d) { d.header().senderNonce = first_of_some(15); }};
inline constexpr Change long_sender_nonce{"with a senderNonce of 32 octets", Stage::message,
                                          [](Draft& d) { d.header().senderNonce = first_of_some(32); }};
inline constexpr Change same_sender_nonce{"with the senderNonce of the message before", Stage::message,
                                          [](Draft& d) { d.header().senderNonce = d.previous_nonce; }};
inline constexpr Change no_recip_nonce{"without recipNonce", Stage::message,
                                       [](Draft& d) { d.header().recipNonce.reset(); }};
inline constexpr Change other_recip_nonce{"with another recipNonce", Stage::message,
                                          [](Draft& d) { d.header().recipNonce = first_of_some(16); }};

// messageTime
inline constexpr Change no_message_time{"without messageTime", Stage::message,
                                        [](Draft& d) { d.header().messageTime.reset(); }};
inline constexpr Change message_of_yesterday{"with a messageTime of yesterday", Stage::message,
                                             [](Draft& d) { d.header().messageTime->value -= std::chrono::hours{24}; }};
inline constexpr Change message_of_tomorrow{"with a messageTime of tomorrow", Stage::message,
                                            [](Draft& d) { d.header().messageTime->value += std::chrono::hours{24}; }};

// names and key identifiers
inline constexpr Change null_recipient{"with the NULL-DN as recipient", Stage::message,
                                       [](Draft& d) { d.header().recipient = asn1::GeneralName::of(asn1::null_dn); }};
inline constexpr Change other_recipient{"with another recipient", Stage::message,
                                        [](Draft& d) { d.header().recipient = name_of_nobody(d); }};
inline constexpr Change other_sender{"with another sender", Stage::message,
                                     [](Draft& d) { d.header().sender = name_of_nobody(d); }};
inline constexpr Change null_sender{"with the NULL-DN as sender", Stage::message,
                                    [](Draft& d) { d.header().sender = asn1::GeneralName::of(asn1::null_dn); }};
inline constexpr Change dns_sender{"with a dNSName as sender", Stage::message, [](Draft& d) {
                                     d.header().sender.value.emplace<asn1::GeneralName::dNSName>().text = "device";
                                   }};
inline constexpr Change no_sender_kid{"without senderKID", Stage::message,
                                      [](Draft& d) { d.header().senderKID.reset(); }};
inline constexpr Change other_sender_kid{"with another senderKID", Stage::message,
                                         [](Draft& d) { d.header().senderKID = first_of_some(20); }};
inline constexpr Change recip_kid{"with a recipKID", Stage::message,
                                  [](Draft& d) { d.header().recipKID = first_of_some(20); }};

// generalInfo and freeText
inline constexpr Change explicit_confirmation{"without implicitConfirm", Stage::message,
                                              [](Draft& d) { d.remove_info(asn1::id_it_implicitConfirm); }};
inline constexpr Change implicit_confirm{"with implicitConfirm", Stage::message, [](Draft& d) {
                                           d.remove_info(asn1::id_it_implicitConfirm);
                                           d.add_info(asn1::id_it_implicitConfirm, asn1::null_value);
                                         }};
inline constexpr Change implicit_confirm_of_true{"with an implicitConfirm that is a BOOLEAN", Stage::message,
                                                 [](Draft& d) {
                                                   d.remove_info(asn1::id_it_implicitConfirm);
                                                   d.add_info(asn1::id_it_implicitConfirm, asn1::any<"01 01 FF">);
                                                 }};
inline constexpr Change confirm_wait_time{
    "with confirmWaitTime", Stage::message, [](Draft& d) {
      const asn1::GeneralizedTime soon{d.environment.clock.now() + std::chrono::minutes{1}};
      d.add_info(asn1::id_it_confirmWaitTime, asn1::Any{d.keep(soon)});
    }};
/// An OID of the documentation arc that nobody knows.
inline constexpr Change unknown_info{"with an unknown item in generalInfo", Stage::message,
                                     [](Draft& d) { d.add_info(asn1::oid<"2.999.1">, asn1::any<"0C 03 78 79 7A">); }};
inline constexpr Change free_text{"with freeText", Stage::message,
                                  [](Draft& d) { d.header().freeText.emplace().push_back({"a word in passing"}); }};
inline void ask_profiles(Draft& d, std::initializer_list<std::string_view> wanted) {
  asn1::CertProfileValue names;
  for (const auto name : wanted) names.push_back({name});
  d.add_info(asn1::id_it_certProfile, asn1::Any{d.keep(names)});
}
inline constexpr Change unknown_profile{"with a certProfile that nobody knows", Stage::message,
                                        [](Draft& d) { ask_profiles(d, {"no-such-profile"}); }};
inline constexpr Change two_profiles{"with two names in certProfile", Stage::message,
                                     [](Draft& d) { ask_profiles(d, {"default", "other"}); }};
inline constexpr Change profile_that_delays{"with the certProfile that delays", Stage::message,
                                            [](Draft& d) { ask_profiles(d, {d.delaying_profile}); }};

}  // namespace cmpkit::conformance::changes
