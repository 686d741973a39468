#include "tools/operation_report.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/message_summary.h"
#include "tools/status_text.h"

namespace cmpkit::tools {
namespace {

ReportedExchange report_on(const Exchange& exchange, const cmp::Crypto& crypto) {
  const auto type_of = [&](Bytes der) {
    const auto summary = summarize_message(der, crypto);
    return summary ? summary->type : der.empty() ? std::string{} : std::string("no PKIMessage");
  };
  return {type_of(exchange.request), type_of(exchange.response), exchange.duration, exchange.request.size(),
          exchange.response.size()};
}

ReportedFailure transport_failure(const transport::TransportError& error, const std::vector<ReportedExchange>& sent) {
  const Advice advice = advice_on(error.kind);
  ReportedFailure failure;
  failure.fault = advice.fault;
  failure.what = error.text;
  failure.next_step = advice.next_step;
  if (sent.back().request == "certConf") {
    failure.what = "a certificate was issued, but its confirmation did not get through: " + error.text;
    failure.next_step =
        "enrol again: the server takes an unconfirmed certificate back; or --resume, with --save before";
  }
  return failure;
}

std::string refusal_text(const ReportedFailure& failure) {
  std::string text = failure.status;
  if (!failure.fail_info.empty()) text += ", " + failure.fail_info;
  if (!failure.server_text.empty()) text += ": " + failure.server_text;
  return text;
}

ReportedFailure failed_outcome(const cmp::Outcome& outcome, bool by_secret) {
  ReportedFailure failure;
  const std::optional<cmp::FailInfo> fail_info = outcome.fail_info;
  failure.status = outcome.status ? status_name(*outcome.status) : "";
  failure.server_text = outcome.server_text;
  failure.authenticated = outcome.authenticated;
  failure.fail_info = fmt::format("{}", fmt::join(fail_info_names(outcome.all_fail_info), ", "));

  const Advice on_status = advice_on(fail_info, by_secret);
  failure.fault = on_status.fault;
  failure.what =
      (failure.status == "rejection" ? "the server refuses: " : "the server ends it with ") + refusal_text(failure);
  failure.next_step = on_status.next_step;
  if (!outcome.refusal) return failure;

  const Advice on_rule = advice_on(*outcome.refusal->rule, by_secret);
  failure.fault = on_rule.fault;
  failure.what = outcome.text;
  failure.rule = outcome.refusal->rule->id;
  failure.reference = outcome.refusal->rule->reference;
  failure.field = outcome.refusal->field;
  if (!fail_info || on_status.fault != Fault::protection) {
    failure.next_step = on_rule.next_step;
  } else if (!failure.authenticated) {  // it did not know us, so it could not protect its answer as we want it
    failure.next_step = fmt::format("if it is the server that speaks: {}", on_status.next_step);
  }
  return failure;
}

constexpr std::string_view explanation(Fault fault) {
  switch (fault) {
    case Fault::transport:
      return "transport: the messages did not get through";
    case Fault::protection:
      return "protection: one side could not verify the other";
    case Fault::request:
      return "request: the server understood it and says no";
    case Fault::answer:
      return "answer: what the server sent is not right";
  }
  return {};
}

std::string row(std::string_view what, std::string_view value) { return fmt::format("  {:<13} {}\n", what, value); }

std::string times(unsigned count) { return count == 1 ? "once" : fmt::format("{} times", count); }

/// `new, in device.key`
std::string key_place(const OperationReport& report) {
  return fmt::format("{} {}", report.key_generated ? "new, in" : "in", report.key_file);
}

std::string tolerated_rows(const OperationReport& report) {
  return report.tolerated.empty() ? std::string()
                                  : row("tolerated", fmt::format("{}", fmt::join(report.tolerated, ", ")));
}

std::string file_rows(const OperationReport& report) {
  std::string text;
  for (const StoredFile& file : report.files) text += row(file.what, file.path);
  return text;
}

std::string failure_text(const OperationReport& report) {
  const ReportedFailure& failure = *report.failure;
  std::string text =
      fmt::format("{}: {}\n", report.words.not_done, failure.what) + row("where", explanation(failure.fault));
  if (!report.answered_by.empty()) {
    text += row("the answer", report.answered_by + (failure.authenticated ? "; verified" : "; NOT verified"));
  }
  if (!failure.rule.empty()) {
    if (!failure.status.empty()) text += row("it says", refusal_text(failure));
    text += row("rule", fmt::format("{}, {}, at {}", failure.rule, failure.reference, failure.field));
  }
  if (report.retries != 0) text += row("tried again", times(report.retries));
  if (report.key_generated) text += row("the key", key_place(report) + "; it stays there for the next try");
  return text + tolerated_rows(report) + row("next", failure.next_step);
}

std::string waiting_text(const OperationReport& report) {
  return fmt::format("not yet: the server is to be asked again at {}\n", time_text(*report.waiting_until)) +
         row("saved in", report.saved_in) + row("next", "the same command with --resume " + report.saved_in);
}

std::string answered_row(const OperationReport& report) {
  return row("answered by", fmt::format("{}, {}; verified", report.server, report.answered_by));
}

std::string facts_text(const OperationReport& report) {
  std::string text = report.headline + "\n" + answered_row(report);
  for (const auto& [what, value] : report.facts) text += row(what, value);
  return text + tolerated_rows(report) + file_rows(report);
}

std::string certificate_text(const OperationReport& report) {
  const CertificateSummary& certificate = *report.certificate;
  std::string text = fmt::format("{} has a certificate\n", certificate.subject);
  text += answered_row(report);
  text += row("subject", certificate.subject);
  text += row("issuer", certificate.issuer);
  text += row("serial", certificate.serial);
  text += row("valid", fmt::format("{} to {}", certificate.not_before, certificate.not_after));
  text += row("key", report.key_file.empty() ? certificate.key : certificate.key + ", " + key_place(report));
  text += row("confirmed", report.confirmation == "certConf" ? "by certConf, which the server acknowledged"
                                                             : "implicitly, as asked and granted");
  for (const std::string& modification : report.modifications) text += row("not as asked", modification);
  return text + tolerated_rows(report) + file_rows(report);
}

nlohmann::ordered_json json_of(const CertificateSummary& certificate) {
  return {{"subject", certificate.subject},       {"issuer", certificate.issuer},       {"serial", certificate.serial},
          {"not_before", certificate.not_before}, {"not_after", certificate.not_after}, {"key", certificate.key}};
}

nlohmann::ordered_json json_of(const ReportedFailure& failure) {
  nlohmann::ordered_json json{{"fault", name_of(failure.fault)}, {"text", failure.what}};
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) json[key] = value;
  };
  add("status", failure.status);
  add("failInfo", failure.fail_info);
  add("server_text", failure.server_text);
  add("rule", failure.rule);
  add("reference", failure.reference);
  add("field", failure.field);
  json["authenticated"] = failure.authenticated;
  json["next_step"] = failure.next_step;
  return json;
}

