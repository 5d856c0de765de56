"""Whether the signature of a message holds, and whether the one who signed is trusted.

    verified    it holds, covers the header that is read, and leads to a trusted certificate
    unverified  there is one, but nobody vouches for it, or it is of a kind that is not verified
    invalid     what was signed is not what has come, or another key made the signature
    none        there is none

Whether a certificate has been revoked is not asked: that would need the network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from lxml import etree
from signxml.exceptions import InvalidSignature as BrokenSignature
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from domain.errors import SourceError

DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
SUFFIXES = (".pem", ".crt", ".cer", ".der")
LONGEST_CHAIN = 5
LARGEST = 16 * 1024**2
"""Larger messages are not verified: a signature covers the attachments too."""

NOT_VERIFIABLE = (
    SignXMLException,
    UnsupportedAlgorithm,
    etree.LxmlError,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""How a signature fails that is incomplete, malformed, or of a kind that nobody here knows."""


class Signature(StrEnum):
    """What is known of a signature."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    INVALID = "invalid"
    NONE = "none"


@dataclass(frozen=True)
class Trust:
    """The certificates that are trusted: of authorities, or of single organisations."""

    anchors: tuple[x509.Certificate, ...] = ()

    def reaches(self, chain: Sequence[x509.Certificate], at: datetime) -> bool:
        """Whether the first of `chain` was good at an instant, by way of the others."""
        one = chain[0]
        for below in range(-1, LONGEST_CHAIN):
            if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
                return False
            if one in self.anchors:
                return True
            known = (*self.anchors, *chain)
            issuer = next((by for by in known if _has_issued(by, one, below + 1)), None)
            if issuer is None or issuer == one:
                return False
            one = issuer
        return False


def read_trust(folder: Path, source: str) -> Trust:
    """The certificates in a folder, as PEM or DER. Raises SourceError naming what is none."""
    return Trust(tuple(one for path in _files(folder, source) for one in _read(path, source)))


def trust_mark(folder: Path, source: str) -> str:
    """Another one means that other certificates are trusted than before."""
    files = (sha256(path.read_bytes()).hexdigest() for path in _files(folder, source))
    return sha256("\n".join(sorted(files)).encode()).hexdigest()[:16]


def signature_of(content: bytes, at: datetime, trust: Trust) -> Signature:
    """What is known of the signature of a whole message, sent at an instant.

    The message has been read before: it is XML, has a header, and no DOCTYPE.
    """
    try:
        root = etree.fromstring(content, _parser())
        chain = _chain(root)
        signed = _verified(root, chain[0])
    except BrokenSignature:
        return Signature.INVALID
    except NOT_VERIFIABLE:
        return Signature.UNVERIFIED
    if _covers(signed, root) and trust.reaches(chain, at):
        return Signature.VERIFIED
    return Signature.UNVERIFIED


def _verified(root: etree._Element, signer: x509.Certificate) -> Sequence[VerifyResult]:
    """What the first signature of a header signs, by the key of a certificate."""
    place = _signature(root).getparent()
    if place is None:
        raise LookupError
    configuration = SignatureConfiguration(
        location=f"./{root.getroottree().getelementpath(place)}/",
        expect_references=True,
        # The times of the certificates are judged apart, at the instant of sending.
        verification_time=signer.not_valid_before_utc,
    )
    found = XMLVerifier().verify(
        root,
        x509_cert=signer,
        expect_config=configuration,
        validate_schema=False,
        parser=_parser(),
    )
    return found if isinstance(found, list) else [found]


def _covers(signed: Iterable[VerifyResult], root: etree._Element) -> bool:
    """Whether the header that is read is among what was signed, word for word."""
    told = root.find("{*}edXMLEnvelope/{*}edXMLHeader/{*}MessageHeader")
    headers = (
        found
        for one in signed
        if one.signed_xml is not None
        for found in one.signed_xml.iter("{*}MessageHeader")
    )
    return told is not None and any(_canonical(found) == _canonical(told) for found in headers)


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _signature(root: etree._Element) -> etree._Element:
    found = root.find(f"{{*}}edXMLEnvelope/{{*}}edXMLHeader//{DSIG}Signature")
    if found is None:
        raise LookupError
    return found


def _chain(root: etree._Element) -> list[x509.Certificate]:
    """The certificates in a signature, the signer's first."""
    texts = _signature(root).iterfind(f"{DSIG}KeyInfo/{DSIG}X509Data/{DSIG}X509Certificate")
    found = [
        x509.load_pem_x509_certificate(
            f"-----BEGIN CERTIFICATE-----\n{''.join((one.text or '').split())}\n"
            "-----END CERTIFICATE-----\n".encode()
        )
        for one in list(texts)[:LONGEST_CHAIN]
    ]
    issuers = {one.issuer for one in found if one.issuer != one.subject}
    return sorted(found, key=lambda one: one.subject in issuers)


def _has_issued(issuer: x509.Certificate, one: x509.Certificate, below: int) -> bool:
    """Whether an authority issued a certificate that has so many others below it."""
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        if not basic.ca or (basic.path_length is not None and basic.path_length < below):
            return False
        one.verify_directly_issued_by(issuer)
    except (*NOT_VERIFIABLE, x509.ExtensionNotFound, InvalidSignature):
        return False
    return True


def _parser() -> etree.XMLParser:
    """A parser that follows nothing. The size of a message is bounded before."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_pis=False
    )


def _files(folder: Path, source: str) -> list[Path]:
    if not folder.is_dir():
        raise SourceError(
            source, f"there is no folder {folder}", "Correct certificates in config/sources.toml"
        )
    return sorted(one for one in folder.iterdir() if one.suffix.lower() in SUFFIXES)


def _read(path: Path, source: str) -> list[x509.Certificate]:
    content = path.read_bytes()
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except ValueError:
        raise SourceError(
            source, f"{path.name} is no certificate", "Put PEM or DER certificates there"
        ) from None
