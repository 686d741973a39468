// A PKI management entity with a server of its own on loopback, and a record of what it was told and what it said.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cmpkit/cmp/relay.h"
#include "cmpkit/transport/http_client.h"
#include "cmpkit/transport/http_server.h"
#include "tests/support/relay_driver.h"

namespace cmpkit::cmp::test {

class HttpEntity {
 public:
  struct Exchange {
    transport::Endpoint endpoint;
    Octets request, answer;
  };
  using Answer = std::function<transport::Reply(const transport::Endpoint& endpoint, Bytes request)>;
  /// Answers as a server of ours does.
  using Respond = std::function<Reply(Bytes request, std::string_view profile)>;

  explicit HttpEntity(Answer answer);
  explicit HttpEntity(Respond respond);

  [[nodiscard]] std::string url() const { return server_->url(); }
  /// Everything since it was asked last, in the order of the answers.
  std::vector<Exchange> take_exchanges();

 private:
  transport::Reply serve(const transport::Request& request);

  Answer answer_;
  std::mutex mutex_;
  std::vector<Exchange> exchanges_;
  std::unique_ptr<transport::HttpServer> server_;
};

/// Posts a message to the endpoint that it belongs to: the operation of the message in it, and its profile.
tl::expected<Octets, Silence> post(const std::string& url, const Forward& forward);

/// Posts a message of a client and gives the answer, also one with an HTTP error; the error says why there is none.
tl::expected<Octets, std::string> post(const std::string& url, Bytes message, std::string_view profile = {});

}  // namespace cmpkit::cmp::test
