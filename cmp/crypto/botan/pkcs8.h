// Private keys as octets: PKCS #8 (RFC 5958), its encryption by PBES2 (RFC 8018 Section 6.2), and the traditional
// formats of OpenSSL (RFC 5915, RFC 8017).
#pragma once

#include <botan/pk_keys.h>

#include <string_view>

#include "cmpkit/cmp/crypto.h"
#include "cmpkit/cmp/secret_octets.h"

namespace cmpkit::cmp {

using Secret = Botan::secure_vector<std::uint8_t>;

/// Reads an unencrypted PKCS #8 PrivateKeyInfo or OneAsymmetricKey.
CryptoResult<std::unique_ptr<Botan::Private_Key>> read_pkcs8(Bytes der);

/// Reads the traditional format of an EC or RSA key.
CryptoResult<std::unique_ptr<Botan::Private_Key>> read_ec_private_key(Bytes der);
CryptoResult<std::unique_ptr<Botan::Private_Key>> read_rsa_private_key(Bytes der);

/// Decrypts an EncryptedPrivateKeyInfo to PKCS #8.
CryptoResult<Secret> decrypt_pkcs8(Bytes der, std::string_view passphrase);

/// The PKCS #8 of a key.
SecretOctets write_pkcs8(const Botan::Private_Key& key);

/// The EncryptedPrivateKeyInfo of a PKCS #8: PBKDF2 with HMAC-SHA256, AES-256-CBC.
Octets encrypt_pkcs8(Bytes pkcs8, std::string_view passphrase);

}  // namespace cmpkit::cmp
