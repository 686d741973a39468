#!/usr/bin/env bash
# Our CA and our client by the conformance suite, over HTTP: our_ca.sh CMPKIT FOLDER [ARGUMENT...]
# FOLDER is made anew; the arguments are further ones of `cmpkit conformance`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cmpkit=$(realpath "${1:?usage: our_ca.sh CMPKIT FOLDER [ARGUMENT...]}")
folder=${2:?usage: our_ca.sh CMPKIT FOLDER [ARGUMENT...]}
shift 2
rm -rf "$folder"; mkdir -p "$folder"; cd "$folder"

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
new_key vendor.key
openssl req -x509 -new -key vendor.key -subj '/O=Vendor/CN=Vendor Root' -days 30 -out vendor.crt \
  -addext keyUsage=critical,keyCertSign
new_key device.key
openssl req -new -key device.key -subj /CN=device-1 -out device.csr
openssl x509 -req -in device.csr -CA vendor.crt -CAkey vendor.key -CAcreateserial -days 30 -out device.crt \
  -extfile <(printf 'keyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\n') 2> openssl.log
"$cmpkit" ca init ca --subject '/O=Example/CN=Example CA' --subjects any --secret device-1=pass:correct-horse \
  --trusted vendor.crt > init.log
new_key ra.key
openssl req -new -key ra.key -subj '/O=Example/CN=RA' -out ra.csr
openssl x509 -req -in ra.csr -CA ca/ca.crt -CAkey ca/ca.key -CAcreateserial -days 30 -out ra.crt 2>> openssl.log \
  -extfile <(printf 'keyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nextendedKeyUsage=1.3.6.1.5.5.7.3.28\n')
printf '\n[[profile]]\nname = "approved"\napproval = true\n' >> ca/ca.toml
cp "$here/peers/our_ca.toml" peer.toml

exec 3< <(exec timeout 300 "$cmpkit" ca serve ca --listen 127.0.0.1:0 2> ca.log)
ca_process=$!
trap 'kill "$ca_process" 2> /dev/null || true' EXIT
read -r -t 20 -u 3 listening || { echo 'our_ca.sh: the CA did not come up:' >&2; cat ca.log >&2; exit 2; }
timeout 240 "$cmpkit" conformance --client --server "${listening#listening on }" --config peer.toml --junit junit.xml \
  --json results.json "$@"
