#!/usr/bin/env bash
# Gets what cmpkit is built with: bootstrap.sh GROUP...
#
#   build   compiler, CMake, libraries, Botan >= 3.12      bench   Google Benchmark, OpenSSL, PostgreSQL
#   test    Catch2 3, network namespaces, PostgreSQL       fuzz    clang with libFuzzer
#   format  clang-format                                   lint    clang-tidy
#
# Packages come by apt, as root or by a sudo that asks for no password. What the distribution has too old is put
# under build/deps (or $CMPKIT_DEPS); nothing is added to the system's apt sources. Where all is there already,
# nothing is done, no root is needed, and it takes a second.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deps=$(realpath -m "${CMPKIT_DEPS:-$here/../build/deps}")
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }

# step LOG WHAT COMMAND...: says WHAT, runs the command with its output in LOG, shows that time passes and, when it
# fails, the end of LOG.
step() {
  local log=$1 what=$2 ticker status=0; shift 2
  say "$what ..."
  tick & ticker=$!
  "$@" > "$log" 2>&1 || status=$?
  kill $ticker
  ((status == 0)) || { tail -n 15 "$log" >&2; say "that failed (all of its output: $log)"; return 1; }
}
tick() {
  local seconds=0
  while sleep 20 > /dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    seconds=$((seconds + 20))
    say "  ... for $seconds s"
  done
}

can_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n --preserve-env=http_proxy,https_proxy,no_proxy,DEBIAN_FRONTEND "$@"; fi
}
apt_get() { as_root apt-get -q -o DPkg::Lock::Timeout=120 "$@"; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
missing() { local package; for package; do installed "$package" || echo "$package"; done; }

# offers PACKAGE VERSION: this machine's own apt has the package in that version or a newer one.
offers() {
  local candidate
  candidate=$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')
  [ -n "$candidate" ] && [ "$candidate" != "(none)" ] && dpkg --compare-versions "$candidate" ge "$2"
}

packages_of() {
  case $1 in
    build) echo g++ cmake ninja-build libexpected-dev libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev \
      nlohmann-json3-dev libsqlite3-dev libpq-dev openssl ;;
    test) echo iproute2 ;;
    bench) echo libbenchmark-dev libssl-dev ;;
    fuzz) echo clang-19 libclang-rt-19-dev llvm-19 ;;
    format) echo clang-format-19 ;;
    lint) echo clang-tidy-19 ;;
    *) die "no group '$1'" ;;
  esac
}

# What depends on the versions that the distribution has. Packages are added to `wanted`, functions that get
# something from elsewhere to `elsewhere`.
choose_boost() {
  if offers libboost-dev 1.81; then wanted+=(libboost-dev)
  elif [ -e "$deps/boost/usr" ]; then return
  elif installed libboost1.74-dev; then elsewhere+=(unpack_boost)  # Debian 12: 1.81 would throw the user's 1.74 out
  else wanted+=(libboost1.81-dev); fi
}
choose_botan() {
  if botan_is_built; then return; fi
  if offers libbotan-3-dev "$botan_minimum" && { installed libbotan-3-dev || can_be_root; }; then
    wanted+=(libbotan-3-dev)
  else
    wanted+=(python3 xz-utils); elsewhere+=(build_botan)
  fi
}
choose_catch2() {
  if offers libcatch2-dev 3; then wanted+=(libcatch2-dev)
  elif [ ! -e "$deps/catch2/usr" ]; then elsewhere+=(unpack_catch2); fi
}
# Tests and benchmarks start clusters of their own. Without root there are just fewer of them.
choose_postgresql() {
  if compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null; then return; fi
  if can_be_root; then
    wanted+=(postgresql); make_no_cluster
  else
    say "PostgreSQL is not installed: its tests and benchmarks are left out (apt-get install postgresql)"
  fi
}
# Debian's package makes a cluster for the whole system and starts it, unless it is told not to while it is installed.
make_no_cluster() {
  local folder=/etc/postgresql-common/createcluster.d
  as_root mkdir -p "$folder"
  echo 'create_main_cluster = false' | as_root tee "$folder/cmpkit.conf" > /dev/null
  trap "as_root rm -f '$folder/cmpkit.conf'" EXIT
}

install_missing() {
  local packages log
  mapfile -t packages < <(missing "$@")
  [ ${#packages[@]} -gt 0 ] || return 0
  can_be_root || die "please have these packages installed: apt-get install ${packages[*]}"
  log=$(mktemp)
  # An index that is old names files that are gone: fetch it anew and try once more.
  step "$log" "installing ${packages[*]}" apt_get install -y --no-install-recommends --no-remove "${packages[@]}" ||
    { step "$log" "fetching apt's index" apt_get update &&
      step "$log" "installing again" apt_get install -y --no-install-recommends --no-remove "${packages[@]}"; } ||
    die "apt could not install the packages"
  rm -f "$log"
}

unpack_boost() {
  step "$deps/tmp/boost.log" "unpacking Boost 1.81 beside the installed 1.74" \
    unpack "$deps/boost" libboost1.81-dev apt-get || die "apt could not fetch libboost1.81-dev"
}

. "$here/bootstrap_elsewhere.sh"  # Botan, Catch2

wanted=() elsewhere=()
for group; do read -ra packages < <(packages_of "$group"); wanted+=("${packages[@]}"); done
if [ -n "$(missing "${wanted[@]}")" ] && ! offers libexpected-dev 0 && can_be_root; then
  log=$(mktemp); step "$log" "fetching apt's index" apt_get update || die "apt has no index of packages"; rm -f "$log"
fi
for group; do
  case $group in
    build) choose_boost; choose_botan ;;
    test) choose_catch2; choose_postgresql ;;
    bench) choose_postgresql ;;
  esac
done
install_missing "${wanted[@]}"
[ ${#elsewhere[@]} -gt 0 ] || exit 0
mkdir -p "$deps/tmp"
for get in "${elsewhere[@]}"; do $get; done
rm -rf "$deps/tmp"
