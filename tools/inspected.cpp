#include "tools/inspected.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmpkit/asn1/pkcs10.h"
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/asn1/print.h"
#include "cmpkit/cmp/inspection.h"
#include "cmpkit/cmp/pem.h"
#include "tools/certificate_summary.h"
#include "tools/json_tree.h"
#include "tools/message_summary.h"

namespace cmpkit::tools {
namespace {

/// Calls `function` with a decoded value of the type that the octets have been found to be.
template <class Function>
void with_value(std::string_view kind, Bytes der, Function function) {
  if (kind == "PKIMessage") function(*asn1::decode<asn1::PKIMessage>(der));
  if (kind == "Certificate") function(*asn1::decode<asn1::Certificate>(der));
  if (kind == "CertificationRequest") function(*asn1::decode<asn1::CertificationRequest>(der));
  if (kind == "CertificateList") function(*asn1::decode<asn1::CertificateList>(der));
}

struct Candidate {
  const asn1::Type& type;
  std::vector<std::string_view> labels;  // of PEM
  std::optional<asn1::Error> error;      // why it is not this
};

template <class T>
Candidate candidate(Bytes der, std::vector<std::string_view> labels) {
  const auto value = asn1::decode<T>(der);
  return {asn1::type_of<T>(), std::move(labels), value ? std::nullopt : std::optional(value.error())};
}

/// What the octets are, or else what the label says they should be, or else what they resemble for the longest.
Candidate identify(std::string_view label, Bytes der) {
  std::vector<Candidate> candidates;
  candidates.push_back(candidate<asn1::PKIMessage>(der, {}));
  candidates.push_back(candidate<asn1::Certificate>(der, {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"}));
  candidates.push_back(candidate<asn1::CertificationRequest>(der, {"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"}));
  candidates.push_back(candidate<asn1::CertificateList>(der, {"X509 CRL"}));
  const auto likeness = [&](const Candidate& c) {
    const bool labelled = std::ranges::find(c.labels, label) != c.labels.end();
    return std::tuple(!c.error, labelled, c.error ? c.error->offset : 0);
  };
  return *std::ranges::max_element(candidates, std::ranges::less{}, likeness);
}

/// The octets around the place of an error, that one in brackets.
std::string surroundings(Bytes der, std::size_t offset) {
  const std::size_t begin = offset < 8 ? 0 : offset - 8;
  const std::size_t end = std::min(offset + 8, der.size());
  std::string out = begin == 0 ? "" : "... ";
  for (std::size_t i = begin; i < end; ++i) {
    const std::string octet = fmt::format("{:02X}", der[i]);
    out += i == offset ? fmt::format("[{}] ", octet) : octet + " ";
  }
  return out + (end == der.size() ? "(end)" : "...");
}

std::string rules_text(const cmp::Trail& trail) {
  const auto failed = std::ranges::count_if(trail.checks(), [](const cmp::Check& c) { return !c.passed; });
  const auto passed = static_cast<std::ptrdiff_t>(trail.checks().size()) - failed;
  std::string text = fmt::format("rules: {} checks passed, {} failed\n", passed, failed);
  for (const cmp::Check& check : trail.checks()) {
    if (check.passed) continue;
    text += fmt::format("  {} {}: {}\n", check.rule->id, check.field, check.detail);
    text += fmt::format("    {}: {}\n", check.rule->reference, check.rule->text);
  }
  return text;
}

nlohmann::ordered_json rules_json(const cmp::Trail& trail) {
  auto checks = nlohmann::ordered_json::array();
  for (const cmp::Check& check : trail.checks()) {
    nlohmann::ordered_json json{{"rule", check.rule->id},
                                {"reference", check.rule->reference},
                                {"text", check.rule->text},
                                {"field", check.field},
                                {"passed", check.passed}};
    if (!check.passed) json["found"] = check.detail;
    checks.push_back(std::move(json));
  }
  return checks;
}

bool is_private_key(std::string_view label) { return label.ends_with("PRIVATE KEY"); }

}  // namespace

Inspected::Inspected(std::string name, std::string_view label, Octets der)
    : name_(std::move(name)), der_(std::move(der)) {
  Candidate found = identify(label, der_);
  kind_ = found.type.name;
  error_ = std::move(found.error);
  if (!error_ && kind_ == "PKIMessage") trail_ = cmp::inspect(*asn1::decode<asn1::PKIMessage>(der_));
}

bool Inspected::is_wrong() const {
  return error_ || std::ranges::any_of(trail_.checks(), [](const cmp::Check& check) { return !check.passed; });
}

std::string Inspected::malformed_text() const {
  return fmt::format("{}: malformed {}, {} octets\n  {}\n  {}\n", name_, kind_, der_.size(), error_->text(),
                     surroundings(der_, error_->offset));
}

std::string Inspected::text(const cmp::Crypto& crypto) const {
  if (error_) return malformed_text();
  std::string text = fmt::format("{}: {}, {} octets\n", name_, kind_, der_.size());
  if (const auto summary = summarize_message(der_, crypto)) text += fmt::format("{}\n", one_line(*summary));
  with_value(kind_, der_, [&](const auto& value) { text += asn1::print(value); });
  return kind_ == "PKIMessage" ? text + rules_text(trail_) : text;
}

nlohmann::ordered_json Inspected::json(const cmp::Crypto& crypto) const {
  nlohmann::ordered_json json{{"name", name_}, {"type", kind_}, {"octets", der_.size()}};
  if (error_) {
    json["malformed"] = {{"path", error_->path()}, {"offset", error_->offset}, {"text", error_->text()}};
    return json;
  }
  if (const auto summary = summarize_message(der_, crypto)) json["summary"] = one_line(*summary);
  with_value(kind_, der_, [&](const auto& value) {
    json["value"] = json_tree(asn1::type_of<std::decay_t<decltype(value)>>(), &value);
  });
  if (kind_ == "PKIMessage") json["checks"] = rules_json(trail_);
  return json;
}

tl::expected<std::vector<Inspected>, std::string> inspect_file(const std::string& name, Octets content) {
  std::vector<Inspected> all;
  if (content.empty()) return tl::unexpected(fmt::format("{} is empty", name));
  if (text_of(content).find("-----BEGIN ") == std::string_view::npos) {
    all.emplace_back(name, "", std::move(content));
    return all;
  }
  auto blocks = cmp::decode_pem(text_of(content));
  if (!blocks) return tl::unexpected(fmt::format("{}: {}", name, blocks.error().text));
  for (cmp::PemBlock& block : *blocks) {
    if (is_private_key(block.label))
      return tl::unexpected(fmt::format("{} holds a private key, which is not shown", name));
    const std::string number = blocks->size() == 1 ? "" : fmt::format("[{}]", all.size());
    all.emplace_back(name + number, block.label, std::move(block.der));
  }
  return all;
}

}  // namespace cmpkit::tools