nlohmann::ordered_json json_of(const ReportedExchange& exchange) {
  return {{"request", exchange.request},
          {"response", exchange.response},
          {"request_octets", exchange.request_octets},
          {"response_octets", exchange.response_octets},
          {"microseconds", exchange.duration.count()}};
}

}  // namespace

OperationReport report_on(const RunResult& run, const OperationWords& words, std::string server, bool by_secret,
                          const cmp::Crypto& crypto) {
  OperationReport report;
  report.words = words;
  report.server = std::move(server);
  report.waiting_until = run.waiting_until;
  report.retries = run.retries + (run.outcome ? run.outcome->retries : 0);
  for (const Exchange& exchange : run.exchanges) {
    report.exchanges.push_back(report_on(exchange, crypto));
    if (const auto summary = summarize_message(exchange.response, crypto)) report.answered_by = summary->protection;
  }
  if (run.transport_error) report.failure = transport_failure(*run.transport_error, report.exchanges);
  if (!run.outcome) return report;
  for (const cmp::Deviation deviation : run.outcome->tolerated) report.tolerated.emplace_back(name_of(deviation));
  if (!run.outcome->success) {
    report.failure = failed_outcome(*run.outcome, by_secret);
    return report;
  }
  report.modifications = run.outcome->modifications;
  if (run.outcome->certificate.empty()) return report;
  report.certificate = summarize_certificate(run.outcome->certificate, crypto);
  report.confirmation = report.exchanges.back().response == "pkiconf" ? "certConf" : "implicit";
  return report;
}

std::string report_text(const OperationReport& report) {
  if (report.failure) return failure_text(report);
  if (report.waiting_until) return waiting_text(report);
  return report.certificate ? certificate_text(report) : facts_text(report);
}

std::string report_json(const OperationReport& report) {
  const std::string_view result = report.failure ? "failed" : report.waiting_until ? "waiting" : report.words.done;
  nlohmann::ordered_json json{{"result", result}, {"operation", report.words.command}, {"server", report.server}};
  if (!report.answered_by.empty()) json["answered_by"] = report.answered_by;
  if (report.waiting_until) json["wake_at"] = time_text(*report.waiting_until);
  if (!report.saved_in.empty()) json["saved_in"] = report.saved_in;
  if (report.certificate) json["certificate"] = json_of(*report.certificate);
  if (!report.modifications.empty()) json["modifications"] = report.modifications;
  if (!report.confirmation.empty()) json["confirmation"] = report.confirmation;
  for (const auto& [what, value] : report.facts) json["facts"][what] = value;
  if (!report.tolerated.empty()) json["tolerated"] = report.tolerated;
  if (report.retries != 0) json["retries"] = report.retries;
  if (report.failure) json["failure"] = json_of(*report.failure);
  if (!report.key_file.empty()) json["key"] = {{"file", report.key_file}, {"generated", report.key_generated}};
  for (const StoredFile& file : report.files) json["files"][file.what] = file.path;
  json["exchanges"] = nlohmann::ordered_json::array();
  for (const ReportedExchange& exchange : report.exchanges) json["exchanges"].push_back(json_of(exchange));
  using Replace = nlohmann::ordered_json::error_handler_t;
  return json.dump(2, ' ', false, Replace::replace) +
         "\n";  // a peer's texts are checked to be UTF-8; file names are not
}

}  // namespace cmpkit::tools
