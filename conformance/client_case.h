// A case about our client, as data: what it is asked to do, what is wrong with an answer that it gets, and what it must
// make of that.
#pragma once

#include <vector>

#include "cmpkit/cmp/operation.h"
#include "conformance/answer_rules.h"
#include "conformance/case.h"

namespace cmpkit::conformance {

/// What the client is to do.
enum class Errand : std::uint8_t { ir, cr, p10cr, kur, rr, ca_certs, root_update };

/// All that a client said and heard.
struct ClientRun {
  std::vector<Reply> sent;
  std::vector<Reply> received;  // without what was no PKIMessage
  std::size_t answers = 0;      // that it got
  cmp::Outcome outcome;
};

struct ClientExpectation {
  enum class Ending : std::uint8_t { success, failure };
  Ending ending = Ending::failure;
  const cmp::Rule* broken = nullptr;          // failure: by this rule; null: by the server's word
  std::vector<asn1::PKIBody::Type> sent;      // the types of all that it sent; empty: not looked at
  Fault (*also)(const ClientRun&) = nullptr;  // what else must hold
};

struct ClientCase {
  std::vector<const cmp::Rule*> rules;
  std::string_view name;
  By by = By::certificate;  // kur, rr: a certificate of the server's PKI
  Errand errand = Errand::ir;
  bool implicit = true;                // asks for implicit confirmation
  bool delayed = false;                // asks for the profile that delays
  std::size_t answer = 0;              // which answer is changed: the first, the second, ...; 0: none
  std::vector<const Change*> changes;  // to that answer
  ClientExpectation expectation;
};

const std::vector<ClientCase>& all_client_cases();
std::vector<ClientCase> client_message_cases();
std::vector<ClientCase> client_operation_cases();

/// What is wrong with how the client went about it.
Fault judge(const ClientExpectation& expectation, const ClientRun& run);

/// `an end by V-20`; `success, after ir and certConf`
std::string text_of(const ClientExpectation& expectation);

/// What holds for every message that a client sends, in the order in which it sent them. Views into the run.
std::vector<AnswerCheck> check_client_messages(const ClientRun& run, const Peer& server);

/// The rules among those checks.
std::span<const cmp::Rule* const> client_rules();

}  // namespace cmpkit::conformance
