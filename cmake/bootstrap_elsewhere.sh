# Sourced by bootstrap.sh: what this machine's own suites do not have, from other suites of the same archive.
#
# A private apt (own index, own cache) asks the archives that this machine is set up with for another suite, and
# checks everything against Debian's archive keyring as apt always does. Proxies and credentials of the system's
# apt configuration stay in force.

# Raise the minimum only together with the code that needs it. The suites are tried in this order.
botan_minimum=3.12
botan_suites="sid trixie-security"
# All that the engine calls; modules that a version does not know are left out.
botan_modules="
  aes aes_armv8 aes_ni aes_vaes aes_vperm auto_rng base64 cbc ccm chacha_rng cmac ctr dh ecdh ecdsa ed25519 ed448 eme_oaep
  eme_pkcs1 emsa_pkcs1 emsa_pssr emsa_raw gcm getentropy ghash ghash_avx512_clmul ghash_cpu ghash_vperm gmac hash_id hex
  hkdf hmac hmac_drbg kdf1_iso18033 kdf2 keccak_perm_avx512 keccak_perm_bmi2 kmac locking_allocator ml_dsa ml_kem mode_pad
  nist_keywrap pbes2 pbkdf2 pcurves_brainpool256r1 pcurves_brainpool384r1 pcurves_brainpool512r1 pcurves_generic
  pcurves_secp256r1 pcurves_secp384r1 pcurves_secp521r1 pem pkcs12 processor_rng raw_hash rdseed rfc3394 rfc6979 rsa scrypt
  sha1 sha1_armv8 sha1_avx2 sha1_simd sha1_sse2 sha1_x86 sha2_32 sha2_32_armv8 sha2_32_avx2 sha2_32_bmi2 sha2_32_simd
  sha2_32_x86 sha2_64 sha2_64_armv8 sha2_64_avx2 sha2_64_avx512 sha2_64_bmi2 sha2_64_x86 sha3 sha3_bmi2 shake shake_xof
  simd simd_2x64 simd_4x32 simd_4x64 simd_8x64 simd_avx2 simd_avx512 slh_dsa_sha2 slh_dsa_shake sp800_56a sp800_56c
  system_rng x25519 x448 x509"

# --- a private apt ---

apt_state=$deps/tmp/apt
apt_elsewhere() {
  local command=$1; shift
  "$command" -q -o Dir::Etc::sourcelist="$apt_state/sources.list" -o Dir::Etc::sourceparts="$apt_state/none" \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$apt_state/none" \
    -o Dir::State::Lists="$apt_state/lists" -o Dir::Cache="$apt_state/cache" -o APT::Sandbox::User=root \
    -o Acquire::Retries=3 -o Acquire::Languages=none -o Acquire::AllowInsecureRepositories=false \
    -o APT::Get::AllowUnauthenticated=false "$@"
}

# archives SUITE: the URIs of this machine's Debian archives that can have it; security suites have their own.
archives() {
  local security=0
  case $1 in *-security) security=1 ;; esac
  apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
    awk -v security=$security '$1 == "Debian" && $2 == "main" && ($4 ~ /[-\/]security/) == security {print $3}' | sort -u
}

# use_suite deb|deb-src SUITE: the private apt sees that suite and nothing else.
use_suite() {
  local type=$1 suite=$2 keyring uri
  for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do [ ! -r "$keyring" ] || break; done
  [ -r "$keyring" ] || die "nothing to verify packages with: please install debian-archive-keyring"
  mkdir -p "$apt_state"/{none,lists/partial,lists/auxfiles,cache/archives/partial}
  for uri in $(archives "$suite"); do echo "$type [signed-by=$keyring] $uri $suite main"; done > "$apt_state/sources.list"
  [ -s "$apt_state/sources.list" ] || { say "apt is set up with no Debian archive for $suite"; return 1; }
  step "$apt_state/update.log" "reading the index of $suite" apt_elsewhere apt-get update
}

