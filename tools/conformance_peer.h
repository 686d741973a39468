// The file that says which server `cmpkit conformance` tests, with which credentials, and what that server can do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cmpkit/transport/http_server.h"
#include "conformance/peer.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {

/// A peer together with what it refers to. Stays where it is.
struct LoadedPeer {
  LoadedPeer();

  SystemClock clock;
  conformance::Peer peer;
  std::unique_ptr<cmp::TrustStore> trust, requesters;
  transport::ServerOptions upstream;  // where the CA above an RA listens
  std::unique_ptr<transport::HttpClient> client;
};

/// Reads the file; the credentials and anchors that it names are loaded too, their paths relative to its folder. The
/// errors are all that is wrong with it, each with file, line, key and what to write instead.
tl::expected<std::unique_ptr<LoadedPeer>, std::vector<std::string>> load_peer(const std::string& path);

/// Makes the peer reachable: messages go to this URL. The error says what is wrong with the URL.
tl::expected<void, std::string> connect_peer(LoadedPeer& loaded, const std::string& url);

}  // namespace cmpkit::tools
