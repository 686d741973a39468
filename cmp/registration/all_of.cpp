#include "cmpkit/cmp/policy.h"

namespace cmpkit::cmp {

namespace {

class AllOf final : public Policy {
 public:
  explicit AllOf(std::vector<Policy*> policies) : policies_(std::move(policies)) {}

  PolicyDecision decide(const PolicyQuestion& question, Time now) override {
    PolicyGrant all;
    for (Policy* policy : policies_) {
      PolicyDecision decision = policy->decide(question, now);
      auto* grant = std::get_if<PolicyGrant>(&decision);
      if (grant == nullptr) return decision;
      if (grant->subject) all.subject = std::move(grant->subject);
      if (grant->extensions) all.extensions = std::move(grant->extensions);
      if (!grant->profile.empty()) all.profile = std::move(grant->profile);
    }
    return all;
  }

  std::vector<StoredDevice> learn(const PolicyOutcome& outcome, Time now) override {
    std::vector<StoredDevice> all;
    for (Policy* policy : policies_)
      for (StoredDevice& device : policy->learn(outcome, now)) all.push_back(std::move(device));
    return all;
  }

 private:
  const std::vector<Policy*> policies_;
};

}  // namespace

std::unique_ptr<Policy> all_of(std::vector<Policy*> policies) { return std::make_unique<AllOf>(std::move(policies)); }

}  // namespace cmpkit::cmp
