#include "tools/store_approvals.h"

#include <fmt/format.h>

#include "cmpkit/asn1/names.h"

namespace cmpkit::tools {
namespace {

using State = cmp::StoredApproval::State;

std::string text_of_requester(const cmp::Requester* requester) {
  if (requester == nullptr) return {};
  if (requester->kind == cmp::Requester::Kind::secret) return fmt::format("secret {}", text_of(requester->identity));
  return fmt::format("certificate {}", asn1::name_text(requester->subject));
}

cmp::StoredApproval record_of(const cmp::ApprovalQuestion& question, cmp::Time now) {
  cmp::StoredApproval out;
  out.id = question.id;
  out.since = now;
  out.operation = std::string(name_of(question.request.type));
  out.profile = question.profile;
  out.requester = text_of_requester(question.request.requester);
  out.subject = question.subject;
  out.key = question.key;
  return out;
}

}  // namespace

cmp::ApprovalAnswer StoreApprovals::ask(const cmp::ApprovalQuestion& question, cmp::Time now) {
  const cmp::Waiting unavailable{poll_, "the request cannot be shown to who approves it just now"};
  const auto stored = store_.approval(question.id);
  if (!stored) return unavailable;
  if (!*stored) {
    cmp::Change change;
    change.approval = record_of(question, now);
    if (!store_.commit(change)) return unavailable;  // a conflict: another replica was asked the same
  } else if ((*stored)->state == State::approved) {
    return cmp::Approved{};
  } else if ((*stored)->state == State::rejected) {
    return cmp::Rejected{(*stored)->reason};
  }
  return cmp::Waiting{poll_, "somebody has to approve this request"};
}

tl::expected<cmp::StoredApproval, std::string> find_waiting(cmp::Store& store, const std::string& id) {
  auto found = store.approvals(State::waiting);
  if (!found) return tl::unexpected(found.error().text);
  std::erase_if(*found, [&](const cmp::StoredApproval& each) { return !each.id.starts_with(id); });
  if (found->size() == 1) return std::move(found->front());
  if (found->empty()) return tl::unexpected(id.empty() ? "no request is waiting" : "no such request is waiting: " + id);
  return tl::unexpected(fmt::format("{} requests are meant; name one by its ID", found->size()));
}

}  // namespace cmpkit::tools
