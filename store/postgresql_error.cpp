#include "store/postgresql_error.h"

#include <fmt/core.h>

#include <array>

namespace cmpkit::store {
namespace {

struct Advice {
  std::string_view about;  // a part of libpq's text, or an SQLSTATE or the class that is its beginning
  std::string_view text;
  bool is_lost = false;
};

constexpr std::array connection_advice{
    Advice{"Connection refused", "start the server, or correct host and port in the URI"},
    Advice{"could not translate host name", "correct the host in the URI, or look at this machine's name service"},
    Advice{"timeout expired", "look at host and port in the URI, and at firewalls in between"},
    Advice{"password", "look at user and password in the URI, or in the file that PGPASSFILE names"},
    Advice{"no pg_hba.conf entry", "permit it in the server's pg_hba.conf"},
    Advice{"too many clients", "raise max_connections at the server"},
    Advice{"connection slots", "raise max_connections at the server"},
    Advice{"database", "create it (createdb), or correct the URI"},
    Advice{"role", "create the user (createuser), or correct the URI"},
    Advice{"read-only", "name the server that can be written to, or all of them with commas in between"},
};

constexpr std::array statement_advice{
    Advice{"53100", "the disk of the server is full: make room there"},
    Advice{"53200", "the server has no memory left"},
    Advice{"42501", "the user of the URI needs to be the owner of cmpkit's tables, or be granted what it lacks"},
    Advice{"25006", "the server is a stand-by or was made read-only: name the one that can be written to", true},
    Advice{"57014", "it took too long: look for what holds the lock (pg_locks) or slows the server down"},
    Advice{"25P03", "the transaction was left alone for too long", true},
    Advice{"57P", "the server was stopped or restarted", true},
    Advice{"08", "the connection is broken", true},
};

std::string text_or_nothing(const char* text) { return text != nullptr ? text : ""; }

/// The text in one line.
std::string flattened(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '\n' && c != '\t') {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// Where the connection leads to: `localhost:5432/cmpkit`.
std::string place(const PGconn& connection) {
  return fmt::format("{}:{}/{}", text_or_nothing(PQhost(&connection)), text_or_nothing(PQport(&connection)),
                     text_or_nothing(PQdb(&connection)));
}

}  // namespace

std::string connection_error(const PGconn& connection) {
  const std::string said = flattened(PQerrorMessage(&connection));
  std::string out = fmt::format("PostgreSQL at {} cannot be used: {}", place(connection), said);
  for (const Advice& advice : connection_advice) {
    if (said.find(advice.about) != said.npos) return fmt::format("{}: {}", out, advice.text);
  }
  return out;
}

SqlError statement_error(const PGconn& connection, const PGresult& result) {
  if (PQstatus(&connection) == CONNECTION_BAD) return lost(connection);
  const std::string state = text_or_nothing(PQresultErrorField(&result, PG_DIAG_SQLSTATE));
  if (state.empty()) return {fmt::format("PostgreSQL: {}", flattened(PQresultErrorMessage(&result))), false};
  const std::string said = text_or_nothing(PQresultErrorField(&result, PG_DIAG_MESSAGE_PRIMARY));
  std::string text = fmt::format("PostgreSQL at {}: {} ({})", place(connection), flattened(said), state);
  for (const Advice& advice : statement_advice) {
    if (state.starts_with(advice.about)) return {fmt::format("{}: {}", text, advice.text), advice.is_lost};
  }
  return {text, false};
}

SqlError lost(const PGconn& connection) {
  return {fmt::format("the connection to PostgreSQL at {} is lost: {}", place(connection),
                      flattened(PQerrorMessage(&connection))),
          true};
}

SqlError no_answer(const PGconn& connection) {
  return {fmt::format("PostgreSQL at {} does not answer", place(connection)), true};
}

}  // namespace cmpkit::store
