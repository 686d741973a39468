// What came in answer to a genm: taken apart, and checked by the rules of RFC 9483 Section 4.3 and RFC 9810
// Section 5.3.19.
#pragma once

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/inquiry.h"

namespace cmpkit::cmp {

/// The answer in a genp to the question in the options. The genp is authenticated.
Checked<Answer> read_answer(const asn1::PKIMessage& genp, const InquiryOptions& options,
                            const Environment& environment);

/// What a reader of one type of answer works on.
struct AnswerContext {
  const asn1::PKIMessage& genp;
  const InquiryOptions& options;
  const Environment& environment;
  Answer& answer;
};

// One for each type that needs more than a decoder; a refusal, or nothing.
std::optional<Refusal> read_root_update(const AnswerContext& context);
std::optional<Refusal> read_template(const AnswerContext& context);
std::optional<Refusal> read_crls(const AnswerContext& context);
std::optional<Refusal> read_current_crl(const AnswerContext& context);

/// The certificates to build paths with: those of the message, and those that the options give.
std::vector<asn1::CMPCertificate> pool_of(const AnswerContext& context);

inline constexpr std::string_view answer_field = "body.genp[0].infoValue";

}  // namespace cmpkit::cmp
