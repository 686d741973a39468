#include "tools/bulk_enrollment.h"

#include <cstdio>

#include "cmpkit/cmp/pem.h"
#include "tools/client_preparation.h"
#include "tools/files.h"
#include "tools/printing.h"

namespace cmpkit::tools {
namespace {

using Kind = BulkResult::Kind;
using transport::TransportError;

BulkResult failed(std::string reason) { return {Kind::failed, printable(std::move(reason))}; }

/// Between the operation and its server: each message is in the state file before it is sent.
class SavingChannel final : public transport::Channel, public RunListener {
 public:
  SavingChannel(transport::Channel& channel, const std::string& file) : channel_(channel), file_(file) {}

  void checkpoint(const cmp::Operation& operation) override {
    saved_ = write_file(file_, operation.save(), Access::owner_only);
  }
  tl::expected<Octets, TransportError> exchange(Bytes request) override {
    if (!saved_) return tl::unexpected(TransportError{TransportError::Kind::file, saved_.error()});
    return channel_.exchange(request);
  }

 private:
  transport::Channel& channel_;
  const std::string& file_;
  Step saved_;
};

tl::expected<Octets, std::string> read_request(const std::string& path) {
  const auto file = read_file(path);
  if (!file) return tl::unexpected(file.error());
  return cmp::read_certification_request(*file).map_error(
      [](const auto& error) { return "this is no PKCS #10 request: " + error.text; });
}

tl::expected<cmp::Enrollment, std::string> begin_or_go_on(const std::string& state, cmp::EnrollmentOptions options,
                                                          const cmp::Environment& environment) {
  if (!file_exists(state)) return cmp::Enrollment::create(std::move(options), environment);
  const auto saved = read_file(state);
  if (!saved) return tl::unexpected(saved.error());
  // Not begun anew: the server may have issued the certificate already.
  return naming(state, cmp::Enrollment::resume(std::move(options), environment, *saved));
}

Step store_certificate(const std::string& path, const cmp::Outcome& outcome) {
  std::string pem = cmp::encode_pem("CERTIFICATE", outcome.certificate);
  for (const Octets& issuer : outcome.chain) pem += cmp::encode_pem("CERTIFICATE", issuer);
  return write_file(path, bytes_of(pem));
}

/// Whether the server has decided. Where it could not, it may have granted all the same: the same message goes there
/// the next time.
bool is_final(const cmp::Outcome& outcome) {
  return outcome.success ||
         (outcome.fail_info != cmp::FailInfo::systemUnavail && outcome.fail_info != cmp::FailInfo::systemFailure);
}

BulkResult conclude_item(const BulkItem& item, const RunResult& run) {
  if (run.waiting_until) return {Kind::waiting, {}};
  if (!run.outcome) return failed(run.transport_error->text);
  if (run.outcome->success)
    if (const auto stored = store_certificate(item.certificate, *run.outcome); !stored) return failed(stored.error());
  if (is_final(*run.outcome)) std::remove(item.state.c_str());
  return run.outcome->success ? BulkResult{Kind::enrolled, {}} : failed(run.outcome->text);
}

}  // namespace

BulkResult enroll_item(const BulkItem& item, cmp::EnrollmentOptions options, const cmp::Environment& environment,
                       transport::Channel& channel, const Patience& patience) {
  if (file_exists(item.certificate)) {
    std::remove(item.state.c_str());  // of a process that was killed just then
    return {Kind::skipped, {}};
  }
  auto request = read_request(item.request);
  if (!request) return failed(request.error());
  options.certification_request = std::move(*request);
  auto operation = begin_or_go_on(item.state, std::move(options), environment);
  if (!operation) return failed(operation.error());
  SavingChannel saving(channel, item.state);
  return conclude_item(item, run_operation(*operation, saving, environment.clock, patience, saving));
}

}  // namespace cmpkit::tools
