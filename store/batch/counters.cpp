#include "store/batch/counters.h"

namespace cmpkit::store {

Statement Counters::question() {
  return {
      "SELECT certificates, revocations, unconfirmed, valid, updated, rejected, held, revoked, delayed, awaiting, done,"
      " queued, relayed, on_crl, secrets, devices FROM counters",
      {}};
}

Counters Counters::in(const Rows& rows) {
  Counters out;
  if (rows.empty()) return out;
  auto column = rows.front().begin();
  const auto next = [&] { return number_of(*column++); };
  out.certificates = next();
  out.revocations = next();
  for (std::uint64_t& each : out.by_status) each = next();
  for (std::uint64_t& each : out.by_state) each = next();
  out.on_crl = next();
  out.secrets = next();
  out.devices = next();
  return out;
}

Statement Counters::update() const {
  Statement out{
      "UPDATE counters SET certificates = $1, revocations = $2, unconfirmed = $3, valid = $4, updated = $5,"
      " rejected = $6, held = $7, revoked = $8, delayed = $9, awaiting = $10, done = $11, queued = $12, relayed = $13,"
      " on_crl = $14, secrets = $15, devices = $16",
      {value_of(certificates), value_of(revocations)}};
  for (const std::uint64_t each : by_status) out.parameters.push_back(value_of(each));
  for (const std::uint64_t each : by_state) out.parameters.push_back(value_of(each));
  out.parameters.push_back(value_of(on_crl));
  out.parameters.push_back(value_of(secrets));
  out.parameters.push_back(value_of(devices));
  return out;
}

}  // namespace cmpkit::store
