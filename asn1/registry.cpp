#include "cmpkit/asn1/registry.h"

#include <algorithm>
#include <vector>

#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::asn1 {

namespace {

struct Row {
  Oid oid;
  const Type& (*type)();
};

constexpr Row rows[] = {
    // InfoTypeAndValue, RFC 9810 Section 5.3.19
    {id_it_caProtEncCert, type_of<CAProtEncCertValue>},
    {id_it_signKeyPairTypes, type_of<SignKeyPairTypesValue>},
    {id_it_encKeyPairTypes, type_of<EncKeyPairTypesValue>},
    {id_it_preferredSymmAlg, type_of<PreferredSymmAlgValue>},
    {id_it_caKeyUpdateInfo, type_of<CAKeyUpdateInfoValue>},
    {id_it_currentCRL, type_of<CurrentCRLValue>},
    {id_it_unsupportedOIDs, type_of<UnsupportedOIDsValue>},
    {id_it_keyPairParamReq, type_of<KeyPairParamReqValue>},
    {id_it_keyPairParamRep, type_of<KeyPairParamRepValue>},
    {id_it_revPassphrase, type_of<RevPassphraseValue>},
    {id_it_implicitConfirm, type_of<ImplicitConfirmValue>},
    {id_it_confirmWaitTime, type_of<ConfirmWaitTimeValue>},
    {id_it_origPKIMessage, type_of<OrigPKIMessageValue>},
    {id_it_suppLangTags, type_of<SuppLangTagsValue>},
    {id_it_caCerts, type_of<CaCertsValue>},
    {id_it_rootCaKeyUpdate, type_of<RootCaKeyUpdateValue>},
    {id_it_certReqTemplate, type_of<CertReqTemplateValue>},
    {id_it_rootCaCert, type_of<RootCaCertValue>},
    {id_it_certProfile, type_of<CertProfileValue>},
    {id_it_crlStatusList, type_of<CRLStatusListValue>},
    {id_it_crls, type_of<CRLsValue>},
    {id_it_KemCiphertextInfo, type_of<KemCiphertextInfoValue>},
    // Controls and regInfo, RFC 4211 Sections 6 and 7, RFC 9810 Section 5.3.19.16
    {id_regCtrl_regToken, type_of<RegToken>},
    {id_regCtrl_authenticator, type_of<Authenticator>},
    {id_regCtrl_pkiPublicationInfo, type_of<PKIPublicationInfo>},
    {id_regCtrl_pkiArchiveOptions, type_of<PKIArchiveOptions>},
    {id_regCtrl_oldCertID, type_of<OldCertId>},
    {id_regCtrl_protocolEncrKey, type_of<ProtocolEncrKey>},
    {id_regCtrl_altCertTemplate, type_of<AttributeTypeAndValue>},
    {id_regCtrl_algId, type_of<AlgorithmIdentifier>},
    {id_regCtrl_rsaKeyLen, type_of<std::int64_t>},
    {id_regInfo_utf8Pairs, type_of<UTF8Pairs>},
    {id_regInfo_certReq, type_of<CertReq>},
    // Extensions, RFC 5280 Sections 4.2, 5.2 and 5.3, and the RFCs named in extensions.h
    {id_ce_subjectDirectoryAttributes, type_of<SubjectDirectoryAttributes>},
    {id_ce_subjectKeyIdentifier, type_of<SubjectKeyIdentifier>},
    {id_ce_keyUsage, type_of<KeyUsage>},
    {id_ce_privateKeyUsagePeriod, type_of<PrivateKeyUsagePeriod>},
    {id_ce_subjectAltName, type_of<SubjectAltName>},
    {id_ce_issuerAltName, type_of<IssuerAltName>},
    {id_ce_basicConstraints, type_of<BasicConstraints>},
    {id_ce_cRLNumber, type_of<CRLNumber>},
    {id_ce_cRLReasons, type_of<CRLReason>},
    {id_ce_invalidityDate, type_of<InvalidityDate>},
    {id_ce_deltaCRLIndicator, type_of<BaseCRLNumber>},
    {id_ce_issuingDistributionPoint, type_of<IssuingDistributionPoint>},
    {id_ce_certificateIssuer, type_of<CertificateIssuer>},
    {id_ce_nameConstraints, type_of<NameConstraints>},
    {id_ce_cRLDistributionPoints, type_of<CRLDistributionPoints>},
    {id_ce_certificatePolicies, type_of<CertificatePolicies>},
    {id_ce_policyMappings, type_of<PolicyMappings>},
    {id_ce_authorityKeyIdentifier, type_of<AuthorityKeyIdentifier>},
    {id_ce_policyConstraints, type_of<PolicyConstraints>},
    {id_ce_extKeyUsage, type_of<ExtKeyUsageSyntax>},
    {id_ce_freshestCRL, type_of<FreshestCRL>},
    {id_ce_inhibitAnyPolicy, type_of<InhibitAnyPolicy>},
    {id_ce_noRevAvail, type_of<NoRevAvail>},
    {id_ce_hashOfRootKey, type_of<HashedRootKey>},
    {id_pe_authorityInfoAccess, type_of<AuthorityInfoAccessSyntax>},
    {id_pe_subjectInfoAccess, type_of<SubjectInfoAccessSyntax>},
    {id_pe_tlsfeature, type_of<Features>},
    {id_pe_mud_url, type_of<MUDURLSyntax>},
    {id_pe_mudsigner, type_of<MUDsignerSyntax>},
    {id_pe_relatedCert, type_of<RelatedCertificate>},
    {id_pkix_ocsp_nocheck, type_of<Null>},
    {id_qt_cps, type_of<CPSuri>},
    {id_qt_unotice, type_of<UserNotice>},
    {ct_scts, type_of<OctetString>},
    {ct_poison, type_of<Null>},
    // otherName
    {id_on_permanentIdentifier, type_of<PermanentIdentifier>},
    {id_on_hardwareModuleName, type_of<HardwareModuleName>},
    {id_on_SmtpUTF8Mailbox, type_of<SmtpUTF8Mailbox>},
    {id_on_AcpNodeName, type_of<IA5String>},
    {ms_upn, type_of<UTF8String>},
    // Attributes of requests, keys and CMS
    {id_extensionRequest, type_of<ExtensionRequest>},
    {ms_certificateExtensions, type_of<ExtensionRequest>},
    {id_challengePassword, type_of<ChallengePassword>},
    {id_unstructuredName, type_of<UnstructuredName>},
    {id_unstructuredAddress, type_of<UnstructuredAddress>},
    {id_friendlyName, type_of<FriendlyName>},
    {id_localKeyId, type_of<LocalKeyId>},
    {id_at_privateKeyPossessionStatement, type_of<PrivateKeyPossessionStatement>},
    {id_aa_asymmDecryptKeyID, type_of<OctetString>},
    {id_aa_relatedCertRequest, type_of<RequesterCertificate>},
    {id_aa_certificationRequestInfoTemplate, type_of<CertificationRequestInfoTemplate>},
    {id_aa_extensionReqTemplate, type_of<ExtensionReqTemplate>},
    {id_contentType, type_of<ContentType>},
    {id_messageDigest, type_of<MessageDigest>},
    {id_signingTime, type_of<SigningTime>},
    {id_aa_CMSAlgorithmProtection, type_of<CMSAlgorithmProtection>},
    // CMS
    {id_data, type_of<OctetString>},
    {id_signedData, type_of<SignedData>},
    {id_envelopedData, type_of<EnvelopedData>},
    {id_ct_authEnvelopedData, type_of<AuthEnvelopedData>},
    {id_ori_kem, type_of<KEMRecipientInfo>},
    // Parameters: MAC and key derivation
    {id_PasswordBasedMac, type_of<PBMParameter>},
    {id_DHBasedMac, type_of<DHBMParameter>},
    {id_KemBasedMac, type_of<KemBMParameter>},
    {id_PBMAC1, type_of<Pbmac1Params>},
    {id_PBES2, type_of<Pbes2Params>},
    {id_PBKDF2, type_of<Pbkdf2Params>},
    {id_KMACWithSHAKE128, type_of<KmacWithShake128Params>},
    {id_KMACWithSHAKE256, type_of<KmacWithShake256Params>},
    {id_kmac128, type_of<Customization>},
    {id_kmac256, type_of<Customization>},
    {id_kdf_kdf2, type_of<AlgorithmIdentifier>},
    {id_kdf_kdf3, type_of<AlgorithmIdentifier>},
    {id_aes128_GMAC, type_of<GMACParameters>},
    {id_aes192_GMAC, type_of<GMACParameters>},
    {id_aes256_GMAC, type_of<GMACParameters>},
    // Parameters: signatures and keys
    {id_RSASSA_PSS, type_of<RsassaPssParams>},
    {id_RSAES_OAEP, type_of<RsaesOaepParams>},
    {id_mgf1, type_of<AlgorithmIdentifier>},
    {id_pSpecified, type_of<OctetString>},
    {id_shake256_len, type_of<ShakeOutputLen>},
    {id_ecPublicKey, type_of<ECParameters>},
    {id_ecDH, type_of<ECParameters>},
    {id_ecMQV, type_of<ECParameters>},
    // Parameters: content encryption and key agreement (the key wrap algorithm)
    {id_aes128_CBC, type_of<AesIv>},
    {id_aes192_CBC, type_of<AesIv>},
    {id_aes256_CBC, type_of<AesIv>},
    {id_aes128_GCM, type_of<GCMParameters>},
    {id_aes192_GCM, type_of<GCMParameters>},
    {id_aes256_GCM, type_of<GCMParameters>},
    {id_aes128_CCM, type_of<CCMParameters>},
    {id_aes192_CCM, type_of<CCMParameters>},
    {id_aes256_CCM, type_of<CCMParameters>},
    {id_alg_PWRI_KEK, type_of<AlgorithmIdentifier>},
    {id_alg_ESDH, type_of<AlgorithmIdentifier>},
    {dhSinglePass_stdDH_sha1kdf_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_stdDH_sha224kdf_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_stdDH_sha256kdf_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_stdDH_sha384kdf_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_stdDH_sha512kdf_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_stdDH_hkdf_sha256_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_stdDH_hkdf_sha384_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_stdDH_hkdf_sha512_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_cofactorDH_sha1kdf_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_cofactorDH_sha224kdf_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_cofactorDH_sha256kdf_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_cofactorDH_sha384kdf_scheme, type_of<AlgorithmIdentifier>},
    {dhSinglePass_cofactorDH_sha512kdf_scheme, type_of<AlgorithmIdentifier>},
    {mqvSinglePass_sha1kdf_scheme, type_of<AlgorithmIdentifier>},
    {mqvSinglePass_sha224kdf_scheme, type_of<AlgorithmIdentifier>},
    {mqvSinglePass_sha256kdf_scheme, type_of<AlgorithmIdentifier>},
    {mqvSinglePass_sha384kdf_scheme, type_of<AlgorithmIdentifier>},
    {mqvSinglePass_sha512kdf_scheme, type_of<AlgorithmIdentifier>},
};

bool before(const Row& a, const Row& b) { return a.oid < b.oid; }

const std::vector<Row>& sorted_rows() {
  static const std::vector<Row> sorted = [] {
    std::vector<Row> out(std::begin(rows), std::end(rows));
    std::sort(out.begin(), out.end(), before);
    return out;
  }();
  return sorted;
}

}  // namespace

const Type* open_type(Oid oid) {
  const auto& all = sorted_rows();
  const auto row = std::lower_bound(all.begin(), all.end(), Row{oid, nullptr}, before);
  return row != all.end() && row->oid == oid ? &row->type() : nullptr;
}

}  // namespace cmpkit::asn1
