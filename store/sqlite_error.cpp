#include "store/sqlite_error.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace cmpkit::store {
namespace {

struct Advice {
  int code;  // primary result code
  const char* text;
};

constexpr std::array advices = {
    Advice{SQLITE_FULL, "the disk is full; make room, and it goes on by itself"},
    Advice{SQLITE_READONLY, "it may only be read; let this user write the file and its folder"},
    Advice{SQLITE_PERM, "this user may not use it; let them read and write the file and its folder"},
    Advice{SQLITE_AUTH, "this user may not use it; let them read and write the file and its folder"},
    Advice{SQLITE_BUSY, "another process holds it locked; wait for that process (`fuser FILE` names it), or end it"},
    Advice{SQLITE_LOCKED, "another process holds it locked; wait for that process (`fuser FILE` names it), or end it"},
    Advice{SQLITE_NOTADB, "it is no store; give the path of one, or of a file that is not there yet"},
    Advice{SQLITE_CORRUPT,
           "it is damaged; restore it from a backup (`sqlite3 FILE .recover` gets out what can be read)"},
    Advice{SQLITE_CANTOPEN, "it cannot be opened; its folder has to be there, and this user has to be let write in it"},
    Advice{SQLITE_IOERR, "the disk could not be read or written; see the system's log"},
};

}  // namespace

std::string sqlite_error_text(const std::string& file, int code, const std::string& detail) {
  const auto* advice = std::ranges::find(advices, code & 0xFF, &Advice::code);
  const std::string what = advice == advices.end() ? "SQLite failed" : advice->text;
  return "the store " + file + ": " + what + " (SQLite: " + detail + ", " + std::to_string(code) + ")";
}

}  // namespace cmpkit::store
