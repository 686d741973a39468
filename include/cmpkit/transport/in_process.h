// A channel without a network: calls a handler in the same thread. For tests and for several entities in one program.
#pragma once

#include <string>
#include <utility>

#include "cmpkit/transport/channel.h"
#include "cmpkit/transport/handler.h"

namespace cmpkit::transport {

/// Drives a handler as HttpClient would over HTTP: the same request, the same reading of the reply.
class InProcess final : public Channel {
 public:
  explicit InProcess(Handler handler, std::string path = std::string(well_known_prefix))
      : handler_(std::move(handler)), path_(std::move(path)) {}

  /// Errors: redirect, status, content_type, empty. What the handler throws passes through.
  tl::expected<Octets, TransportError> exchange(Bytes request) override;

 private:
  Handler handler_;
  std::string path_;
};

}  // namespace cmpkit::transport
