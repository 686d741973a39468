// One connection of the server: reads a request, has the handler answer it, writes the reply, reads the next.
//
//   serve ---> waiting ---first octet---> receiving ---whole---> answering ---reply---> sending
//                 ^                           |                                         |    |
//                 +---------------------------|-------------keep alive------------------+    | last reply
//                 | idle, end, stop           | refused, 408: the reply is the last          v
//                 v                           +---------------------------------------> lingering
//               closed <---------------------------------------------------------------------+
//
// Everything here runs on the one thread of the connection's io_context; only the handler runs elsewhere.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "cmpkit/transport/http_server.h"
#include "transport/request_parser.h"
#include "transport/response_head.h"

namespace cmpkit::transport {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

/// Plain TCP. TLS will be a further stream type: what it needs beyond reading and writing are the overloads of
/// end_sending() and a handshake before Connection::serve().
using PlainStream = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

inline void end_sending(PlainStream& stream) {
  error_code ignored;
  stream.shutdown(asio::socket_base::shutdown_send, ignored);
}

/// What all connections of a server share. Outlives them.
struct ConnectionEnvironment {
  const ServerOptions& options;
  const Handler& handler;
  asio::thread_pool& workers;
  const std::atomic<bool>& stopping;  ///< set: each reply is the last of its connection
};

/// Stream: an asynchronous stream of one io_context, with lowest_layer().
template <class Stream>
class Connection : public std::enable_shared_from_this<Connection<Stream>> {
 public:
  Connection(Stream stream, std::string peer, ConnectionEnvironment& environment)
      : environment_(environment),
        stream_(std::move(stream)),
        timer_(stream_.get_executor()),
        peer_(std::move(peer)),
        buffer_(environment.options.max_header + read_size) {}

  /// Serves requests until either side has had enough. The caller keeps the connection alive meanwhile and closes it
  /// afterwards.
  asio::awaitable<void> serve() {
    auto next = Next::request;
    while (next == Next::request) next = co_await serve_one();
    if (next == Next::linger) co_await linger();
  }

  /// Answers 503 without reading anything.
  asio::awaitable<void> turn_away() {
    const bool sent = co_await refuse(503);
    if (sent) co_await linger();
  }

  /// Wakes the connection where it waits for a request, so that it sees that the server is stopping.
  void wake_if_waiting() {
    if (waiting_) cancel();
  }

  void close() {
    error_code ignored;
    timer_.cancel();
    stream_.lowest_layer().close(ignored);
  }

 private:
  enum class Next { request, linger, close };

  static constexpr std::size_t read_size = 16 * 1024;  // beyond what a parser may leave of a head
  static constexpr std::chrono::seconds linger_time{2};
  static constexpr std::chrono::milliseconds cancel_again{100};

  asio::awaitable<Next> serve_one() {
    RequestParser parser({environment_.options.max_header, environment_.options.max_body});
    const int refusal = co_await receive(parser);
    if (refusal == nothing_received) co_return Next::close;
    if (refusal != 0) {
      const bool sent = co_await refuse(refusal);
      co_return sent ? Next::linger : Next::close;
    }
    const Request request = parser.request(peer_);
    Reply reply = co_await answer(request);
    const bool keep_alive = parser.keep_alive() && !environment_.stopping;
    const bool sent = co_await send(std::move(reply), keep_alive, request.method == "HEAD");
    if (!sent) co_return Next::close;
    co_return keep_alive ? Next::request : Next::linger;
  }

  // Reads until the request is whole. Returns 0, the status to refuse it with, or nothing_received.
  static constexpr int nothing_received = -1;

  asio::awaitable<int> receive(RequestParser& parser) {
    const auto& options = environment_.options;
    bool begun = filled_ != 0;  // pipelined: the next request is there already
    bool continued = false;
    set_deadline(begun ? options.request_timeout : options.idle_timeout);
    for (;;) {
      take(parser.feed(Bytes(buffer_.data(), filled_)));
      if (parser.state() == RequestParser::State::complete) break;
      if (parser.state() == RequestParser::State::refused) co_return parser.refusal();
      if (parser.wants_continue() && filled_ == 0 && !std::exchange(continued, true)) {
        const bool sent = co_await send_continue();
        if (!sent) co_return nothing_received;
      }
      const std::size_t count = co_await read_some(!begun);
      if (count == 0 && !begun) co_return nothing_received;
      if (count == 0) co_return timed_out_ ? 408 : 400;
      if (!std::exchange(begun, true)) set_deadline(options.request_timeout);
      filled_ += count;
    }
    clear_deadline();
    co_return 0;
  }

