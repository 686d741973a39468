// What the commands beside a server do with its store: open it, change it, and say who did.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tools/command.h"
#include "tools/server_role.h"

namespace cmpkit::tools {

struct ServerStore {
  const ServerRole* role;
  ServerSettings settings;
  std::unique_ptr<cmp::Store> store;
};

/// Reads the configuration of the folder, of a CA or an RA, and opens the store that it names. On failure says why; the
/// error is then what the command ends with (an ExitCode).
tl::expected<ServerStore, int> open_server_store(const std::string& folder);

/// The same where the configuration is read.
tl::expected<std::unique_ptr<cmp::Store>, int> open_store_of(const ServerSettings& settings, const ServerRole& role);

/// What is wrong with the configuration of a folder, told. Returns exit_usage.
int wrong_folder(const std::vector<std::string>& complaints, const ServerRole& role);

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
