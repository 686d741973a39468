// The tables of all our types, compiled here once: what includes a header of types pays for its declarations only.
#include "cmpkit/asn1/table.h"

#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::asn1 {

#define CMPKIT_TABLE(T) template const Type& type_of<T>()

// Leaves
CMPKIT_TABLE(bool);
CMPKIT_TABLE(std::int64_t);
CMPKIT_TABLE(Integer);
CMPKIT_TABLE(BitString);
CMPKIT_TABLE(OctetString);
CMPKIT_TABLE(Null);
CMPKIT_TABLE(Oid);
CMPKIT_TABLE(UTF8String);
CMPKIT_TABLE(PrintableString);
CMPKIT_TABLE(TeletexString);
CMPKIT_TABLE(IA5String);
CMPKIT_TABLE(VisibleString);
CMPKIT_TABLE(UniversalString);
CMPKIT_TABLE(BMPString);
CMPKIT_TABLE(UTCTime);
CMPKIT_TABLE(GeneralizedTime);
CMPKIT_TABLE(Any);

// Names, certificates, CRLs: x509.h
CMPKIT_TABLE(AlgorithmIdentifier);
CMPKIT_TABLE(AttributeTypeAndValue);
CMPKIT_TABLE(DirectoryString);
CMPKIT_TABLE(AnotherName);
CMPKIT_TABLE(EDIPartyName);
CMPKIT_TABLE(ORAddress);
CMPKIT_TABLE(GeneralName);
CMPKIT_TABLE(Time);
CMPKIT_TABLE(Validity);
CMPKIT_TABLE(SubjectPublicKeyInfo);
CMPKIT_TABLE(Extension);
CMPKIT_TABLE(TBSCertificate);
CMPKIT_TABLE(Certificate);
CMPKIT_TABLE(RevokedCertificate);
CMPKIT_TABLE(TBSCertList);
CMPKIT_TABLE(CertificateList);
CMPKIT_TABLE(Attribute);
CMPKIT_TABLE(Name);
CMPKIT_TABLE(RDNSequence);
CMPKIT_TABLE(RelativeDistinguishedName);
CMPKIT_TABLE(GeneralNames);
CMPKIT_TABLE(Extensions);
CMPKIT_TABLE(Version);

// Extension values: extensions.h
CMPKIT_TABLE(AuthorityKeyIdentifier);
CMPKIT_TABLE(KeyUsage);
CMPKIT_TABLE(PrivateKeyUsagePeriod);
CMPKIT_TABLE(BasicConstraints);
CMPKIT_TABLE(PolicyQualifierInfo);
CMPKIT_TABLE(PolicyInformation);
CMPKIT_TABLE(DisplayText);
CMPKIT_TABLE(NoticeReference);
CMPKIT_TABLE(UserNotice);
CMPKIT_TABLE(PolicyMapping);
CMPKIT_TABLE(PolicyConstraints);
CMPKIT_TABLE(GeneralSubtree);
CMPKIT_TABLE(NameConstraints);
CMPKIT_TABLE(DistributionPointName);
CMPKIT_TABLE(ReasonFlags);
CMPKIT_TABLE(DistributionPoint);
CMPKIT_TABLE(AccessDescription);
CMPKIT_TABLE(HashedRootKey);
CMPKIT_TABLE(RelatedCertificate);
CMPKIT_TABLE(IssuingDistributionPoint);
CMPKIT_TABLE(CRLReason);
CMPKIT_TABLE(HardwareModuleName);
CMPKIT_TABLE(PermanentIdentifier);
CMPKIT_TABLE(ExtKeyUsageSyntax);
CMPKIT_TABLE(SubjectDirectoryAttributes);
CMPKIT_TABLE(CertificatePolicies);
CMPKIT_TABLE(PolicyMappings);
CMPKIT_TABLE(GeneralSubtrees);
CMPKIT_TABLE(CRLDistributionPoints);
CMPKIT_TABLE(AuthorityInfoAccessSyntax);
CMPKIT_TABLE(Features);

