// A case of the suite, as data: what is said to a server, and what it must answer.
#pragma once

#include <vector>

#include "cmpkit/cmp/rule.h"
#include "conformance/conversation.h"
#include "conformance/expectation.h"

namespace cmpkit::conformance {

/// What protects the messages of a case.
enum class By : std::uint8_t {
  any,          // a certificate of another PKI, or else a secret
  certificate,  // ... of another PKI
  secret,
  issued,  // a certificate of the server's own PKI
};

/// One exchange: a message that is right in its place, with these changes, and its answer.
struct Step {
  Base base;
  std::vector<const Change*> changes;
  Expectation expectation;
  std::chrono::seconds wait_before{0};
  Form form{};
  std::vector<Step> inside{};  // approval, batch: what is in it; in a batch each of another device, and what each must
                               // hear. `expectation` is about the answer to the nested message, or to what it approves
};

struct Case {
  std::vector<const cmp::Rule*> rules;  // what it tests; the first one is where it is listed
  std::string_view name;                // unique: `certConf with a wrong certHash`
  By by;
  std::vector<Step> steps;              // the last one is what the case is about
  std::vector<std::string_view> needs;  // features of the server beyond those that its messages need
};

/// All cases, by section.
const std::vector<Case>& all_cases();

/// The features that a case needs: of its messages, of its credential, and `needs`.
std::vector<std::string_view> features_of(const Case& wanted);
std::vector<std::string_view> features_of(By by, const std::vector<Step>& steps,
                                          const std::vector<std::string_view>& needs);

/// One table of cases after the other.
template <class AnyCases>
AnyCases joined(std::initializer_list<AnyCases> parts) {
  AnyCases out;
  for (const AnyCases& each : parts) out.insert(out.end(), each.begin(), each.end());
  return out;
}

using Cases = std::vector<Case>;
Cases header_cases();
Cases protection_cases();
Cases encoding_cases();
Cases enrolment_cases();
Cases template_cases();
Cases confirmation_cases();
Cases key_update_cases();
Cases revocation_cases();
Cases information_cases();
Cases polling_cases();
Cases error_cases();
Cases algorithm_cases();
Cases transfer_cases();
Cases nested_cases();

}  // namespace cmpkit::conformance
