// A file as a message in a folder: it is given as it is, or waited for because it promises more; it is never lost.
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cmpkit/transport/folder.h"

using namespace cmpkit;

/// A folder for all inputs of this process.
static std::string scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "cmpkit-fuzz-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  static struct Remover {
    ~Remover() { std::filesystem::remove_all(path); }
    std::string path;
  } remover{pattern};
  return remover.path;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t most = 4096;
  static const std::string path = scratch();
  static const auto folder = transport::Folder::open(path, {.max_message = most}).value();
  std::ofstream(path + "/t.pki", std::ios::binary).write(reinterpret_cast<const char*>(data), std::streamsize(size));
  const auto message = folder.read("t");
  if (message.has_value() != (size <= most)) std::abort();
  if (message && *message && !same_octets(**message, Bytes(data, size))) std::abort();
  const bool is_there = std::filesystem::exists(path + (message ? "/t.pki" : "/bad/t.pki"));
  if (!is_there) std::abort();
  return 0;
}
