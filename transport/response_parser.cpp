#include "transport/response_parser.h"

#include <optional>
#include <utility>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/vector_body.hpp>

#include "transport/beast_feed.h"

namespace cmpkit::transport {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

using Parser = http::response_parser<http::vector_body<std::uint8_t>>;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

class ResponseParser::Impl {
 public:
  explicit Impl(std::size_t max_body) : max_body_(max_body) { expect_response(); }

  std::size_t feed(Bytes octets) {
    begun_ = begun_ || !octets.empty();
    std::size_t taken = 0;
    while (state_ == State::reading && taken < octets.size()) {
      beast::error_code error;
      taken += transport::feed(*parser_, octets.subspan(taken), error);
      if (error == http::error::need_more) break;
      settle(error);
    }
    return taken;
  }

  void end() {
    if (state_ != State::reading) return;
    beast::error_code error = http::error::partial_message;
    if (parser_->got_some()) parser_->put_eof(error);
    if (error)
      state_ = State::ended;
    else
      settle(error);
  }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] std::string reason() const { return error_.message(); }
  [[nodiscard]] const Parser& parser() const { return *parser_; }
  [[nodiscard]] Octets take_body() { return std::move(parser_->get().body()); }

 private:
  void expect_response() {
    parser_.emplace();
    parser_->body_limit(max_body_);
  }

  void settle(beast::error_code error) {
    error_ = error;
    if (error)
      state_ = is_too_large(error) ? State::too_large : State::not_http;
    else if (parser_->is_done() && is_interim())
      expect_response();
    else if (parser_->is_done())
      state_ = State::complete;
  }

  static bool is_too_large(beast::error_code error) {
    return error == http::error::body_limit || error == http::error::buffer_overflow;
  }

  // 101 is not: after it the connection speaks something else than HTTP.
  [[nodiscard]] bool is_interim() const {
    const auto status = parser_->get().result_int();
    return status / 100 == 1 && status != 101;
  }

  std::size_t max_body_;
  std::optional<Parser> parser_;
  State state_ = State::reading;
  beast::error_code error_;
  bool begun_ = false;
};

ResponseParser::ResponseParser(std::size_t max_body) : impl_(std::make_unique<Impl>(max_body)) {}
ResponseParser::~ResponseParser() = default;
std::size_t ResponseParser::feed(Bytes octets) { return impl_->feed(octets); }
void ResponseParser::end() { impl_->end(); }
ResponseParser::State ResponseParser::state() const { return impl_->state(); }
bool ResponseParser::begun() const { return impl_->begun(); }
std::string ResponseParser::reason() const { return impl_->reason(); }
int ResponseParser::status() const { return static_cast<int>(impl_->parser().get().result_int()); }
bool ResponseParser::keep_alive() const { return impl_->parser().keep_alive(); }
Octets ResponseParser::take_body() { return impl_->take_body(); }

std::string_view ResponseParser::content_type() const { return view(impl_->parser().get()[http::field::content_type]); }
std::string_view ResponseParser::location() const { return view(impl_->parser().get()[http::field::location]); }

}  // namespace cmpkit::transport
