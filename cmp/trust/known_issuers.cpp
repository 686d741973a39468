#include "cmp/trust/known_issuers.h"

#include <algorithm>

namespace cmpkit::cmp {

std::vector<ValidatedIssuer::Pointer> KnownIssuers::named(Bytes name) {
  const std::lock_guard lock(mutex_);
  const auto* issuers = by_name_.find(text_of(name));
  return issuers == nullptr ? std::vector<ValidatedIssuer::Pointer>() : *issuers;
}

void KnownIssuers::remember(Bytes name, ValidatedIssuer::Pointer issuer) {
  const std::lock_guard lock(mutex_);
  auto* issuers = by_name_.find(text_of(name));
  if (issuers == nullptr) issuers = &by_name_.insert(std::string(text_of(name)), {});
  std::erase_if(*issuers, [&](const auto& known) {
    return same_octets(known->certificate().octets(), issuer->certificate().octets());
  });
  if (issuers->size() >= most_of_one_name) issuers->erase(issuers->begin());
  issuers->push_back(std::move(issuer));
}

ValidatedIssuer::Pointer KnownIssuers::of(Bytes end_entity) {
  const std::lock_guard lock(mutex_);
  const auto* issuer = by_end_entity_.find(text_of(end_entity));
  return issuer == nullptr ? nullptr : *issuer;
}

void KnownIssuers::remember_end_entity(Bytes end_entity, ValidatedIssuer::Pointer issuer) {
  const std::lock_guard lock(mutex_);
  by_end_entity_.insert(std::string(text_of(end_entity)), std::move(issuer));
}

}  // namespace cmpkit::cmp
