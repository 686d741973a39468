#include "tools/store_secrets.h"

namespace cmpkit::tools {

StoreSecrets::Known<Octets> StoreSecrets::find(Bytes reference) const {
  const auto configured = configured_.find(text_of(reference));
  if (configured != configured_.end()) return configured->second;
  auto stored = store_.secret(text_of(reference));
  if (!stored) return tl::unexpected(std::move(stored.error()));
  if (*stored) return std::move((*stored)->secret);
  const auto any = configured_.find("*");
  return any == configured_.end() ? std::nullopt : std::optional(any->second);
}

StoreSecrets::Known<std::string> StoreSecrets::why_not(Bytes reference, cmp::Time now) const {
  if (configured_.contains(text_of(reference))) return std::nullopt;
  const auto stored = store_.secret(text_of(reference));
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return std::nullopt;
  if ((*stored)->expires && *(*stored)->expires <= now) return "the secret has expired";
  if ((*stored)->is_used_up()) return "the secret was used as often as it may be";
  return std::nullopt;
}

}  // namespace cmpkit::tools
