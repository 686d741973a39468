#include "tools/pending_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmpkit/asn1/names.h"
#include "tools/certificate_summary.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* is_waiting = "waiting";
constexpr const char* approved = "approved";
constexpr const char* rejected = "rejected";

constexpr std::array members = {
    std::pair{"since", &PendingRequest::since},     std::pair{"operation", &PendingRequest::operation},
    std::pair{"profile", &PendingRequest::profile}, std::pair{"requester", &PendingRequest::requester},
    std::pair{"subject", &PendingRequest::subject}, std::pair{"key", &PendingRequest::key}};

std::string text_of_request(const PendingRequest& request) {
  Json json;
  for (const auto& [name, member] : members) json[name] = request.*member;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<PendingRequest> parse(const std::string& id, Bytes content) {
  const Json json = Json::parse(text_of(content), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  PendingRequest out;
  out.id = id;
  for (const auto& [name, member] : members)
    if (json.contains(name) && json[name].is_string()) out.*member = json[name].get<std::string>();
  return out;
}

std::string text_of_requester(const cmp::Requester* requester) {
  if (requester == nullptr) return {};
  if (requester->kind == cmp::Requester::Kind::secret) return fmt::format("secret {}", text_of(requester->identity));
  return fmt::format("certificate {}", asn1::name_text(requester->subject));
}

}  // namespace

std::string PendingRequests::path(const std::string& id, const char* state) const {
  return fmt::format("{}/{}.{}", folder_, id, state);
}

std::vector<PendingRequest> PendingRequests::waiting() const {
  std::vector<PendingRequest> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension().string() != fmt::format(".{}", is_waiting)) continue;
    const auto content = read_file(entry.path().string());
    if (!content) continue;  // decided meanwhile
    if (auto request = parse(entry.path().stem().string(), *content)) out.push_back(std::move(*request));
  }
  std::ranges::sort(out, {}, [](const PendingRequest& each) { return std::pair(each.since, each.id); });
  return out;
}

tl::expected<PendingRequest, std::string> PendingRequests::find(const std::string& id) const {
  std::vector<PendingRequest> found = waiting();
  std::erase_if(found, [&](const PendingRequest& each) { return !each.id.starts_with(id); });
  if (found.size() == 1) return std::move(found.front());
  if (found.empty()) return tl::unexpected(id.empty() ? "no request is waiting" : "no such request is waiting: " + id);
  return tl::unexpected(fmt::format("{} requests are meant; name one by its ID", found.size()));
}

tl::expected<void, std::string> PendingRequests::approve(const PendingRequest& request) const {
  std::error_code error;
  fs::rename(path(request.id, is_waiting), path(request.id, approved), error);
  if (error) return tl::unexpected(fmt::format("cannot approve {}: {}", request.id, error.message()));
  return {};
}

tl::expected<void, std::string> PendingRequests::reject(const PendingRequest& request,
                                                        const std::string& reason) const {
  auto written = write_file(path(request.id, rejected), bytes_of(reason), Access::owner_only);
  if (!written) return written;
  std::error_code error;
  fs::remove(path(request.id, is_waiting), error);
  return {};
}

std::optional<cmp::ApprovalAnswer> PendingRequests::decision(const std::string& id) const {
  if (const auto reason = read_file(path(id, rejected))) return cmp::Rejected{std::string(text_of(*reason))};
  if (file_exists(path(id, approved))) return cmp::Approved{};
  return std::nullopt;
}

tl::expected<void, std::string> PendingRequests::add(const PendingRequest& request) const {
  std::error_code error;
  fs::create_directory(folder_, error);
  const std::string file = path(request.id, is_waiting);
  if (file_exists(file)) return {};
  const std::string text = text_of_request(request);
  auto written = write_file(file, bytes_of(text), Access::owner_only);
  if (decision(request.id)) fs::remove(file, error);  // somebody was quicker: it waits no longer
  return written;
}

void PendingRequests::forget(std::chrono::seconds age) const {
  std::error_code error;
  const auto limit = fs::file_time_type::clock::now() - age;
  for (const auto& entry : fs::directory_iterator(folder_, error))
    if (const auto written = entry.last_write_time(error); !error && written < limit) fs::remove(entry.path(), error);
}

cmp::ApprovalAnswer FileApprovals::ask(const cmp::ApprovalQuestion& question, cmp::Time now) {
  if (auto decided = requests_.decision(question.id)) return std::move(*decided);
  const auto added =
      requests_.add({question.id, time_text(now), std::string(name_of(question.request.type)), question.profile,
                     text_of_requester(question.request.requester), question.subject, question.key});
  if (!added) return cmp::Waiting{poll_, "the request cannot be shown to who approves it just now"};
  return cmp::Waiting{poll_, "somebody has to approve this request"};
}

}  // namespace cmpkit::tools
