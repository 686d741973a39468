#include "transport/request_parser.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/vector_body.hpp>

#include "transport/beast_feed.h"

namespace cmpkit::transport {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

using Parser = http::request_parser<http::vector_body<std::uint8_t>>;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

int status_of(beast::error_code error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit || error == http::error::buffer_overflow) return 413;
  if (error == http::error::bad_version) return 505;
  return 400;
}

// RFC 9112 Section 3.2.2: a server must take the absolute form too. Its authority is of no interest to us.
std::string_view path_of(std::string_view target) {
  const auto scheme_end = target.find("://");
  if (target.starts_with('/') || scheme_end == std::string_view::npos) return target;
  const auto path = target.find('/', scheme_end + 3);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

bool has_content(const Parser& parser) { return parser.chunked() || parser.content_length().has_value(); }

}  // namespace

class RequestParser::Impl {
 public:
  explicit Impl(const RequestLimits& limits) : limits_(limits) {
    parser_.header_limit(static_cast<std::uint32_t>(limits.header));
    parser_.body_limit(limits.body);
  }

  std::size_t feed(Bytes octets) {
    if (is_half_empty_line(octets)) return 0;
    std::size_t taken = skip_empty_line(octets);
    while (refusal_ == 0 && !parser_.is_done() && taken < octets.size()) {
      beast::error_code error;
      const bool in_head = !parser_.is_header_done();
      const std::size_t count = transport::feed(parser_, octets.subspan(taken), error);
      taken += count;
      if (in_head) head_size_ += count;
      if (error == http::error::need_more) break;
      if (error)
        refusal_ = status_of(error);
      else if (in_head && parser_.is_header_done())
        refusal_ = refusal_of_head();
    }
    return taken;
  }

  [[nodiscard]] State state() const {
    if (refusal_ != 0) return State::refused;
    if (parser_.is_done()) return State::complete;
    return parser_.is_header_done() ? State::body : State::head;
  }

  [[nodiscard]] int refusal() const { return refusal_; }
  [[nodiscard]] bool wants_continue() const { return wants_continue_; }
  [[nodiscard]] bool keep_alive() const { return parser_.keep_alive(); }

  [[nodiscard]] Request request(std::string_view peer) const {
    const auto& message = parser_.get();
    return {view(message.method_string()), path_of(view(message.target())), content_type_, message.body(), peer};
  }

 private:
  // RFC 9112 Section 2.2: an empty line before the request line is ignored; some clients send one behind a body.
  std::size_t skip_empty_line(Bytes octets) {
    if (parser_.got_some() || skipped_ || !text_of(octets).starts_with("\r\n")) return 0;
    skipped_ = true;
    return 2;
  }

  bool is_half_empty_line(Bytes octets) const { return !parser_.got_some() && !skipped_ && text_of(octets) == "\r"; }

  // What Beast leaves to its user; 0 where nothing is wrong.
  int refusal_of_head() {
    if (head_size_ > limits_.header) return 431;  // Beast counts the request line and the fields apart
    const auto& head = parser_.get();
    const bool is_http_1_0 = head.version() == 10;
    const auto hosts = head.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && !is_http_1_0)) return 400;  // RFC 9112 Section 3.2
    if (head.count(http::field::content_type) > 1) return 400;  // RFC 9110 Section 5.3: not a list
    content_type_ = view(head[http::field::content_type]);

    if (head.count(http::field::transfer_encoding) != 0) {
      if (is_http_1_0) return 400;  // RFC 9112 Section 6.1: the framing is faulty
      if (!beast::iequals(head[http::field::transfer_encoding], "chunked")) return 501;  // RFC 9112 Section 6.1
    }
    if (head.method() == http::verb::post && !has_content(parser_)) return 411;  // RFC 9112 Section 6.3

    if (head.count(http::field::expect) != 0 && !is_http_1_0) {  // RFC 9110 Section 10.1.1
      if (!beast::iequals(head[http::field::expect], "100-continue")) return 417;
      wants_continue_ = true;
    }
    return 0;
  }

  RequestLimits limits_;
  Parser parser_;
  std::size_t head_size_ = 0;
  std::string_view content_type_;  // of the head: a trailer must not replace it
  int refusal_ = 0;
  bool skipped_ = false;
  bool wants_continue_ = false;
};

RequestParser::RequestParser(const RequestLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;
std::size_t RequestParser::feed(Bytes octets) { return impl_->feed(octets); }
RequestParser::State RequestParser::state() const { return impl_->state(); }
int RequestParser::refusal() const { return impl_->refusal(); }
bool RequestParser::wants_continue() const { return impl_->wants_continue(); }
bool RequestParser::keep_alive() const { return impl_->keep_alive(); }
Request RequestParser::request(std::string_view peer) const { return impl_->request(peer); }

}  // namespace cmpkit::transport
