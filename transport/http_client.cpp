#include "cmpkit/transport/http_client.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "cmpkit/transport/handler.h"
#include "cmpkit/transport/path.h"
#include "cmpkit/transport/url.h"
#include "transport/cmp_reply.h"
#include "transport/response_parser.h"

namespace cmpkit::transport {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Kind = TransportError::Kind;

using Stream = tcp::socket;  // TLS will be a further stream type

std::string text_of(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

// Runs asynchronous operations one at a time, each until a deadline.
class Runner {
 public:
  asio::io_context& context() { return context_; }

  /// Starts an operation and waits for it. The operation may outlive this call, so what it refers to must be shared
  /// with it or be kept until `Runner` ends. False where the deadline came first.
  template <class Start>
  bool run(Clock::time_point deadline, error_code& error, Start start) {
    const auto result = std::make_shared<std::optional<error_code>>();
    start([result](error_code outcome, const auto&...) { *result = outcome; });
    context_.restart();
    while (!*result && context_.run_one_until(deadline) != 0) {
    }
    if (*result) error = **result;
    return result->has_value();
  }

  /// The same for an operation on a stream. At the deadline the stream is closed, which ends the operation before this
  /// returns.
  template <class Start>
  bool run(Clock::time_point deadline, error_code& error, Stream& stream, Start start) {
    bool done = false;
    const auto finish = [&](auto handler) {
      return [handler, &done](error_code outcome, const auto&...) {
        done = true;
        handler(outcome);
      };
    };
    if (run(deadline, error, [&](auto handler) { start(finish(handler)); })) return true;
    error_code ignored;
    stream.close(ignored);
    while (!done) context_.run_one();
    return false;
  }

 private:
  asio::io_context context_{1};
};

}  // namespace

class HttpClient::Impl {
 public:
  Impl(HttpUrl url, const ClientOptions& options) : url_(std::move(url)), options_(options) {
    if (url_.path.empty()) url_.path = well_known_prefix;  // RFC 9811 Section 3.4: the prefix every server has (W-03)
  }

  const std::string& path() const { return url_.path; }
  std::string server(std::string_view path) const { return "http://" + url_.authority() + std::string(path); }

  tl::expected<HttpReply, TransportError> post(std::string_view path, Bytes message) {
    const auto deadline = Clock::now() + options_.total_timeout;
    const bool kept = drop_if_stale();
    auto outcome = attempt(path, message, deadline);
    if (!outcome && kept && outcome.error().unanswered) outcome = attempt(path, message, deadline);
    if (!outcome) return tl::unexpected(std::move(outcome.error().error));
    return *std::move(outcome);
  }

 private:
  struct Failure {
    TransportError error;
    bool unanswered = false;  // the connection ended before any octet of the answer
  };
  static constexpr std::size_t buffer_size = 32 * 1024;  // more than a parser leaves

  template <class T>
  using Attempt = tl::expected<T, Failure>;

  static tl::unexpected<Failure> failed(Kind kind, std::string text, bool unanswered = false) {
    return tl::unexpected(Failure{{kind, std::move(text), 0}, unanswered});
  }

  // True where a connection is kept on which the peer has neither sent anything nor said that it ends.
  bool drop_if_stale() {
    if (!stream_) return false;
    error_code error;
    std::array<char, 1> octet{};
    stream_->non_blocking(true, error);
    stream_->receive(asio::buffer(octet), tcp::socket::message_peek, error);
    if (error != asio::error::would_block) stream_.reset();
    return stream_.has_value();
  }

  Attempt<HttpReply> attempt(std::string_view path, Bytes message, Clock::time_point deadline) {
    if (!stream_) {
      if (auto connected = connect(deadline); !connected) return tl::unexpected(std::move(connected.error()));
    }
    auto reply = exchange(path, message, deadline);
    if (!reply) stream_.reset();
    return reply;
  }

  Attempt<void> connect(Clock::time_point deadline) {
    deadline = std::min(deadline, Clock::now() + options_.connect_timeout);
    const auto endpoints = addresses(deadline);
    if (!endpoints) return tl::unexpected(endpoints.error());
    Stream stream(runner_.context());
    error_code error;
    const bool in_time = runner_.run(
        deadline, error, stream, [&](auto handler) { asio::async_connect(stream, *endpoints, std::move(handler)); });
    if (!in_time)
      return failed(Kind::timeout, "no connection to " + server({}) + " within " + text_of(options_.connect_timeout));
    if (error) return failed(Kind::connect, "cannot connect to " + server({}) + ": " + error.message());
    stream.set_option(tcp::no_delay(true), error);
    stream_ = std::move(stream);
    filled_ = 0;
    return {};
  }

  Attempt<std::vector<tcp::endpoint>> addresses(Clock::time_point deadline) {
    error_code error;
    if (const auto address = asio::ip::make_address(url_.host, error); !error)
      return std::vector<tcp::endpoint>{{address, url_.port}};
    const auto resolver = std::make_shared<tcp::resolver>(runner_.context());
    const auto found = std::make_shared<std::vector<tcp::endpoint>>();
    const bool in_time = runner_.run(deadline, error, [&](auto handler) {
      resolver->async_resolve(
          url_.host, std::to_string(url_.port),
          [resolver, found, handler](error_code outcome, const tcp::resolver::results_type& results) {
            for (const auto& entry : results) found->push_back(entry.endpoint());
            handler(outcome);
          });
    });
    if (!in_time)
      return failed(Kind::timeout,
                    "no address found for the host " + url_.host + " within " + text_of(options_.connect_timeout));
    if (error) return failed(Kind::resolve, "cannot find an address of the host " + url_.host + ": " + error.message());
    return *found;
  }