# unpack DIRECTORY PACKAGE APT-GET...: downloads a package with this apt-get and unpacks it without installing.
unpack() {
  local directory=$1 package=$2; shift 2
  (cd "$deps/tmp" && "$@" -o APT::Sandbox::User=root download "$package" && dpkg -x "$package"_*.deb "$directory")
}

# --- Catch2 3: Debian 12 has it in its backports ---

unpack_catch2() {
  local codename
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  use_suite deb "$codename-backports" &&
    step "$deps/tmp/catch2.log" "unpacking Catch2" unpack "$deps/catch2" libcatch2-dev apt_elsewhere apt-get ||
    die "no suite has Catch2 3"
}

# --- Botan: built from the source package of a newer suite ---

botan_stamp=$(printf '%s' "$botan_minimum" "$botan_modules" | sha256sum | cut -d' ' -f1)
botan_is_built() { [ "$(cat "$deps/botan/.stamp" 2>/dev/null)" = "$botan_stamp" ]; }

build_botan() {
  local suite
  for suite in $botan_suites; do
    if fetch_botan "$suite"; then compile_botan; return; fi
  done
  die "none of the suites $botan_suites has a Botan >= $botan_minimum"
}

# Leaves the tarball in deps/tmp/botan.tar, with the SHA-256 that the suite's signed index says. The rest of the
# source package is not needed, so it may be gone from an archive that moves.
fetch_botan() {
  local suite=$1 version sha file
  use_suite deb-src "$suite" || return 1
  read -r version sha file < <(apt_elsewhere apt-cache showsrc --only-source botan3 2>/dev/null | awk '
    /^Version:/ {version = $2} /^[^ ]/ {hashes = /^Checksums-Sha256:/}
    hashes && $3 ~ /\.orig\.tar\.[a-z0-9]+$/ {print version, $1, $3}' | sort -V | tail -n 1) || true
  [ -n "$file" ] && dpkg --compare-versions "$version" ge "$botan_minimum" && dpkg --compare-versions "$version" lt 4 ||
    { say "$suite has no Botan >= $botan_minimum"; return 1; }
  say "fetching the source of Botan ${version%%[+-]*} from $suite ..."
  (cd "$deps/tmp" && apt_elsewhere apt-get source --download-only --only-source "botan3=$version") \
    > "$deps/tmp/fetch.log" 2>&1 || true  # what counts is the tarball
  echo "$sha  $deps/tmp/$file" | sha256sum --check --status 2>/dev/null ||
    { say "$file is not there, or not what the signed index says"; return 1; }
  mv "$deps/tmp/$file" "$deps/tmp/botan.tar"
}

compile_botan() (
  local jobs memory amalgamation=() modules
  rm -rf "$deps/tmp/botan" && mkdir -p "$deps/tmp/botan"
  tar -xf "$deps/tmp/botan.tar" -C "$deps/tmp/botan" --strip-components=1
  cd "$deps/tmp/botan"
  modules=$(comm -12 <(printf '%s\n' $botan_modules | sort) <(python3 configure.py --list-modules | sort) | paste -sd,)
  # One translation unit takes a third of the processor time, but a single core and 4 GB.
  jobs=$(nproc) memory=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
  if ((jobs <= 3 && memory >= 6)); then amalgamation=(--amalgamation); fi
  step "$deps/tmp/configure.log" "configuring Botan" python3 configure.py --prefix="$deps/botan" --build-targets=static \
    --minimized-build --enable-modules="$modules" --disable-deprecated-features --without-documentation \
    --no-install-python-module --build-tool=ninja "${amalgamation[@]}" || die "Botan could not be configured"
  step "$deps/tmp/build.log" "building Botan (two to four minutes)" ninja -j"$jobs" || die "Botan could not be built"
  rm -rf "$deps/botan"
  step "$deps/tmp/install.log" "putting Botan under $deps/botan" ninja install || die "Botan could not be installed"
  echo "$botan_stamp" > "$deps/botan/.stamp"  # last, so that a broken run is done again
)
