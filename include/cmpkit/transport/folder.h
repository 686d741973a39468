// Messages as files in a folder (RFC 9483 Section 6.3), for legs that are offline: what one side puts there, a person
// or a program carries to the other side's folder. One DER-encoded PKIMessage is one file NAME.pki; a request and its
// answer have the same name.
//
//   put():  temporary file -> fsync -> rename to NAME.pki -> fsync of the folder
//   read(): NAME.pki -> the caller takes it in, durably -> done(): done/NAME.pki
//
// Nobody sees half a file, and a crash at any point loses nothing. It may lead to the same put() or read() again: who
// reads must know by the message or its name what is done already, as Responder and Relay do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"
#include "cmpkit/transport/error.h"

namespace cmpkit::transport {

struct FolderOptions {
  std::size_t max_message = 1024 * 1024;  ///< octets; larger files go to bad/
  bool keep_done = true;                  ///< false: done() removes the file instead of moving it to done/
};

/// Safe to use from several threads and processes at once. All errors are of kind `file`.
class Folder {
 public:
  /// Makes the folder where there is none.
  static tl::expected<Folder, TransportError> open(std::string path, FolderOptions options = {});

  /// True for 1 to 200 octets without control characters and `/` that do not begin with a dot.
  static bool is_name(std::string_view name);

  /// The message is on the disk as NAME.pki when this returns. An older one of this name is replaced.
  tl::expected<void, TransportError> put(std::string_view name, Bytes message) const;

  /// The names of the messages that are there, the oldest first (by the time of the last change, then by name). Other
  /// files and sub-folders are passed over.
  tl::expected<std::vector<std::string>, TransportError> names() const;

  /// The message of this name. Nothing where it is gone, or where somebody is still copying it here: less of it is
  /// there than its first octets promise, and it changed in the last minute. What is of no use goes to bad/, which is
  /// an error with the reason; the messages after it are not concerned.
  tl::expected<std::optional<Octets>, TransportError> read(std::string_view name) const;

  /// What read() gave is taken in and will not be asked for again. Harmless where another reader said so before.
  tl::expected<void, TransportError> done(std::string_view name) const;

  /// Moves the message to bad/, with the reason in NAME.pki.txt beside it.
  tl::expected<void, TransportError> reject(std::string_view name, std::string_view why) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  Folder(std::string path, FolderOptions options) : path_(std::move(path)), options_(options) {}
  tl::expected<void, TransportError> move_to(const std::string& sub_folder, std::string_view name) const;
  void remove_remains() const;

  std::string path_;
  FolderOptions options_;
};

}  // namespace cmpkit::transport
