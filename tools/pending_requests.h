// Requests that wait for somebody's approval, as files in DIR/pending: ID.waiting becomes ID.approved or ID.rejected.
// The CA writes the first, `cmpkit ca approve` and `reject` rename it; who looks never sees half a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/cmp/approvals.h"

namespace cmpkit::tools {

struct PendingRequest {
  std::string id;
  std::string since;               // 2026-11-22 12:00:00 UTC
  std::string operation, profile;  // `ir`, `iot-device`
  std::string requester;           // `secret device-1`, `certificate /CN=x`
  std::string subject, key;
};

class PendingRequests {
 public:
  explicit PendingRequests(const std::string& ca_folder) : folder_(ca_folder + "/pending") {}

  /// The oldest first.
  [[nodiscard]] std::vector<PendingRequest> waiting() const;
  /// The one whose id begins so; the only one where the text is empty. The error is a sentence.
  [[nodiscard]] tl::expected<PendingRequest, std::string> find(const std::string& id) const;
  [[nodiscard]] tl::expected<void, std::string> approve(const PendingRequest& request) const;
  [[nodiscard]] tl::expected<void, std::string> reject(const PendingRequest& request, const std::string& reason) const;

  /// Approved or Rejected; nothing: nobody has decided.
  [[nodiscard]] std::optional<cmp::ApprovalAnswer> decision(const std::string& id) const;
  [[nodiscard]] tl::expected<void, std::string> add(const PendingRequest& request) const;
  /// Deletes what nobody can ask for any more: files that are older than this.
  void forget(std::chrono::seconds age) const;

 private:
  [[nodiscard]] std::string path(const std::string& id, const char* state) const;
  std::string folder_;
};

/// Approval by these files.
class FileApprovals final : public cmp::Approvals {
 public:
  /// `poll`: how often clients shall ask.
  FileApprovals(const std::string& ca_folder, std::chrono::seconds poll) : requests_(ca_folder), poll_(poll) {}
  [[nodiscard]] cmp::ApprovalAnswer ask(const cmp::ApprovalQuestion& question, cmp::Time now) override;

 private:
  PendingRequests requests_;
  std::chrono::seconds poll_;
};

}  // namespace cmpkit::tools
