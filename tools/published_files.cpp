#include "tools/published_files.h"

#include <charconv>

namespace cmpkit::tools {
namespace {

/// The number in `/crl/7.crl`, written as we write it.
std::optional<std::uint32_t> partition_in(std::string_view path) {
  constexpr std::string_view before = "/crl/", after = ".crl";
  if (!path.starts_with(before) || !path.ends_with(after) || path.size() <= before.size() + after.size())
    return std::nullopt;
  path.remove_prefix(before.size());
  path.remove_suffix(after.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), number);
  const bool whole = error == std::errc{} && end == path.data() + path.size();
  return whole && (path == "0" || path.front() != '0') ? std::optional(number) : std::nullopt;
}

transport::Reply reply_of(int status) { return {status, {}, {}, {}}; }

transport::Reply crl_reply(std::uint32_t partition, cmp::CrlIssuer& crls, cmp::Time now) {
  if (partition >= crls.location().partitions) return reply_of(404);
  auto crl = crls.current(partition, now);
  if (!crl) return reply_of(503);
  return {200, "application/pkix-crl", std::move(crl->der), {}};
}

}  // namespace

std::optional<transport::Reply> publish(const transport::Request& request, const Octets& certificate,
                                        cmp::CrlIssuer& crls, cmp::Time now) {
  const auto partition = partition_in(request.path);
  if (request.path != certificate_path && !partition) return std::nullopt;
  if (request.method != "GET") return transport::Reply{405, {}, {}, "GET"};
  if (partition) return crl_reply(*partition, crls, now);
  return transport::Reply{200, "application/pkix-cert", certificate, {}};
}

}  // namespace cmpkit::tools
