#include "cmpkit/transport/in_process.h"

#include "transport/cmp_reply.h"

namespace cmpkit::transport {

tl::expected<Octets, TransportError> InProcess::exchange(Bytes request) {
  const std::string server = "the handler of " + path_;
  Reply reply = handler_({"POST", path_, pkixcmp, request, "in process"});
  if (auto error = check_response({reply.status, reply.content_type, {}, reply.body}, server))
    return tl::unexpected(*std::move(error));
  if (reply.body.empty()) return tl::unexpected(empty_response(reply.status, server));
  return std::move(reply.body);
}

}  // namespace cmpkit::transport
