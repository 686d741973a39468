// What the commands beside the server do with the store of a CA: open it, change it, and say who did.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tools/ca_configuration.h"
#include "tools/command.h"

namespace cmpkit::tools {

struct CaStore {
  CaConfiguration configuration;
  std::unique_ptr<cmp::Store> store;
};

/// Reads ca.toml of the folder and opens the store that it names. On failure says why; the error is then what the
/// command ends with (an ExitCode).
tl::expected<CaStore, int> open_ca_store(const std::string& folder);

/// A change made from what is stored, or why it cannot be, in a sentence.
using MakeChange = std::function<tl::expected<cmp::Change, std::string>()>;

/// Makes the change and commits it; where something moved meanwhile, once more from what is stored then. The error is a
/// sentence.
tl::expected<void, std::string> commit_change(cmp::Store& store, const MakeChange& make);

/// An entry for the audit log about what the person at this command does, now.
cmp::AuditEntry operator_entry(std::string action, std::string result, std::string reason = {});

/// Says that the store failed. Returns exit_failed.
int store_failed(const std::string& error);

}  // namespace cmpkit::tools
