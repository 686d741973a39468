#include "tests/support/http_entity.h"

#include <utility>

namespace cmpkit::cmp::test {

namespace {

HttpEntity::Answer as_answer(HttpEntity::Respond respond) {
  return [respond = std::move(respond)](const transport::Endpoint& endpoint, Bytes request) {
    Reply reply = respond(request, endpoint.profile.value_or(""));
    const int status = reply.kind == Reply::Kind::malformed ? 400 : 200;  // W-13
    return transport::Reply{status, std::string(transport::pkixcmp), std::move(reply.octets), {}};
  };
}

/// The label of the operation (RFC 9483 Section 6.1); A-24: of the message inside.
std::optional<transport::Operation> label_of(asn1::PKIBody::Type type) {
  using asn1::PKIBody;
  using transport::Operation;
  switch (type) {
    case PKIBody::ir:
      return Operation::initialization;
    case PKIBody::cr:
      return Operation::certification;
    case PKIBody::kur:
      return Operation::keyupdate;
    case PKIBody::p10cr:
      return Operation::pkcs10;
    case PKIBody::rr:
      return Operation::revocation;
    case PKIBody::nested:
      return Operation::nested;
    default:
      return std::nullopt;
  }
}

tl::expected<Octets, transport::TransportError> post_to(const std::string& url, const transport::Endpoint& endpoint,
                                                        Bytes message) {
  transport::ClientOptions options;
  options.total_timeout = std::chrono::seconds{30};
  auto client = transport::HttpClient::create(url, options);
  if (!client) return tl::unexpected(client.error());
  auto answer = client->post(transport::build_path(endpoint).value(), message);
  if (!answer) return tl::unexpected(answer.error());
  return std::move(answer->body);
}

std::optional<std::string> named(std::string_view profile) {
  return profile.empty() ? std::nullopt : std::optional<std::string>(profile);
}

}  // namespace

HttpEntity::HttpEntity(Answer answer) : answer_(std::move(answer)) {
  transport::ServerOptions options;
  options.workers = 16;  // each may wait for its upstream
  auto server =
      transport::HttpServer::start(options, [this](const transport::Request& request) { return serve(request); });
  server_ = std::make_unique<transport::HttpServer>(std::move(server.value()));
}

HttpEntity::HttpEntity(Respond respond) : HttpEntity(as_answer(std::move(respond))) {}

transport::Reply HttpEntity::serve(const transport::Request& request) {
  const auto endpoint = transport::parse_path(request.path);
  if (!endpoint) return {404, {}, {}, {}};
  transport::Reply reply = answer_(*endpoint, request.body);
  const std::scoped_lock lock(mutex_);
  exchanges_.push_back({*endpoint, copy_of(request.body), reply.body});
  return reply;
}

std::vector<HttpEntity::Exchange> HttpEntity::take_exchanges() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(exchanges_, {});
}

tl::expected<Octets, Silence> post(const std::string& url, const Forward& forward) {
  const transport::Endpoint endpoint{label_of(forward.operation), named(forward.profile)};
  return post_to(url, endpoint, forward.message).map_error([](const transport::TransportError& error) {
    return Silence(error.text, is_unavailable(error) ? NoAnswer::unavailable : NoAnswer::unusable);  // E-31
  });
}

tl::expected<Octets, std::string> post(const std::string& url, Bytes message, std::string_view profile) {
  return post_to(url, {std::nullopt, named(profile)}, message).map_error([](const transport::TransportError& error) {
    return error.text;
  });
}

}  // namespace cmpkit::cmp::test
