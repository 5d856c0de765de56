"""Signatures as they are really made (xmldsig, ECDSA), by an authority that does not exist.

Keys are drawn from names: the same in every run, and secret to nobody. So nothing but a
demonstration may ever trust this authority.
"""

from base64 import b64encode
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256, sha512
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

AUTHORITY = "Chứng thực mô phỏng, không có thật"
UNKNOWN_AUTHORITY = "Chứng thực nội bộ mô phỏng, không ai tin"
SLOT = "<edXML:Signature/>"
"""Where a message has no signature, and where one is put."""

FIRST, LAST = datetime(2019, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)
CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DSIG = "http://www.w3.org/2000/09/xmldsig#"
ALIKE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ALONE = "http://www.w3.org/2001/10/xml-exc-c14n#"


class Identity(NamedTuple):
    """A key and the certificate that goes with it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def authority_pem() -> bytes:
    """The certificate of the authority, for the folder of those that are trusted."""
    return _authority(AUTHORITY).certificate.public_bytes(Encoding.PEM)


def signed(message: str, signer: str, *, trusted: bool = True) -> str:
    """A message with the signature of an organisation, by its code, in the empty place for it.

    Without `trusted` the certificate is from an authority that nobody knows.
    """
    identity = _organisation(signer, AUTHORITY if trusted else UNKNOWN_AUTHORITY)
    # The signature is taken out before a digest is made; the element around it stays.
    whole = etree.tostring(etree.fromstring(message.encode()), method="c14n")
    told = _signed_info(b64encode(sha256(whole).digest()).decode())
    pair = decode_dss_signature(
        identity.key.sign(told.encode(), ec.ECDSA(SHA256(), deterministic_signing=True))
    )
    value = b64encode(b"".join(part.to_bytes(32, "big") for part in pair)).decode()
    certificate = b64encode(identity.certificate.public_bytes(Encoding.DER)).decode()
    signature = (
        f'<ds:Signature xmlns:ds="{DSIG}">{told}<ds:SignatureValue>{value}</ds:SignatureValue>'
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
    return message.replace(SLOT, f"<edXML:Signature>{signature}</edXML:Signature>", 1)


def _signed_info(digest: str) -> str:
    """What is signed, written as exclusive canonical XML writes it."""
    return (
        f'<ds:SignedInfo xmlns:ds="{DSIG}">'
        f'<ds:CanonicalizationMethod Algorithm="{ALONE}"></ds:CanonicalizationMethod>'
        '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256">'
        '</ds:SignatureMethod><ds:Reference URI=""><ds:Transforms>'
        f'<ds:Transform Algorithm="{DSIG}enveloped-signature"></ds:Transform>'
        f'<ds:Transform Algorithm="{ALIKE}"></ds:Transform></ds:Transforms>'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )


@lru_cache(maxsize=4)
def _authority(name: str) -> Identity:
    key = _key(name)
    unsigned = _unsigned(name, name, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    return Identity(key, unsigned.sign(key, SHA256(), ecdsa_deterministic=True))


@lru_cache(maxsize=8192)
def _organisation(code: str, authority: str) -> Identity:
    key, issuer = _key(f"{authority} {code}"), _authority(authority)
    unsigned = _unsigned(code, authority, key)
    return Identity(key, unsigned.sign(issuer.key, SHA256(), ecdsa_deterministic=True))


def _unsigned(name: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_called(name))
        .issuer_name(_called(issuer))
        .public_key(key.public_key())
        .serial_number(int.from_bytes(sha256(name.encode()).digest()[:8], "big") >> 1)
        .not_valid_before(FIRST)
        .not_valid_after(LAST)
    )


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _key(name: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(sha512(name.encode()).digest(), "big")
    return ec.derive_private_key(1 + number % (ORDER - 1), CURVE)