// Certification requests: pkcs10.h
CMPKIT_TABLE(CertificationRequestInfo);
CMPKIT_TABLE(CertificationRequest);
CMPKIT_TABLE(UnstructuredName);
CMPKIT_TABLE(IssuerAndSerialNumber);
CMPKIT_TABLE(PrivateKeyPossessionStatement);
CMPKIT_TABLE(RequesterCertificate);
CMPKIT_TABLE(AttrOrOID);
CMPKIT_TABLE(SingleAttributeTemplate);
CMPKIT_TABLE(SubjectPublicKeyInfoTemplate);
CMPKIT_TABLE(CertificationRequestInfoTemplate);
CMPKIT_TABLE(ExtensionTemplate);
CMPKIT_TABLE(CsrAttrs);
CMPKIT_TABLE(NameTemplate);
CMPKIT_TABLE(ExtensionReqTemplate);

// CMS: cms.h
CMPKIT_TABLE(ContentInfo);
CMPKIT_TABLE(OtherCertificateFormat);
CMPKIT_TABLE(CertificateChoices);
CMPKIT_TABLE(OtherRevocationInfoFormat);
CMPKIT_TABLE(RevocationInfoChoice);
CMPKIT_TABLE(CMSAttribute);
CMPKIT_TABLE(EncapsulatedContentInfo);
CMPKIT_TABLE(SignerIdentifier);
CMPKIT_TABLE(SignerInfo);
CMPKIT_TABLE(SignedData);
CMPKIT_TABLE(CMSAlgorithmProtection);
CMPKIT_TABLE(OriginatorInfo);
CMPKIT_TABLE(EncryptedContentInfo);
CMPKIT_TABLE(KeyTransRecipientInfo);
CMPKIT_TABLE(OriginatorPublicKey);
CMPKIT_TABLE(OriginatorIdentifierOrKey);
CMPKIT_TABLE(OtherKeyAttribute);
CMPKIT_TABLE(RecipientKeyIdentifier);
CMPKIT_TABLE(KeyAgreeRecipientIdentifier);
CMPKIT_TABLE(RecipientEncryptedKey);
CMPKIT_TABLE(KeyAgreeRecipientInfo);
CMPKIT_TABLE(KEKIdentifier);
CMPKIT_TABLE(KEKRecipientInfo);
CMPKIT_TABLE(PasswordRecipientInfo);
CMPKIT_TABLE(OtherRecipientInfo);
CMPKIT_TABLE(RecipientInfo);
CMPKIT_TABLE(EnvelopedData);
CMPKIT_TABLE(AuthEnvelopedData);
CMPKIT_TABLE(KEMRecipientInfo);
CMPKIT_TABLE(CMSORIforKEMOtherInfo);
CMPKIT_TABLE(OneAsymmetricKey);
CMPKIT_TABLE(EncryptedPrivateKeyInfo);
CMPKIT_TABLE(CertificateSet);
CMPKIT_TABLE(RevocationInfoChoices);
CMPKIT_TABLE(SignedAttributes);
CMPKIT_TABLE(RecipientInfos);
CMPKIT_TABLE(AsymmetricKeyPackage);

// CRMF: crmf.h
CMPKIT_TABLE(OptionalValidity);
CMPKIT_TABLE(CertTemplate);
CMPKIT_TABLE(CertRequest);
CMPKIT_TABLE(PKMACValue);
CMPKIT_TABLE(AuthInfo);
CMPKIT_TABLE(POPOSigningKeyInput);
CMPKIT_TABLE(POPOSigningKey);
CMPKIT_TABLE(POPOPrivKey);
CMPKIT_TABLE(ProofOfPossession);
CMPKIT_TABLE(CertReqMsg);
CMPKIT_TABLE(EncryptedValue);
CMPKIT_TABLE(EncryptedKey);
CMPKIT_TABLE(SinglePubInfo);
CMPKIT_TABLE(PKIPublicationInfo);
CMPKIT_TABLE(PKIArchiveOptions);
CMPKIT_TABLE(CertId);
CMPKIT_TABLE(PrivateKeyInfo);
CMPKIT_TABLE(KeyIdentity);
CMPKIT_TABLE(EncKeyWithID);
CMPKIT_TABLE(Controls);
CMPKIT_TABLE(CertReqMessages);

