// The connections of an RA to the CMP servers it forwards to over HTTP: kept, and as many as are in use at once.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cmpkit/transport/http_client.h"
#include "tools/ra_configuration.h"

namespace cmpkit::tools {

/// The path for a message: that of the URL, with the label of its operation and the profile (RFC 9483 Section 6.1).
std::string path_of(const cmp::Forward& forward, std::string_view prefix);

/// Safe to use from several threads at once.
class UpstreamClients {
 public:
  /// Those over HTTP; the URLs have been checked.
  explicit UpstreamClients(const std::vector<UpstreamEntry>& upstreams);

  [[nodiscard]] bool knows(const std::string& upstream) const { return peers_.contains(upstream); }

  /// Sends it and waits for the answer, on a connection that nobody else uses meanwhile.
  tl::expected<Octets, transport::TransportError> exchange(const cmp::Forward& forward);

 private:
  struct Peer {
    std::string url;     // without its path
    std::string prefix;  // its path
    bool labels = true;  // something is added to that
    transport::ClientOptions options;
    std::vector<transport::HttpClient> idle;
  };
  tl::expected<transport::HttpClient, transport::TransportError> take(Peer& peer);
  void give_back(Peer& peer, transport::HttpClient client);

  std::mutex mutex_;                   // for `idle`
  std::map<std::string, Peer> peers_;  // by name
};

}  // namespace cmpkit::tools
