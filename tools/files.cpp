#include "tools/files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace cmpkit::tools {
namespace {

tl::unexpected<std::string> failed(std::string_view verb, const std::string& path) {
  return tl::unexpected(fmt::format("cannot {} {}: {}", verb, path, std::strerror(errno)));
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// A descriptor that is closed when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ > STDERR_FILENO) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

bool write_all(int descriptor, Bytes content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    content = content.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

mode_t mode_of(Access access) {
  if (access == Access::owner_only) return 0600;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return (access == Access::program ? 0755 : 0644) & ~mask;
}

}  // namespace

tl::expected<Octets, std::string> read_file(const std::string& path) {
  const Descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed("read", path);
  Octets content;
  std::array<std::uint8_t, 16384> buffer{};
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", path);
    if (count == 0) return content;
    content.insert(content.end(), buffer.begin(), buffer.begin() + count);
  }
}

tl::expected<ReplacingFile, std::string> ReplacingFile::create(const std::string& path, Access access) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);  // made with 0600
  if (descriptor < 0) return failed("write", path);
  ReplacingFile out(path, temporary, descriptor);
  if (::fchmod(descriptor, mode_of(access)) != 0) return failed("write", path);
  return out;
}

ReplacingFile::ReplacingFile(ReplacingFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

ReplacingFile::~ReplacingFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

tl::expected<void, std::string> ReplacingFile::write(Bytes content) {
  if (!write_all(descriptor_, content)) return failed("write", path_);
  return {};
}

tl::expected<void, std::string> ReplacingFile::finish() {
  if (::fsync(descriptor_) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) return failed("write", path_);
  temporary_.clear();
  const Descriptor folder(::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ::fsync(folder.get());  // the new name, too, survives a power cut
  return {};
}

tl::expected<void, std::string> write_file(const std::string& path, Bytes content, Access access) {
  auto file = ReplacingFile::create(path, access);
  if (!file) return tl::unexpected(file.error());
  return file->write(content).and_then([&] { return file->finish(); });
}

tl::expected<void, std::string> can_write(const std::string& path) {
  if (::access(folder_of(path).c_str(), W_OK | X_OK) != 0) return failed("write", path);
  if (std::filesystem::is_directory(path)) {
    errno = EISDIR;
    return failed("write", path);
  }
  return {};
}

tl::expected<std::vector<std::string>, std::string> files_in(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.is_regular_file() && !entry.path().filename().string().starts_with('.'))
      out.push_back(entry.path().string());
  if (error) return tl::unexpected(fmt::format("cannot read the folder {}: {}", folder, error.message()));
  return out;
}

bool file_exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace cmpkit::tools
