#include "cmpkit/cmp/information_cache.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

namespace {

/// What tells two questions apart: of a question for a CRL the source, and not the CRL that the client has.
struct Question {
  Octets type, value;
  std::optional<Time> newer_than;  // crlStatusList: thisUpdate
  auto operator<=>(const Question& other) const { return std::tie(type, value) <=> std::tie(other.type, other.value); }
};

std::optional<Question> question_of(asn1::Oid type, Bytes value) {
  Question out{copy_of(type.octets), copy_of(value), {}};
  if (type != asn1::id_it_crlStatusList) return out;
  const auto list = asn1::decode<asn1::CRLStatusListValue>(value);
  if (!list || list->size() != 1) return {};
  asn1::CRLStatus status = list->front();
  if (status.thisUpdate) out.newer_than = status.thisUpdate->time();
  status.thisUpdate.reset();
  out.value = asn1::encode(status);
  return out;
}

std::optional<Time> this_update_of(Bytes crl) {
  const auto decoded = asn1::decode<asn1::CertificateList>(crl);
  return decoded ? std::optional<Time>(decoded->tbsCertList.thisUpdate.time()) : std::nullopt;
}

}  // namespace

class InformationCache::Entries {
 public:
  struct Entry {
    Octets type;                      // of the answer
    std::optional<Octets> value;      // none: there is nothing to tell
    std::optional<Time> this_update;  // of the CRL
    Time until{};
  };

  explicit Entries(std::vector<Octets> types) : types_(std::move(types)) {}
  [[nodiscard]] const std::vector<Octets>& types() const { return types_; }

  void put(Question question, Entry entry) {
    const std::scoped_lock lock(mutex_);
    if (const auto known = entries_.find(question); known != entries_.end() && question.newer_than && !entry.value) {
      known->second.until = entry.until;
      return;
    }
    entries_.insert_or_assign(std::move(question), std::move(entry));
  }

  [[nodiscard]] std::optional<Entry> find(asn1::Oid type, Bytes value, Time now) const {
    const auto question = question_of(type, value);
    if (!question) return {};
    const std::scoped_lock lock(mutex_);
    const auto known = entries_.find(*question);
    if (known == entries_.end() || known->second.until <= now) return {};
    Entry out = known->second;
    if (question->newer_than && out.this_update && *out.this_update <= *question->newer_than)
      out.value.reset();  // L-02
    return out;
  }

 private:
  const std::vector<Octets> types_;
  mutable std::mutex mutex_;
  std::map<Question, Entry> entries_;
};

InformationCache::InformationCache(std::vector<Octets> questions)
    : entries_(std::make_unique<Entries>(std::move(questions))) {}
InformationCache::~InformationCache() = default;

void InformationCache::put(const InfoItem& question, const Answer& answer, Time until) {
  auto asked = question_of(question.oid(), question.value);
  if (!asked) return;
  Entries::Entry entry{answer.type, {}, {}, until};
  if (!answer.value.empty()) entry.value = answer.value;
  if (!answer.crls.empty()) entry.this_update = this_update_of(answer.crls.front());
  entries_->put(std::move(*asked), std::move(entry));
}

bool InformationCache::has(asn1::Oid type, const asn1::Any* value, Time now) const {
  return entries_->find(type, value != nullptr ? value->tlv : Bytes{}, now).has_value();
}

std::vector<asn1::Oid> InformationCache::types() const {
  std::vector<asn1::Oid> out;
  for (const Octets& each : entries_->types()) out.push_back({each});
  return out;
}

bool InformationCache::is_general(asn1::Oid type) const {
  return type == asn1::id_it_caCerts || type == asn1::id_it_currentCRL;
}

InformationDecision InformationCache::answer(const InformationRequest& request, Time now) {
  auto known = entries_->find(request.type, request.value != nullptr ? request.value->tlv : Bytes{}, now);
  if (!known) return unavailable("body.genm", "nothing is known at the moment that answers this question");
  asn1::Oid type = answer_type(request.type);  // static octets, or those of the request
  return std::vector<Information>{{type, std::move(known->value)}};
}

}  // namespace cmpkit::cmp