  Attempt<HttpReply> exchange(std::string_view path, Bytes message, Clock::time_point deadline) {
    const auto late = [&] {
      return failed(Kind::timeout,
                    "no whole answer from " + server(path) + " within " + text_of(options_.total_timeout));
    };
    error_code send_error;
    if (!send(path, message, deadline, send_error)) return late();
    // After a failure to send there may be an answer still: a server may refuse a message without reading all of it.
    ResponseParser parser(options_.max_response);
    if (!receive(parser, deadline)) return late();
    if (parser.state() != ResponseParser::State::complete) return tl::unexpected(failure_of(parser, path));
    return reply_of(parser, path);
  }

  // False where the deadline came first.
  bool send(std::string_view path, Bytes message, Clock::time_point deadline, error_code& error) {
    std::string head("POST ");  // RFC 9811 Section 3.1 (W-01)
    head.append(path).append(" HTTP/1.1\r\nHost: ").append(url_.authority());
    head.append("\r\nContent-Type: ").append(pkixcmp);  // RFC 9811 Section 3.2 (W-01)
    head.append("\r\nContent-Length: ").append(std::to_string(message.size())).append("\r\n\r\n");
    const std::array<asio::const_buffer, 2> request{asio::buffer(head), asio::buffer(message.data(), message.size())};
    return runner_.run(deadline, error, *stream_,
                       [&](auto handler) { asio::async_write(*stream_, request, std::move(handler)); });
  }

  // Reads until the response is whole or will never be. False where the deadline came first.
  bool receive(ResponseParser& parser, Clock::time_point deadline) {
    while (parser.state() == ResponseParser::State::reading) {
      error_code error;
      std::size_t count = 0;
      const auto space = asio::buffer(buffer_.data() + filled_, buffer_.size() - filled_);
      const bool in_time = runner_.run(deadline, error, *stream_, [&](auto handler) {
        stream_->async_read_some(space, [handler, &count](error_code outcome, std::size_t read) {
          count = read;
          handler(outcome);
        });
      });
      if (!in_time) return false;
      filled_ += count;
      take(parser.feed(Bytes(buffer_.data(), filled_)));
      if (error) parser.end();
    }
    return true;
  }

  void take(std::size_t count) {
    std::copy(buffer_.data() + count, buffer_.data() + filled_, buffer_.data());
    filled_ -= count;
  }

  Failure failure_of(const ResponseParser& parser, std::string_view path) const {
    const auto from = server(path);
    switch (parser.state()) {
      case ResponseParser::State::too_large:
        return {{Kind::too_large,
                 "the answer of " + from + " has more than " + std::to_string(options_.max_response) + " octets", 0}};
      case ResponseParser::State::not_http:
        return {{Kind::protocol, "the answer of " + from + " is not HTTP: " + parser.reason(), 0}};
      default:  // RFC 9811 Section 3.3: the message counts as not delivered (W-07)
        return {
            {Kind::closed,
             from + " closed the connection " + (parser.begun() ? "in the middle of its" : "without an") + " answer",
             0},
            !parser.begun()};
    }
  }

  Attempt<HttpReply> reply_of(ResponseParser& parser, std::string_view path) {
    HttpReply reply{parser.status(), std::string(parser.content_type()), parser.take_body()};
    if (!parser.keep_alive() || filled_ != 0) stream_.reset();
    auto error = check_response({reply.status, reply.content_type, parser.location(), reply.body}, server(path));
    if (error) return tl::unexpected(Failure{*std::move(error)});
    return reply;
  }

  HttpUrl url_;
  ClientOptions options_;
  Runner runner_;
  std::optional<Stream> stream_;  // set: connected
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(buffer_size);
  std::size_t filled_ = 0;  // octets read and not yet parsed; none while the connection is kept
};

tl::expected<HttpClient, TransportError> HttpClient::create(std::string_view url, const ClientOptions& options) {
  auto parsed = parse_url(url);
  if (!parsed) return tl::unexpected(std::move(parsed.error()));
  return HttpClient(std::make_unique<Impl>(*std::move(parsed), options));
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

tl::expected<HttpReply, TransportError> HttpClient::post(Bytes message) { return impl_->post(impl_->path(), message); }

tl::expected<HttpReply, TransportError> HttpClient::post(std::string_view path, Bytes message) {
  const bool is_path = path.starts_with('/') &&
                       std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
  if (!is_path)
    return tl::unexpected(TransportError{Kind::url, "the path of a request must begin with / and hold no spaces", 0});
  return impl_->post(path, message);
}

tl::expected<Octets, TransportError> HttpClient::exchange(Bytes request) {
  auto reply = post(request);
  if (!reply) return tl::unexpected(std::move(reply.error()));
  if (reply->body.empty()) return tl::unexpected(empty_response(reply->status, impl_->server(impl_->path())));
  return std::move(reply->body);
}

}  // namespace cmpkit::transport
