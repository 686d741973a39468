#!/usr/bin/env bash
# The demonstration behind `./run demo`: a CA comes up, devices get, renew and revoke certificates, an impostor gets none;
# the CA is killed and goes on.
# usage: demo.sh CMPKIT [FOLDER]   FOLDER is new or empty; default: a new one for temporary files
set -euo pipefail

cmpkit=$(realpath "${1:?usage: demo.sh CMPKIT [FOLDER]}")
folder=${2:-$(mktemp -d "${TMPDIR:-/tmp}/cmpkit-demo-XXXXXX")}
mkdir -p "$folder"
cd "$folder"
[[ -z $(ls -A) ]] || { echo "demo.sh: $folder is not empty" >&2; exit 2; }

bold=''; plain=''
if [[ -t 1 ]]; then bold=$'\e[1m'; plain=$'\e[0m'; fi
step() {
  printf '\n%s%s%s\n' "$bold" "$1" "$plain"; shift
  [[ $# == 0 ]] || printf '   %s\n' "$@"
}
indented() { sed -u 's/^/   /'; }
# told DEVICE COMMAND...: runs a command of a device and tells its messages with the names of both sides
told() {
  local device=$1; shift
  printf '   $ %s\n' "${*/#"$cmpkit"/cmpkit}" | fold -s -w 118 | sed '2,$s/^/       /'
  timeout 60 "$@" 2>&1 | sed -u "s/^→/$device → CA:/; s/^←/$device ← CA:/" | indented
}
# serve ADDRESS: starts the CA in ca/; sets listening and ca_process
serve() {
  exec 3< <(exec timeout 300 "$cmpkit" ca serve ca --listen "$1" 2>> ca.log)
  ca_process=$!
  read -r -t 20 -u 3 listening || { echo 'demo.sh: the CA did not come up:' >&2; cat ca.log >&2; exit 1; }
}
# ran COMMAND...: what an operator does beside the server
ran() { printf '   $ cmpkit %s\n' "$*"; "$cmpkit" "$@" 2>&1 | indented; }
seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }'; }

printf 'cmpkit demo: everything it makes stays in %s\n' "$folder"

step '1. A certification authority comes up.' \
  'It has a root, an issuing CA below it, and a key of its own for CMP messages.' \
  'It shares secrets with device-1, device-3 and device-4, and trusts the manufacturer Acme, who built device-2.'
openssl ecparam -name prime256v1 -genkey -noout -out acme.key
openssl req -x509 -new -key acme.key -subj '/O=Acme/CN=Acme Root' -days 30 -out acme.crt
"$cmpkit" ca init ca --subject '/O=Example/CN=Example CA' --subjects any \
  --secret device-1=pass:correct-horse --secret device-3=pass:battery-staple --secret device-4=pass:sesame \
  --trusted acme.crt | head -n 4 | indented
printf '\n[[profile]]   # somebody has to approve these\nname = "gateway"\napproval = true\n' >> ca/ca.toml
sed -i 's/^approval_poll = "1m"/approval_poll = "1s"/' ca/ca.toml

ca_process=
trap '[[ -z $ca_process ]] || kill "$ca_process" 2> /dev/null || true' EXIT
serve 127.0.0.1:0
server=${listening#listening on }
printf '   It serves %s/.well-known/cmp (process %s).\n' "$server" "$ca_process"

step '2. device-1 knows a secret and gets its first certificate.' \
  'It makes a key, protects its request by a MAC with the secret, and confirms what it got.'
told device-1 "$cmpkit" enroll --verbose --server "$server" --ref device-1 --secret pass:correct-horse \
  --trusted ca/root.crt --subject /O=Example/CN=device-1 --sans DNS:device-1.example \
  --newkey device-1.key --certout device-1.crt --chainout device-1.chain.crt \
  --reqout device-1.ir.der,device-1.certConf.der --rspout device-1.ip.der,device-1.pkiconf.der

step '3. A year later device-1 renews it, with a new key.' \
  'The secret is not needed any more: the request is signed with the certificate that is to be renewed.'
told device-1 "$cmpkit" update --verbose --server "$server" --cert device-1.crt --key device-1.key \
  --trusted ca/root.crt --newkey device-1.new.key --certout device-1.new.crt \
  --reqout device-1.kur.der,device-1.kur.certConf.der --rspout device-1.kup.der,device-1.kur.pkiconf.der

step '4. device-2 shares no secret: it shows the certificate that Acme put into it.' \
  'It asks for the confirmation to be spared, which saves two of four messages.'
openssl ecparam -name prime256v1 -genkey -noout -out device-2.acme.key
openssl req -new -key device-2.acme.key -subj '/O=Acme/serialNumber=4711/CN=Acme Thing' -out device-2.acme.csr
openssl x509 -req -in device-2.acme.csr -CA acme.crt -CAkey acme.key -CAcreateserial -days 30 \
  -extfile <(echo 'keyUsage=critical,digitalSignature') -out device-2.acme.crt 2> /dev/null
told device-2 "$cmpkit" enroll --verbose --server "$server" --cert device-2.acme.crt --key device-2.acme.key \
  --trusted ca/root.crt --subject /O=Example/CN=device-2 --newkeytype ed25519 --newkey device-2.key \
  --certout device-2.crt --implicit-confirm --reqout device-2.ir.der --rspout device-2.ip.der

step '5. device-3 runs other software: the CMP client of OpenSSL.' "$(openssl version)"
openssl ecparam -name secp384r1 -genkey -noout -out device-3.key
start=$EPOCHREALTIME
told device-3 openssl cmp -verbosity 4 -cmd ir -server "${server#http://}" -path .well-known/cmp -ref device-3 \
  -secret pass:battery-staple -recipient '/O=Example/CN=Example CA' -subject /O=Example/CN=device-3 -newkey device-3.key -certout device-3.crt \
  -reqout device-3.ir.der,device-3.certConf.der -rspout device-3.ip.der,device-3.pkiconf.der
printf '   That took %s s, start of the program included. Its messages, as cmpkit reads them:\n' "$(seconds_since "$start")"
for message in '→ ir' '← ip' '→ certConf' '← pkiconf'; do
  file=device-3.${message#* }.der
  "$cmpkit" inspect "$file" > "$file.txt" || true  # its exit status says whether the message keeps all rules
  printf '   device-3 %s CA: %s; %s\n' "${message% *}" "$(sed -n 2p "$file.txt")" "$(grep '^rules:' "$file.txt")"
done

step '6. An impostor guesses the secret of device-1 and is told no.'
told impostor "$cmpkit" enroll --verbose --server "$server" --ref device-1 --secret pass:123456 --trusted ca/root.crt \
  --subject /O=Example/CN=device-1 --newkey impostor.key --certout impostor.crt && { echo 'it got in' >&2; exit 1; }

step '7. device-4 is to be a gateway: for these somebody has to approve.' \
  'It polls. Meanwhile the CA is killed and started again, and knows all that it knew; then an operator approves.'
told device-4 "$cmpkit" enroll --verbose --server "$server" --profile gateway --ref device-4 --secret pass:sesame \
  --retries 5 --retry-wait 1 --trusted ca/root.crt --subject /O=Example/CN=device-4 --newkey device-4.key \
  --certout device-4.crt > device-4.txt &
device=$!
for _ in {1..100}; do
  "$cmpkit" ca pending ca > pending.txt
  grep -q device-4 pending.txt && break
  sleep 0.1
done
killed=$(xargs < "/proc/$ca_process/task/$ca_process/children")  # the child of timeout
printf '   $ kill -9 %s; cmpkit ca serve ca\n' "$killed"
kill -9 "$killed"
wait "$ca_process" 2> /dev/null || true
serve "${server#http://}"
ran ca pending ca
ran ca approve ca
wait "$device"
cat device-4.txt

step '8. device-1 learns the certificates of the CA, and has its old certificate revoked: it has a new one.'
told device-1 "$cmpkit" genm --server "$server" --infotype caCerts --cert device-1.new.crt --key device-1.new.key \
  --trusted ca/root.crt --cacertsout ca-certificates.crt
told device-1 "$cmpkit" revoke --verbose --server "$server" --cert device-1.crt --key device-1.key \
  --trusted ca/root.crt --revreason superseded
told device-1 "$cmpkit" genm --server "$server" --infotype currentCRL --cert device-1.new.crt --key device-1.new.key \
  --trusted ca/root.crt --crlout ca.crl
openssl crl -in ca.crl -noout -text | sed -n '/CRL Number/,/Signature/{/Signature/d;p}' | indented

step '9. OpenSSL agrees: the certificates are good, and the revoked one is not.'
for certificate in device-1.new device-2 device-3 device-4; do
  openssl verify -crl_check -CAfile ca/root.crt -untrusted ca/ca.crt -CRLfile ca.crl "$certificate.crt" | indented
done
{ openssl verify -crl_check -CAfile ca/root.crt -untrusted ca/ca.crt -CRLfile ca.crl device-1.crt 2>&1 || true; } | indented

step '10. What the CA has kept, and that nobody altered the log of its decisions.'
ran ca list ca
ran ca stats ca
ran ca audit verify ca

step '11. The log of the server.'
kill "$ca_process"
wait "$ca_process" 2> /dev/null || true
indented < ca.log

printf '\nKeys, certificates and messages are in %s\n' "$folder"
printf 'Look into one: %s inspect %s/device-1.ir.der\n' "$cmpkit" "$folder"
