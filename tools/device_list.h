// Lists of devices, from whoever made them: CSV with a line of column names first, JSON (an array of objects, or an
// object in each line), or the IDevID certificates themselves.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/cmp/crypto.h"
#include "cmpkit/cmp/store_records.h"

namespace cmpkit::tools {

/// A device of a list, or what is wrong with it, in a sentence.
struct ListedDevice {
  std::size_t place = 0;  // from 1: the line; in a JSON array and of certificates, which of them
  tl::expected<cmp::StoredDevice, std::string> device;
};
using TakeDevice = std::function<void(ListedDevice)>;

/// Gives every device of a CSV or JSON text, in its order. The error is a sentence: there is no list to read.
tl::expected<void, std::string> read_device_list(std::string_view text, const TakeDevice& take);

/// The device that an IDevID certificate (DER) is for: names and digests. The manufacturer is this one; empty: the
/// organizationName of its subject. The error is a sentence.
tl::expected<cmp::StoredDevice, std::string> device_of_certificate(Bytes certificate, const std::string& manufacturer,
                                                                   const cmp::Crypto& crypto);

}  // namespace cmpkit::tools
