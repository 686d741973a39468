// What SQLite reports, in words and with what to do about it.
#pragma once

#include <string>

namespace cmpkit::store {

/// `code`: an extended result code of SQLite; `detail`: sqlite3_errmsg().
std::string sqlite_error_text(const std::string& file, int code, const std::string& detail);

}  // namespace cmpkit::store
