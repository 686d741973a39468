#include "tools/request_log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "tools/printing.h"
#include "tools/status_text.h"

namespace cmpkit::tools {
namespace {

using Json = nlohmann::ordered_json;

double milliseconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000.0; }

std::string fail_info_of(const cmp::Refusal& refusal) {
  if (!refusal.fail_info) return {};
  asn1::PKIFailureInfo bits;
  bits.set(*refusal.fail_info);
  return fail_info_names(bits).front();
}

std::string or_else(std::string_view text, std::string_view other) { return std::string(text.empty() ? other : text); }

std::string line_of(std::string_view peer, const cmp::Reply& reply, std::chrono::microseconds time) {
  std::string line = fmt::format("{} from {} ({}) -> {}", or_else(reply.request, "?"),
                                 or_else(reply.requester, "nobody we know"), peer, or_else(reply.response, "?"));
  if (reply.refusal) {
    const std::string fail_info = fail_info_of(*reply.refusal);
    line += fmt::format(", refused{}{}: {}", fail_info.empty() ? "" : " ", fail_info, reply.refusal->text);
    if (!reply.refusal->cause.empty()) line += fmt::format(" ({})", reply.refusal->cause);
  }
  return line + fmt::format(", {:.1f} ms", milliseconds(time));
}

Json json_of(std::string_view peer, const cmp::Reply& reply, std::chrono::microseconds time) {
  Json out{{"request", reply.request},   {"requester", reply.requester},         {"peer", peer},
           {"response", reply.response}, {"refused", reply.refusal.has_value()}, {"ms", milliseconds(time)}};
  if (reply.refusal) {
    out["failInfo"] = fail_info_of(*reply.refusal);
    out["rule"] = reply.refusal->rule->id;
    out["field"] = reply.refusal->field;
    out["text"] = reply.refusal->text;
    if (!reply.refusal->cause.empty()) out["cause"] = reply.refusal->cause;
  }
  return out;
}

spdlog::level::level_enum level_of(const std::optional<cmp::Refusal>& refusal) {
  if (!refusal) return spdlog::level::info;
  return refusal->fail_info == asn1::PKIFailureInfo::systemUnavail ? spdlog::level::err : spdlog::level::warn;
}

}  // namespace

RequestLog::RequestLog(const std::string& level, bool json)
    : logger_(std::make_shared<spdlog::logger>("cmpkit", std::make_shared<spdlog::sinks::stderr_sink_mt>())),
      json_(json) {
  logger_->set_pattern(json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%d %H:%M:%S.%e %l %v",
                       spdlog::pattern_time_type::utc);
  logger_->set_level(spdlog::level::from_str(level));
  logger_->flush_on(spdlog::level::trace);
}

RequestLog::~RequestLog() = default;

void RequestLog::request(std::string_view peer, const cmp::Reply& reply, std::chrono::microseconds time) {
  const auto level = level_of(reply.refusal);
  if (logger_->should_log(level)) {
    if (json_) {
      const std::string object = json_line(json_of(peer, reply, time));
      logger_->log(level, "{}", std::string_view(object).substr(1, object.size() - 2));
    } else {
      logger_->log(level, "{}", printable(line_of(peer, reply, time)));
    }
  }
  if (json_ || !logger_->should_log(spdlog::level::debug)) return;
  for (const cmp::Check& check : reply.trail.checks())
    logger_->debug("  {} {} {} {}", check.passed ? "passed" : "failed", check.rule->id, check.field,
                   printable(check.detail));
}

void RequestLog::note(std::string_view text) { say(spdlog::level::info, text); }

void RequestLog::alarm(std::string_view text) { say(spdlog::level::err, text); }

void RequestLog::say(int level, std::string_view text) {
  const auto at = static_cast<spdlog::level::level_enum>(level);
  if (json_)
    logger_->log(at, "\"text\":{}", json_line(Json(text)));
  else
    logger_->log(at, "{}", text);
}

}  // namespace cmpkit::tools
