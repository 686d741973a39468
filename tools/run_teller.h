// Tells and saves the messages of an enrolment as they come and go.
#pragma once

#include "cmpkit/cmp/crypto.h"
#include "tools/enroll_arguments.h"
#include "tools/enrollment_run.h"
#include "tools/message_files.h"

namespace cmpkit::tools {

/// Prints to standard error: with --verbose one line for each message, and always that and how long the server makes us
/// wait. What cannot be saved is told, too; the enrolment goes on.
class RunTeller final : public RunListener {
 public:
  RunTeller(const EnrollArguments& arguments, const cmp::Crypto& crypto);

  void sending(Bytes request) override;
  void received(const Exchange& exchange) override;
  void waiting(std::chrono::seconds time) override;

 private:
  [[nodiscard]] std::string line(Bytes message) const;

  const cmp::Crypto& crypto_;
  bool verbose_;
  MessageFiles requests_, responses_;
};

}  // namespace cmpkit::tools
