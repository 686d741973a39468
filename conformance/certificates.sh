# Keys and certificates for the scripts here, in the current folder. To be sourced.
# shellcheck shell=bash disable=SC2034

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; } # FILE

new_root() { # NAME SUBJECT [OPTION...]: NAME.crt and NAME.key
  new_key "$1.key"
  openssl req -x509 -new -key "$1.key" -subj "$2" -days 30 -out "$1.crt" "${@:3}"
}

certify() { # NAME SUBJECT CA [EXTENSION]: NAME.crt for a new key, by the CA's
  new_key "$1.key"
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$3.crt" -CAkey "$3.key" -CAcreateserial -days 30 -out "$1.crt" \
    -extfile <(printf 'keyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\n%s\n' "${4:-}") 2>> openssl.log
}

ra_purpose='extendedKeyUsage=1.3.6.1.5.5.7.3.28' # id-kp-cmcRA
