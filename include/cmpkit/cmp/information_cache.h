// Answers to general messages, kept for a while: an RA asks its CA now and then and tells its clients what it was told,
// whether the CA is there at the moment or not.
#pragma once

#include <memory>

#include "cmpkit/cmp/information.h"
#include "cmpkit/cmp/inquiry.h"

namespace cmpkit::cmp {

/// A source for the questions whose answers were put into it. What it does not have (any more) is refused by
/// systemUnavail: an RA that can forward the question looks with has() first. Safe to use from several threads at once.
class InformationCache final : public InformationSource {
 public:
  /// `questions`: the infoTypes that it will have answers for, as caCerts, currentCRL, crlStatusList.
  explicit InformationCache(std::vector<Octets> questions);
  ~InformationCache() override;
  InformationCache(const InformationCache&) = delete;
  InformationCache& operator=(const InformationCache&) = delete;

  /// What an Inquiry with this question was answered. It is told until this time; in the place of what was told to the
  /// same question before. A CRL is told to whoever asks for its distribution point or issuer and has none that is as
  /// new (L-02); where there was no newer one to be put, the one that is here is good for longer.
  void put(const InfoItem& question, const Answer& answer, Time until);

  /// Whether there is an answer to this question now; `value` null: the question has none.
  [[nodiscard]] bool has(asn1::Oid type, const asn1::Any* value, Time now) const;

  [[nodiscard]] std::vector<asn1::Oid> types() const override;
  [[nodiscard]] bool is_general(asn1::Oid type) const override;
  [[nodiscard]] InformationDecision answer(const InformationRequest& request, Time now) override;

 private:
  class Entries;
  std::unique_ptr<Entries> entries_;
};

}  // namespace cmpkit::cmp