// CMP: pkimessage.h
CMPKIT_TABLE(InfoTypeAndValue);
CMPKIT_TABLE(PKIHeader);
CMPKIT_TABLE(PKIFailureInfo);
CMPKIT_TABLE(PKIStatusInfo);
CMPKIT_TABLE(CertOrEncCert);
CMPKIT_TABLE(CertifiedKeyPair);
CMPKIT_TABLE(CertResponse);
CMPKIT_TABLE(CertRepMessage);
CMPKIT_TABLE(CertStatus);
CMPKIT_TABLE(Challenge);
CMPKIT_TABLE(Rand);
CMPKIT_TABLE(KeyRecRepContent);
CMPKIT_TABLE(RevDetails);
CMPKIT_TABLE(RevRepContent);
CMPKIT_TABLE(CAKeyUpdAnnContent);
CMPKIT_TABLE(RootCaKeyUpdateContent);
CMPKIT_TABLE(CAKeyUpdContent);
CMPKIT_TABLE(RevAnnContent);
CMPKIT_TABLE(OOBCertHash);
CMPKIT_TABLE(ErrorMsgContent);
CMPKIT_TABLE(PollRequest);
CMPKIT_TABLE(PollResponse);
CMPKIT_TABLE(PKIBody);
CMPKIT_TABLE(PKIMessage);
CMPKIT_TABLE(CertReqTemplateContent);
CMPKIT_TABLE(CRLSource);
CMPKIT_TABLE(CRLStatus);
CMPKIT_TABLE(KemCiphertextInfo);
CMPKIT_TABLE(PBMParameter);
CMPKIT_TABLE(DHBMParameter);
CMPKIT_TABLE(KemBMParameter);
CMPKIT_TABLE(KemOtherInfo);
CMPKIT_TABLE(CMPCertificate);
CMPKIT_TABLE(CertificateListOctets);
CMPKIT_TABLE(PKIFreeText);
CMPKIT_TABLE(PKIStatus);
CMPKIT_TABLE(PKIMessages);
CMPKIT_TABLE(CertConfirmContent);
CMPKIT_TABLE(POPODecKeyChallContent);
CMPKIT_TABLE(RevReqContent);
CMPKIT_TABLE(CRLAnnContent);
CMPKIT_TABLE(GenMsgContent);
CMPKIT_TABLE(PollReqContent);
CMPKIT_TABLE(PollRepContent);
CMPKIT_TABLE(SignKeyPairTypesValue);
CMPKIT_TABLE(SuppLangTagsValue);
CMPKIT_TABLE(CaCertsValue);
CMPKIT_TABLE(CRLStatusListValue);
CMPKIT_TABLE(CRLsValue);

// Algorithm parameters and keys: algorithms.h
CMPKIT_TABLE(Pbkdf2Salt);
CMPKIT_TABLE(Pbkdf2Params);
CMPKIT_TABLE(Pbmac1Params);
CMPKIT_TABLE(Pbes2Params);
CMPKIT_TABLE(KmacWithShake128Params);
CMPKIT_TABLE(KmacWithShake256Params);
CMPKIT_TABLE(RsaesOaepParams);
CMPKIT_TABLE(RsassaPssParams);
CMPKIT_TABLE(RSAPublicKey);
CMPKIT_TABLE(RSAPrivateKey);
CMPKIT_TABLE(ECParameters);
CMPKIT_TABLE(ECPrivateKey);
CMPKIT_TABLE(EcdsaSigValue);
CMPKIT_TABLE(GMACParameters);
CMPKIT_TABLE(GCMParameters);
CMPKIT_TABLE(CCMParameters);
CMPKIT_TABLE(EccCmsSharedInfo);
CMPKIT_TABLE(MQVuserKeyingMaterial);
CMPKIT_TABLE(KeySpecificInfo);
CMPKIT_TABLE(OtherInfo);
CMPKIT_TABLE(DhSigStatic);
CMPKIT_TABLE(MLBothKeys);
CMPKIT_TABLE(MLPrivateKey);

#undef CMPKIT_TABLE

}  // namespace cmpkit::asn1
