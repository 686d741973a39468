// The trail of a decision: which checks were made, on which field, with which outcome. Logs, error texts and
// `cmpkit inspect` are made of it. Secrets and key octets never enter it.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/cmp/rule.h"
#include "cmpkit/cmp/tolerance.h"

namespace cmpkit::cmp {

/// One check that was made.
struct Check {
  const Rule* rule;
  std::string_view field;  // static: `header.senderNonce`
  bool passed;
  std::string detail;                  // what was found; empty where it passed without more
  std::optional<Deviation> tolerated;  // the switch without which it would have failed
};

class Trail {
 public:
  void passed(const Rule& rule, std::string_view field) { checks_.push_back({&rule, field, true, {}, {}}); }
  void failed(const Rule& rule, std::string_view field, std::string detail) {
    checks_.push_back({&rule, field, false, std::move(detail), {}});
  }
  /// It passes only because the caller tolerates this of the peer.
  void tolerated(const Rule& rule, std::string_view field, std::string detail, Deviation deviation) {
    checks_.push_back({&rule, field, true, std::move(detail), deviation});
  }
  [[nodiscard]] const std::vector<Check>& checks() const { return checks_; }

 private:
  std::vector<Check> checks_;
};

/// Why a message or a request in it is refused, and what the peer is told.
struct Refusal {
  const Rule* rule;
  std::string_view field;
  std::optional<FailInfo> fail_info;
  std::string text;     // for people on both sides: what was wrong, with the rule and its RFC section
  std::string cause{};  // for our own logs: what the peer is not told
};

/// Makes a refusal that quotes the rule: `V-10 (RFC 9483 Section 3.5): <detail>`; the rule's failInfo.
Refusal refused(const Rule& rule, std::string_view field, std::string_view detail);
/// The same with another failInfo than the rule's.
Refusal refused(const Rule& rule, std::string_view field, std::string_view detail, FailInfo fail_info);

/// E-30: something that this server needs does not answer. The peer is told only that, and `cause` is for the logs.
Refusal unavailable(std::string_view field, std::string_view cause);

/// A value, or the refusal.
template <class T>
using Checked = tl::expected<T, Refusal>;

}  // namespace cmpkit::cmp
