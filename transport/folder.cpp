#include "cmpkit/transport/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <tuple>

namespace cmpkit::transport {
namespace {

namespace fs = std::filesystem;
using Done = tl::expected<void, TransportError>;

constexpr std::string_view extension = ".pki";  // W-30
constexpr std::string_view unfinished = ".part";
constexpr auto copying_pause = std::chrono::minutes{1};
constexpr auto remains_age = std::chrono::hours{1};

TransportError error_of(std::string text) { return {TransportError::Kind::file, std::move(text)}; }

tl::unexpected<TransportError> failed(std::string_view verb, const std::string& path) {
  return tl::unexpected(error_of("cannot " + std::string(verb) + " " + path + ": " + std::strerror(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

bool write_all(int file, Bytes content) {
  while (!content.empty()) {
    const ssize_t count = ::write(file, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    content = content.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

/// Reads to the end, or until there is more than `most`.
std::optional<Octets> read_all(int file, std::size_t most) {
  Octets content;
  std::array<std::uint8_t, 16384> buffer{};
  while (content.size() <= most) {
    const ssize_t count = ::read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    content.insert(content.end(), buffer.begin(), buffer.begin() + count);
  }
  return content;
}

/// What a folder lists is on the disk, too.
Done flush(const std::string& folder) {
  const Descriptor it(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (it.get() < 0 || ::fsync(it.get()) != 0) return failed("write to the folder", folder);
  return {};
}

/// A new file of this content under the name, or nothing of it.
Done write_atomically(const std::string& folder, const std::string& name, Bytes content) {
  const std::string path = folder + "/" + name;
  std::string temporary = folder + "/." + name + ".XXXXXX" + std::string(unfinished);
  const Descriptor file(::mkostemps(temporary.data(), static_cast<int>(unfinished.size()), O_CLOEXEC));
  if (file.get() < 0) return failed("write", path);
  ::fchmod(file.get(), 0644);  // whoever carries it may read it; a memory stick may know no modes
  const bool written =
      write_all(file.get(), content) && ::fsync(file.get()) == 0 && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (written) return flush(folder);
  const auto error = failed("write", path);
  ::unlink(temporary.c_str());
  return error;
}

/// How many octets a file has that begins like this, as far as it says so: the outermost length of the DER.
std::size_t promised_size(Bytes content) {
  constexpr std::size_t sequence = 0x30, short_form = 0x80, head = 2;
  if (content.empty()) return head;
  if (content[0] != sequence) return 0;
  if (content.size() < head) return head;
  if (content[1] < short_form) return head + content[1];
  const std::size_t digits = content[1] - short_form;
  if (digits > sizeof(std::uint32_t)) return 0;
  if (content.size() < head + digits) return head + digits;
  std::size_t length = 0;
  for (const std::uint8_t digit : content.subspan(head, digits)) length = length * 256 + digit;
  return head + digits + length;
}

std::chrono::system_clock::time_point last_change(const struct stat& status) {
  return std::chrono::system_clock::from_time_t(status.st_ctime);
}

std::string file_name(std::string_view name) { return std::string(name) + std::string(extension); }

/// The message that a file of this name would hold.
std::optional<std::string> message_name(const std::string& file) {
  if (!file.ends_with(extension)) return std::nullopt;
  std::string name = file.substr(0, file.size() - extension.size());
  return Folder::is_name(name) ? std::optional(std::move(name)) : std::nullopt;
}

Done check_name(std::string_view name) {
  if (Folder::is_name(name)) return {};
  return tl::unexpected(error_of("no message can have the name \"" + std::string(name) + "\""));
}

}  // namespace

tl::expected<Folder, TransportError> Folder::open(std::string path, FolderOptions options) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!fs::is_directory(path)) return tl::unexpected(error_of("cannot make the folder " + path));
  Folder folder(std::move(path), options);
  folder.remove_remains();
  return folder;
}

bool Folder::is_name(std::string_view name) {
  constexpr std::size_t most = 200;  // leaves room for what is added to it
  const auto allowed = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '/'; };
  return !name.empty() && name.size() <= most && name.front() != '.' && std::ranges::all_of(name, allowed);
}

Done Folder::put(std::string_view name, Bytes message) const {
  return check_name(name).and_then([&] { return write_atomically(path_, file_name(name), message); });
}

tl::expected<std::vector<std::string>, TransportError> Folder::names() const {
  std::vector<std::tuple<std::int64_t, std::int64_t, std::string>> found;
  std::error_code error;
  for (fs::directory_iterator it(path_, error), end; !error && it != end; it.increment(error)) {
    auto name = message_name(it->path().filename().string());
    struct stat status{};
    if (!name || ::lstat(it->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    found.emplace_back(status.st_mtim.tv_sec, status.st_mtim.tv_nsec, std::move(*name));
  }
  if (error) return tl::unexpected(error_of("cannot read the folder " + path_ + ": " + error.message()));
  std::ranges::sort(found);
  std::vector<std::string> out;
  for (auto& [seconds, nanoseconds, name] : found) out.push_back(std::move(name));
  return out;
}

tl::expected<std::optional<Octets>, TransportError> Folder::read(std::string_view name) const {
  if (auto checked = check_name(name); !checked) return tl::unexpected(checked.error());
  const std::string path = path_ + "/" + file_name(name);
  const auto bad = [&](const std::string& why) {
    const auto rejected = reject(name, why);
    return tl::unexpected(rejected ? error_of(path + " went to bad/: it " + why) : rejected.error());
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 && errno == ENOENT) return std::nullopt;
  if (file.get() < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) return failed("read", path);
  if (file.get() < 0) return bad("cannot be opened: " + std::string(std::strerror(errno)));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  auto content = read_all(file.get(), options_.max_message);
  if (!content) return bad("cannot be read: " + std::string(std::strerror(errno)));
  if (content->size() > options_.max_message)
    return bad("is larger than " + std::to_string(options_.max_message) + " octets");
  if (const std::size_t promised = promised_size(*content); promised > content->size()) {
    if (std::chrono::system_clock::now() < last_change(status) + copying_pause) return std::nullopt;
    return bad("ends after " + std::to_string(content->size()) + " octets; there should be at least " +
               std::to_string(promised));
  }
  return std::optional(std::move(*content));
}

Done Folder::done(std::string_view name) const {
  if (auto checked = check_name(name); !checked) return checked;
  if (options_.keep_done) return move_to("done", name);
  const std::string path = path_ + "/" + file_name(name);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("remove", path);
  return flush(path_);
}

Done Folder::reject(std::string_view name, std::string_view why) const {
  if (auto checked = check_name(name); !checked) return checked;
  const std::string folder = path_ + "/bad", file = file_name(name);
  std::error_code ignored;
  fs::create_directory(folder, ignored);
  const std::string text = file + ": " + std::string(why) + "\n";
  // The reason first: a crash between the two leads here again.
  return write_atomically(folder, file + ".txt", bytes_of(text)).and_then([&] { return move_to("bad", name); });
}

Done Folder::move_to(const std::string& sub_folder, std::string_view name) const {
  const std::string from = path_ + "/" + file_name(name), folder = path_ + "/" + sub_folder;
  std::error_code ignored;
  fs::create_directory(folder, ignored);  // where it cannot, the next line says so
  if (::rename(from.c_str(), (folder + "/" + file_name(name)).c_str()) != 0) {
    if (errno == ENOENT && ::access(from.c_str(), F_OK) != 0) return {};  // another reader was faster
    return failed("move", from);
  }
  return flush(folder).and_then([&] { return flush(path_); });
}

/// Temporary files of writers that died.
void Folder::remove_remains() const {
  const auto now = std::chrono::system_clock::now();
  std::error_code error;
  for (fs::directory_iterator it(path_, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    struct stat status{};
    const bool ours = name.starts_with('.') && name.ends_with(unfinished) && name.find(extension) != std::string::npos;
    if (ours && ::lstat(it->path().c_str(), &status) == 0 && now > last_change(status) + remains_age)
      ::unlink(it->path().c_str());
  }
}

}  // namespace cmpkit::transport
