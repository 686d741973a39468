#include "cmpkit/transport/http_server.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/address.hpp>

#include "transport/http_connection.h"

namespace cmpkit::transport {
namespace {

using asio::ip::tcp;
using PlainConnection = Connection<PlainStream>;

std::string text_of(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  const auto host = endpoint.address().is_v6() ? "[" + address + "]" : address;
  return host + ":" + std::to_string(endpoint.port());
}

tl::unexpected<TransportError> cannot_listen(const ServerOptions& options, const std::string& why) {
  return tl::unexpected(TransportError{TransportError::Kind::listen, "cannot listen on " + options.address + " port " +
                                                                         std::to_string(options.port) + ": " + why});
}

unsigned worker_count(const ServerOptions& options) {
  constexpr unsigned fewest = 8;  // so many requests can wait for one commit of the store
  return options.workers != 0 ? options.workers : std::max(fewest, std::thread::hardware_concurrency());
}

// Counts what is open and lets one thread wait until nothing is.
class OpenCount {
 public:
  std::size_t get() const { return count_; }
  void add() { ++count_; }
  void remove() {
    const std::scoped_lock lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  bool wait_until_none(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, time, [this] { return count_ == 0; });
  }
  void wait_until_none() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  std::atomic<std::size_t> count_{0};
  std::mutex mutex_;
  std::condition_variable none_;
};

// One thread with its io_context and the connections that live on it. `connections` is touched on that thread only.
struct IoThread {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::list<std::shared_ptr<PlainConnection>> connections;
  std::thread thread;
};

std::vector<std::unique_ptr<IoThread>> make_io_threads(unsigned count) {
  std::vector<std::unique_ptr<IoThread>> threads(std::max(1U, count));
  for (auto& thread : threads) thread = std::make_unique<IoThread>();
  return threads;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const ServerOptions& options, Handler handler)
      : options_(options),
        handler_(std::move(handler)),
        io_(make_io_threads(options.io_threads)),
        workers_(worker_count(options)) {}

  ~Impl() { stop(); }

  error_code listen(const asio::ip::address& address) {
    error_code error;
    const tcp::endpoint endpoint(address, options_.port);
    if (acceptor_.open(endpoint.protocol(), error)) return error;
    if (acceptor_.set_option(asio::socket_base::reuse_address(true), error)) return error;
    if (acceptor_.bind(endpoint, error)) return error;
    if (acceptor_.listen(asio::socket_base::max_listen_connections, error)) return error;
    endpoint_ = acceptor_.local_endpoint(error);
    return error;
  }

  void run() {
    accept();
    for (auto& io : io_) io->thread = std::thread([&context = io->context] { context.run(); });
  }

  void stop() {
    std::call_once(stopped_, [this] {
      stopping_ = true;
      asio::post(io_.front()->context, [this] { close_acceptor(); });
      for_each_connection([](PlainConnection& connection) { connection.wake_if_waiting(); });
      if (!open_.wait_until_none(options_.grace)) {
        for_each_connection([](PlainConnection& connection) { connection.close(); });
        open_.wait_until_none();
      }
      for (auto& io : io_) io->work.reset();
      for (auto& io : io_)
        if (io->thread.joinable()) io->thread.join();
      workers_.join();
    });
  }

  const tcp::endpoint& endpoint() const { return endpoint_; }

 private:
  // Connections are dealt out in turn: unlike SO_REUSEPORT this spreads few connections evenly, and no connection that
  // the system has accepted is lost when the server stops.
  void accept() {
    auto& io = *io_[next_++ % io_.size()];
    acceptor_.async_accept(io.context, [this, &io](error_code error, PlainStream stream) {
      if (stopping_ || error == asio::error::operation_aborted) return;
      if (error) return accept_later();
      open(io, std::move(stream));
      accept();
    });
  }

  // Out of file descriptors or memory: trying again at once would only burn time.
  void accept_later() {
    retry_.expires_after(std::chrono::milliseconds(100));
    retry_.async_wait([this](error_code error) {
      if (!error && !stopping_) accept();
    });
  }

  void close_acceptor() {
    error_code ignored;
    retry_.cancel();
    acceptor_.close(ignored);
  }

  void open(IoThread& io, PlainStream stream) {
    const std::size_t limit = options_.max_connections;
    if (open_.get() >= 2 * limit) return;  // a flood: not even a 503
    error_code error;
    const auto peer = stream.remote_endpoint(error);
    if (error) return;  // gone already
    stream.set_option(tcp::no_delay(true), error);
    const bool full = open_.get() >= limit;
    open_.add();
    auto connection = std::make_shared<PlainConnection>(std::move(stream), text_of(peer), environment_);
    asio::post(io.context, [this, &io, connection = std::move(connection), full] { spawn(io, connection, full); });
  }

  void spawn(IoThread& io, const std::shared_ptr<PlainConnection>& connection, bool full) {
    const auto place = io.connections.insert(io.connections.end(), connection);
    asio::co_spawn(io.context, full ? connection->turn_away() : connection->serve(),
                   [this, &io, place](std::exception_ptr) {
                     (*place)->close();
                     io.connections.erase(place);
                     open_.remove();
                   });
  }

  template <class Visit>
  void for_each_connection(Visit visit) {
    for (auto& io : io_)
      asio::post(io->context, [&connections = io->connections, visit] {
        for (auto& connection : connections) visit(*connection);
      });
  }

  const ServerOptions options_;
  const Handler handler_;
  std::atomic<bool> stopping_{false};
  std::once_flag stopped_;
  OpenCount open_;
  std::vector<std::unique_ptr<IoThread>> io_;
  asio::thread_pool workers_;
  ConnectionEnvironment environment_{options_, handler_, workers_, stopping_};
  tcp::acceptor acceptor_{io_.front()->context};
  asio::steady_timer retry_{io_.front()->context};
  tcp::endpoint endpoint_;
  std::size_t next_ = 0;
};

tl::expected<HttpServer, TransportError> HttpServer::start(const ServerOptions& options, Handler handler) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) return cannot_listen(options, "that is not an IPv4 or IPv6 address");
  try {
    auto impl = std::make_unique<Impl>(options, std::move(handler));
    if (error = impl->listen(address); error) return cannot_listen(options, error.message());
    impl->run();
    return HttpServer(std::move(impl));
  } catch (const std::runtime_error& no_threads_or_descriptors) {
    return cannot_listen(options, no_threads_or_descriptors.what());
  }
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->endpoint().port(); }
std::string HttpServer::url() const { return "http://" + text_of(impl_->endpoint()); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace cmpkit::transport
