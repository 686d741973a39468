// One row of the table that `./run bench` prints: what something costs us, beside its floor and beside OpenSSL.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

namespace cmpkit::bench {

struct Row {
  std::string what;
  double ours;                    // microseconds of processor time
  std::optional<double> floor;    // ... of the cryptography in it alone, in the same run
  std::optional<double> openssl;  // ... of OpenSSL doing the same, in the same run
};

inline void print(const Row& row) {
  std::printf("%-56s %12.2f", row.what.c_str(), row.ours);
  if (row.floor)
    std::printf(" %12.2f %6.0f %%", *row.floor, 100 * *row.floor / row.ours);
  else
    std::printf(" %12s %8s", "-", "-");
  if (row.openssl)
    std::printf(" %12.2f %7.1fx\n", *row.openssl, *row.openssl / row.ours);
  else
    std::printf(" %12s %8s\n", "-", "-");
  std::fflush(stdout);
}

}  // namespace cmpkit::bench
