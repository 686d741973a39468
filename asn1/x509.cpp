#include "cmpkit/asn1/x509.h"

namespace cmpkit::asn1 {

const Extension* find_extension(const Extensions& extensions, Oid id) {
  const auto found =
      std::find_if(extensions.begin(), extensions.end(), [&](const Extension& e) { return e.extnID == id; });
  return found != extensions.end() ? &*found : nullptr;
}

const Extension* find_extension(const std::optional<Extensions>& extensions, Oid id) {
  return extensions ? find_extension(*extensions, id) : nullptr;
}

Time Time::of(std::chrono::sys_seconds time) {
  using namespace std::chrono;
  const auto year = year_month_day{floor<days>(time)}.year();
  // RFC 5280 Section 4.1.2.5
  if (year >= std::chrono::year{1950} && year <= std::chrono::year{2049}) return {UTCTime{time}};
  return {GeneralizedTime{time}};
}

std::chrono::sys_seconds Time::time() const {
  return std::visit([](const auto& form) { return form.value; }, value);
}

}  // namespace cmpkit::asn1
