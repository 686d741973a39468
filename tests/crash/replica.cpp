#include "tests/crash/replica.h"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

namespace cmpkit::crash {

Replica::Replica(std::string command, std::string folder, std::string store, std::string log)
    : command_(std::move(command)), folder_(std::move(folder)), store_(std::move(store)), log_(std::move(log)) {}

void Replica::start() {
  test::ProcessOptions options;
  options.timeout = std::chrono::minutes{10};  // longer than any of them is spared
  options.prepare = [this] {
    const int file = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return file >= 0 && ::dup2(file, STDERR_FILENO) >= 0;
  };
  process_ = std::make_unique<test::Process>(
      test::Arguments{command_, "ca", "serve", folder_, "--store", store_, "--log-level", "warning", "--listen",
                      "127.0.0.1:" + std::to_string(port_.number())},
      options);
  if (!process_->wait_for_line("listening on ")) throw std::runtime_error("the server does not start: see " + log_);
}

bool Replica::stop() {
  const bool good = process_ != nullptr && process_->stop().status == 0;
  process_.reset();
  return good;
}

}  // namespace cmpkit::crash
