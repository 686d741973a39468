// Lists of devices as somebody exports them from a table: whatever is read is a device that can be stored, and what is
// written of it reads as the same.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tools/device_list.h"
#include "tools/device_record.h"

using namespace cmpkit;
using namespace cmpkit::tools;

static void check(const cmp::StoredDevice& device) {
  using Json = nlohmann::ordered_json;
  const std::string text = json_of(device).dump(-1, ' ', false, Json::error_handler_t::replace);
  if (!check_device(device)) std::abort();
  std::size_t count = 0;
  const auto read = read_device_list(text, [&](const ListedDevice& again) {
    ++count;
    const bool is_utf8 = text.find("\xEF\xBF\xBD") == std::string::npos;  // else octets were replaced
    if (is_utf8 && (!again.device || again.device->serial != device.serial || again.device->state != device.state ||
                    again.device->key_digest != device.key_digest))
      std::abort();
  });
  if (!read || count != 1) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)read_device_list(text_of(Bytes(data, size)), [](const ListedDevice& each) {
    if (each.device) check(*each.device);
  });
  return 0;
}
