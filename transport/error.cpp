#include "cmpkit/transport/error.h"

namespace cmpkit::transport {

bool is_unavailable(const TransportError& error) {
  using Kind = TransportError::Kind;
  constexpr int bad_gateway = 502, unavailable = 503, gateway_timeout = 504;
  switch (error.kind) {
    case Kind::resolve:
    case Kind::connect:
    case Kind::timeout:
    case Kind::closed:
      return true;
    case Kind::status:
      return error.http_status == bad_gateway || error.http_status == unavailable ||
             error.http_status == gateway_timeout;
    default:
      return false;
  }
}

}  // namespace cmpkit::transport
