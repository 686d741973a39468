// Approval of requests by somebody: they wait in the store until `cmpkit ca approve` or `reject`, on whatever machine.
#pragma once

#include "cmpkit/cmp/approvals.h"
#include "cmpkit/cmp/store.h"

namespace cmpkit::tools {

class StoreApprovals final : public cmp::Approvals {
 public:
  /// `poll`: how often clients shall ask. The store has to outlive this.
  StoreApprovals(cmp::Store& store, std::chrono::seconds poll) : store_(store), poll_(poll) {}
  [[nodiscard]] cmp::ApprovalAnswer ask(const cmp::ApprovalQuestion& question, cmp::Time now) override;

 private:
  cmp::Store& store_;
  std::chrono::seconds poll_;
};

/// The request that waits and whose id begins so; the only one that waits where the text is empty. The error is a
/// sentence.
tl::expected<cmp::StoredApproval, std::string> find_waiting(cmp::Store& store, const std::string& id);

}  // namespace cmpkit::tools
