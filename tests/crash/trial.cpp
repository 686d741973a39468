#include "tests/crash/trial.h"

#include <fmt/core.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/pem.h"
#include "cmpkit/store/sqlite.h"
#include "tests/crash/examination.h"
#ifdef CMPKIT_WITH_POSTGRESQL
#include "cmpkit/store/postgresql.h"
#endif

namespace cmpkit::crash {
namespace {

constexpr unsigned device_count = 6;
constexpr std::chrono::seconds patience{20};
constexpr const char* reference = "device";
constexpr const char* secret = "correct-horse";

/// Replaces texts of a file. So the long runs see transactions end and be forgotten.
void edit(const std::string& path, const std::vector<std::pair<std::string, std::string>>& edits) {
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  std::string text = content.str();
  for (const auto& [what, replacement] : edits) {
    const auto at = text.find(what);
    if (at == std::string::npos) throw std::runtime_error(path + " has no " + what);
    text.replace(at, what.size(), replacement);
  }
  std::ofstream(path) << text;
}

Octets certificate_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const Octets content{std::istreambuf_iterator<char>(file), {}};
  return cmp::read_certificates(content).value().front();
}

tl::expected<std::unique_ptr<cmp::Store>, cmp::StoreError> open(Trial::Kind kind, const std::string& place) {
#ifdef CMPKIT_WITH_POSTGRESQL
  if (kind == Trial::Kind::postgresql) {
    return store::open_postgresql(place, cmp::botan_crypto(), store::Migration::none);
  }
#endif
  (void)kind;
  return store::open_sqlite(place, cmp::botan_crypto(), store::Migration::none);
}

}  // namespace

Trial::Trial(Kind kind, const std::string& command, std::uint64_t seed)
    : kind_(kind), command_(command), store_("sqlite"), random_(seed) {
#ifdef CMPKIT_WITH_POSTGRESQL
  if (kind == Kind::postgresql) {
    cluster_ = std::make_unique<test::PostgresqlCluster>();
    store_ = cluster_->new_database();
  }
#endif
  make_ca();
  for (unsigned i = 0; i < (kind == Kind::sqlite ? 1 : 2); ++i) {
    replicas_.push_back(std::make_unique<Replica>(command_, folder_ / "ca", store_, folder_ / "log"));
    replicas_.back()->start();
    peer_.urls.push_back(replicas_.back()->url());
  }
}

void Trial::make_ca() {
  const test::Finished made = test::run({command_, "ca", "init", folder_ / "ca", "--key", "ec:P-256", "--subjects",
                                         "any", "--secret", fmt::format("{}=pass:{}", reference, secret)});
  if (made.status != 0) throw std::runtime_error("cmpkit ca init: " + made.err);
  edit(folder_ / "ca/ca.toml",
       {{"confirm_wait = \"5m\"", "confirm_wait = \"20s\""}, {"remember = \"1h\"", "remember = \"20s\""}});
  trust_ = std::make_unique<cmp::TrustStore>(
      cmp::TrustStore::make(cmp::botan_crypto(), {certificate_in(folder_ / "ca/root.crt")}).value());
  peer_.trust = trust_.get();
  peer_.issuer = certificate_in(folder_ / "ca/ca.crt");
  peer_.reference = reference;
  peer_.secret = secret;
}

std::vector<std::string> Trial::run(unsigned kills) {
  {
    std::vector<std::jthread> devices;
    for (unsigned i = 0; i < device_count; ++i) {
      devices.emplace_back(
          [this, seed = random_()](const std::stop_token& stop) { Device(peer_, seed, ledger_).work(stop); });
    }
    for (unsigned i = 1; i <= kills && ledger_.all_broken().empty(); ++i) {
      pause(20, 600);
      kill_something();
      look_at_crl();
      if (i % 10 == 0 || i == kills) tell(i, kills);
    }
    for (auto& device : devices) device.request_stop();
  }
  finish();
  return ledger_.all_broken();
}

void Trial::kill_something() {
#ifdef CMPKIT_WITH_POSTGRESQL
  if (cluster_ != nullptr && random_() % 5 == 0) {
    ++killed_["PostgreSQL"];
    cluster_->stop_immediately();
    pause(0, 600);
    return cluster_->start();
  }
#endif
  ++killed_["server"];
  Replica& victim = *replicas_[random_() % replicas_.size()];
  victim.kill();
  if (replicas_.size() > 1) pause(0, 300);
  victim.start();
}

/// What was revoked before is on it, and one number never stands for two CRLs.
void Trial::look_at_crl() {
  const auto revoked = ledger_.revoked();
  const auto crl = replicas_[random_() % replicas_.size()]->crl();
  if (!crl) return;
  for (const Octets& serial : revoked) {
    if (!crl->serials.contains(serial)) ledger_.broken("a revocation was acknowledged, but is not on the next CRL");
  }
  if (crls_.try_emplace(crl->number, crl->der).first->second != crl->der) {
    ledger_.broken(fmt::format("there are two CRLs with number {}", crl->number));
  }
  if (crls_.rbegin()->first != crl->number) ledger_.broken("the CRL's number went back");
}

void Trial::tell(unsigned kills, unsigned of) const {
  std::string what;
  for (const auto& [name, count] : killed_) what += fmt::format("{}{} {}", what.empty() ? "" : ", ", name, count);
  fmt::print(
      "{} of {} kills ({}): {} certificates valid, {} updated, {} revoked, {} never confirmed; {} messages repeated\n",
      kills, of, what, ledger_.count(Status::valid), ledger_.count(Status::updated), ledger_.count(Status::revoked),
      ledger_.abandoned().size(), ledger_.count_repeated());
  std::fflush(stdout);
}

void Trial::finish() {
  for (const auto& replica : replicas_) {
    const auto crl = replica->crl();
    if (!crl) ledger_.broken("no CRL is published");
  }
  look_at_crl();
  const auto start = std::chrono::steady_clock::now();
  for (const auto& replica : replicas_) {
    if (!replica->stop()) ledger_.broken("a server does not end as it should");
  }
  if (std::chrono::steady_clock::now() - start > patience) ledger_.broken("the servers took too long to end");
  const auto store = open(kind_, kind_ == Kind::sqlite ? folder_ / "ca/store.db" : store_);
  if (!store) return ledger_.broken("the store cannot be opened: " + store.error().text);
  examine(**store, ledger_);
}

void Trial::pause(unsigned least, unsigned most) {
  std::this_thread::sleep_for(std::chrono::milliseconds{least + random_() % (most - least)});
}

}  // namespace cmpkit::crash
