// Tells and saves the messages of an operation as they come and go.
#pragma once

#include "cmpkit/cmp/crypto.h"
#include "tools/client_arguments.h"
#include "tools/message_files.h"
#include "tools/operation_run.h"

namespace cmpkit::tools {

/// Prints to standard error: with --verbose one line for each message, and always why and how long there is to be
/// waited. Keeps what is awaited in the file of --save. What cannot be saved is told, too; the operation goes on.
class RunTeller final : public RunListener {
 public:
  RunTeller(const ClientArguments& arguments, const cmp::Crypto& crypto);

  void checkpoint(const cmp::Operation& operation) override;
  void sending(Bytes request) override;
  void received(const Exchange& exchange) override;
  void waiting(std::string_view why, std::chrono::seconds left, bool first) override;

  /// Nothing is awaited any more: what was saved goes.
  void ended();

 private:
  [[nodiscard]] std::string line(Bytes message) const;

  const cmp::Crypto& crypto_;
  bool verbose_;
  std::string state_file_;  // empty: nothing is saved
  MessageFiles requests_, responses_;
};

}  // namespace cmpkit::tools