  // The number of octets read behind those there; 0 where the client has sent its last, or it took too long.
  asio::awaitable<std::size_t> read_some(bool may_stop) {
    if (may_stop && environment_.stopping) co_return 0;
    waiting_ = may_stop;
    error_code error;
    const auto space = asio::buffer(buffer_.data() + filled_, buffer_.size() - filled_);
    const std::size_t count = co_await stream_.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    waiting_ = false;
    co_return error || timed_out_ ? 0 : count;
  }

  void take(std::size_t count) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(count),
              buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
    filled_ -= count;
  }

  // Runs the handler on a worker and resumes here.
  asio::awaitable<Reply> answer(const Request& request) {
    auto run = [this, &request](auto resume) {
      asio::post(environment_.workers, [this, &request, resume = std::move(resume)]() mutable {
        asio::post(stream_.get_executor(), [resume = std::move(resume), reply = call_handler(request)]() mutable {
          std::move(resume)(std::move(reply));
        });
      });
    };
    asio::use_awaitable_t<> token;
    Reply reply = co_await asio::async_initiate<asio::use_awaitable_t<>, void(Reply)>(run, token);
    co_return reply;
  }

  Reply call_handler(const Request& request) const {
    try {
      return environment_.handler(request);
    } catch (...) {
      return {500, {}, {}, {}};
    }
  }

  asio::awaitable<bool> refuse(int status) {
    Reply reply{status, {}, {}, {}};
    const bool sent = co_await send(std::move(reply), false, false);
    co_return sent;
  }

  // One write for head and body. False where the client did not take it in time.
  asio::awaitable<bool> send(Reply reply, bool keep_alive, bool head_only) {
    std::string head = head_of(reply, keep_alive);
    if (head_only || reply.status == 204 || reply.status == 304) reply.body.clear();  // RFC 9110 Section 6.4.1
    const std::array<asio::const_buffer, 2> message{asio::buffer(head), asio::buffer(reply.body)};
    const bool sent = co_await write(message);
    co_return sent;
  }

  // A reply that cannot be sent is a fault of the handler.
  static std::string head_of(Reply& reply, bool keep_alive) {
    try {
      return response_head(reply, keep_alive);
    } catch (const std::invalid_argument&) {
      reply = {500, {}, {}, {}};
      return response_head(reply, keep_alive);
    }
  }

  asio::awaitable<bool> send_continue() {
    static constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
    error_code error;
    co_await asio::async_write(stream_, asio::buffer(interim), asio::redirect_error(asio::use_awaitable, error));
    co_return !error && !timed_out_;
  }

  asio::awaitable<bool> write(std::array<asio::const_buffer, 2> message) {
    timed_out_ = false;
    set_deadline(environment_.options.request_timeout);
    error_code error;
    co_await asio::async_write(stream_, message, asio::redirect_error(asio::use_awaitable, error));
    clear_deadline();
    co_return !error && !timed_out_;
  }

  // RFC 9112 Section 9.6: closing while the client still sends would reset the connection and could take the reply
  // from it. So the end is announced, and what comes is thrown away for a while.
  asio::awaitable<void> linger() {
    end_sending(stream_);
    set_deadline(linger_time);
    error_code error;
    while (!error && !timed_out_)
      co_await stream_.async_read_some(asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, error));
  }

  void cancel() {
    error_code ignored;
    stream_.lowest_layer().cancel(ignored);
  }

  // The deadline moves with every request, the timer only when it has rung: moving a timer costs more than a request.
  void set_deadline(Clock::duration time) {
    deadline_ = Clock::now() + time;
    if (deadline_ < rings_at_) ring_at(deadline_);
  }

  void clear_deadline() { deadline_ = Clock::time_point::max(); }

  void ring_at(Clock::time_point time) {
    rings_at_ = time;
    timer_.expires_at(time);
    timer_.async_wait([weak = this->weak_from_this(), time](error_code) {
      if (const auto self = weak.lock(); self && self->rings_at_ == time) self->on_ring();
    });
  }

  void on_ring() {
    rings_at_ = Clock::time_point::max();
    if (!stream_.lowest_layer().is_open()) return;
    if (Clock::now() >= deadline_) {
      timed_out_ = true;
      cancel();
      ring_at(Clock::now() + cancel_again);  // a write of several steps may just be between two of them
    } else if (deadline_ != Clock::time_point::max()) {
      ring_at(deadline_);
    }
  }

  ConnectionEnvironment& environment_;
  Stream stream_;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::io_context::executor_type> timer_;
  std::string peer_;
  std::vector<std::uint8_t> buffer_;
  std::size_t filled_ = 0;
  bool waiting_ = false;
  bool timed_out_ = false;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point rings_at_ = Clock::time_point::max();
};

}  // namespace cmpkit::transport
