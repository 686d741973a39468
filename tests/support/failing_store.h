// A store in front of another one, that fails when a test says so, or lets something happen at a chosen moment.
#pragma once

#include <functional>

#include "cmpkit/cmp/store.h"

namespace cmpkit::test {

class FailingStore final : public cmp::Store {
 public:
  template <class T>
  using Result = tl::expected<T, cmp::StoreError>;

  explicit FailingStore(std::unique_ptr<cmp::Store> store) : store_(std::move(store)) {}

  /// Called before each read, or commit (forget() too): an error fails it, and the store behind is not asked.
  std::function<std::optional<cmp::StoreError>()> before_read, before_commit;
  /// Called after each commit that was done: an error is what the caller gets although all is stored.
  std::function<std::optional<cmp::StoreError>()> after_commit;

  /// The store behind, which does not fail.
  [[nodiscard]] cmp::Store& behind() { return *store_; }

  Result<std::vector<cmp::Transaction>> transactions(Bytes id) override {
    return read([&] { return store_->transactions(id); });
  }
  Result<std::vector<cmp::Transaction>> transactions_in(cmp::Transaction::State state, std::size_t count) override {
    return read([&] { return store_->transactions_in(state, count); });
  }
  Result<std::optional<cmp::StoredDevice>> device(std::string_view manufacturer, std::string_view serial) override {
    return read([&] { return store_->device(manufacturer, serial); });
  }
  Result<std::optional<cmp::StoredDevice>> device_with(Bytes certificate) override {
    return read([&] { return store_->device_with(certificate); });
  }
  Result<std::vector<cmp::StoredDevice>> devices(const cmp::DeviceQuery& query) override {
    return read([&] { return store_->devices(query); });
  }
  Result<std::optional<cmp::IssuedCertificate>> certificate(Bytes serial) override {
    return read([&] { return store_->certificate(serial); });
  }
  Result<std::vector<cmp::IssuedCertificate>> certificates_for(Bytes key_digest) override {
    return read([&] { return store_->certificates_for(key_digest); });
  }
  Result<std::vector<cmp::IssuedCertificate>> certificates_named(Bytes subject) override {
    return read([&] { return store_->certificates_named(subject); });
  }
  Result<std::vector<cmp::IssuedCertificate>> revoked(std::uint32_t partition, std::uint32_t partitions) override {
    return read([&] { return store_->revoked(partition, partitions); });
  }
  Result<std::uint64_t> revocations() override {
    return read([&] { return store_->revocations(); });
  }
  Result<std::optional<cmp::StoredCrl>> crl(std::uint32_t partition) override {
    return read([&] { return store_->crl(partition); });
  }
  Result<std::optional<Octets>> request(Bytes serial) override {
    return read([&] { return store_->request(serial); });
  }
  Result<std::vector<cmp::IssuedCertificate>> list(const cmp::CertificateQuery& query) override {
    return read([&] { return store_->list(query); });
  }
  Result<cmp::StoreStatistics> statistics() override {
    return read([&] { return store_->statistics(); });
  }
  Result<std::optional<cmp::StoredSecret>> secret(std::string_view reference) override {
    return read([&] { return store_->secret(reference); });
  }
  Result<std::vector<cmp::StoredSecret>> secrets() override {
    return read([&] { return store_->secrets(); });
  }
  Result<std::optional<cmp::StoredApproval>> approval(std::string_view id) override {
    return read([&] { return store_->approval(id); });
  }
  Result<std::vector<cmp::StoredApproval>> approvals(cmp::StoredApproval::State state) override {
    return read([&] { return store_->approvals(state); });
  }
  Result<std::vector<cmp::AuditRecord>> audit(std::uint64_t after, std::size_t count) override {
    return read([&] { return store_->audit(after, count); });
  }
  Result<std::vector<cmp::Transaction>> expired(cmp::Time now, std::size_t count) override {
    return read([&] { return store_->expired(now, count); });
  }
  Result<cmp::Commit> commit(const cmp::Change& change) override {
    return write([&] { return store_->commit(change); });
  }
  Result<std::size_t> forget(std::span<const cmp::Transaction> transactions) override {
    return write([&] { return store_->forget(transactions); });
  }
  Result<std::size_t> forget_approvals(cmp::Time before) override { return store_->forget_approvals(before); }

 private:
  template <class Call>
  auto read(Call call) -> decltype(call()) {
    if (before_read)
      if (auto error = before_read()) return tl::unexpected(std::move(*error));
    return call();
  }
  template <class Call>
  auto write(Call call) -> decltype(call()) {
    if (const auto hook = before_commit)  // a copy: it may put another one in its place
      if (auto error = hook()) return tl::unexpected(std::move(*error));
    const auto result = call();
    if (after_commit && was_done(result))
      if (auto error = after_commit()) return tl::unexpected(std::move(*error));
    return result;
  }

  static bool was_done(const Result<cmp::Commit>& result) { return result == cmp::Commit::done; }
  static bool was_done(const Result<std::size_t>& forgotten) { return forgotten.has_value(); }

  std::unique_ptr<cmp::Store> store_;
};

}  // namespace cmpkit::test
