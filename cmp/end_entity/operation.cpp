// The public face of the operations.
#include "cmp/end_entity/enrollment_task.h"
#include "cmp/end_entity/inquiry_task.h"
#include "cmp/end_entity/machine.h"
#include "cmp/end_entity/revocation_task.h"

namespace cmpkit::cmp {

namespace {

using Machine = std::unique_ptr<Operation::Machine>;
using Made = tl::expected<std::unique_ptr<Task>, std::string>;

tl::expected<Machine, std::string> created(Made task, const Environment& environment) {
  if (!task) return tl::unexpected(std::move(task.error()));
  auto machine = std::make_unique<Operation::Machine>(std::move(*task), environment);
  if (auto prepared = machine->prepare(); !prepared) return tl::unexpected(std::move(prepared.error()));
  return machine;
}

tl::expected<Machine, std::string> resumed(Made task, const Environment& environment, Bytes saved) {
  if (!task) return tl::unexpected(std::move(task.error()));
  auto machine = std::make_unique<Operation::Machine>(std::move(*task), environment);
  if (auto restored = machine->restore(saved); !restored) return tl::unexpected(std::move(restored.error()));
  return machine;
}

}  // namespace

Operation::Operation(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Operation::Operation(Operation&&) noexcept = default;
Operation& Operation::operator=(Operation&&) noexcept = default;
Operation::~Operation() = default;

Output Operation::start() { return machine_->start(); }
Output Operation::receive(Bytes der) { return machine_->receive(der); }
Output Operation::wake() { return machine_->wake(); }
Octets Operation::save() const { return machine_->save(); }
const Trail& Operation::trail() const { return machine_->trail; }
std::string_view Operation::last_received() const { return machine_->last_received; }

tl::expected<Enrollment, std::string> Enrollment::create(EnrollmentOptions options, Environment environment) {
  return created(enrollment_task(std::move(options), environment.crypto), environment).map([](auto machine) {
    return Enrollment(std::move(machine));
  });
}
tl::expected<Enrollment, std::string> Enrollment::resume(EnrollmentOptions options, Environment environment,
                                                         Bytes saved) {
  return resumed(enrollment_task(std::move(options), environment.crypto), environment, saved).map([](auto machine) {
    return Enrollment(std::move(machine));
  });
}

tl::expected<Revocation, std::string> Revocation::create(RevocationOptions options, Environment environment) {
  return created(revocation_task(std::move(options)), environment).map([](auto machine) {
    return Revocation(std::move(machine));
  });
}
tl::expected<Revocation, std::string> Revocation::resume(RevocationOptions options, Environment environment,
                                                         Bytes saved) {
  return resumed(revocation_task(std::move(options)), environment, saved).map([](auto machine) {
    return Revocation(std::move(machine));
  });
}

tl::expected<Inquiry, std::string> Inquiry::create(InquiryOptions options, Environment environment) {
  return created(inquiry_task(std::move(options)), environment).map([](auto machine) {
    return Inquiry(std::move(machine));
  });
}
tl::expected<Inquiry, std::string> Inquiry::resume(InquiryOptions options, Environment environment, Bytes saved) {
  return resumed(inquiry_task(std::move(options)), environment, saved).map([](auto machine) {
    return Inquiry(std::move(machine));
  });
}

}  // namespace cmpkit::cmp
