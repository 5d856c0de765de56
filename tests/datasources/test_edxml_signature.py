"""Promises of signatures: what is called verified was signed, by someone who is vouched for."""

import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.signer import XMLSigner

from datasources.base import Document, Order
from datasources.kinds.edxml import KIND, EdxmlConfig
from datasources.kinds.edxml_signature import LARGEST
from datasources.running.worker import perform
from datasources.simulator.clock import end_of_day, instant_of
from datasources.simulator.demo import FOLDER, fill
from datasources.simulator.documents import INVALID, UNSIGNED, UNVERIFIED, VERIFIED
from datasources.simulator.dropbox import Dropbox
from datasources.simulator.world import World
from tests.datasources.home import NOW, PAYLOADS, Delivery, Home

SOURCE = """
[exchange]
kind = "edxml"
path = "incoming"
certificates = "trusted"
"""
NATIONAL = (PAYLOADS / "edxml_national.edxml").read_bytes()
PLACEHOLDER = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="placeholder"/>'
UNSIGNED_MESSAGE = (
    NATIONAL[: NATIONAL.index(b"<ds:Signature")]
    + PLACEHOLDER
    + NATIONAL[NATIONAL.index(b"</edXML:Signature>") :]
)
SENT = datetime(2020, 12, 7, tzinfo=UTC)
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Signer:
    """A key and its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self, name: str, *, authority: bool = False, start: datetime = SENT - YEAR
    ) -> "Signer":
        return issued(name, self, authority=authority, start=start)


def issued(
    name: str, by: Signer | None, *, authority: bool, start: datetime = SENT - YEAR
) -> Signer:
    key = rsa.generate_private_key(65537, 2048)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(by.certificate.subject if by else called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + 2 * YEAR)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(by.key if by else key, SHA256())
    )
    return Signer(key, certificate)


@pytest.fixture(scope="module")
def root() -> Signer:
    return issued("Root", None, authority=True)


@pytest.fixture(scope="module")
def office(root: Signer) -> Signer:
    return root.issue("H44")


def sign(message: bytes, *chain: Signer, uri: str | None = None) -> bytes:
    """A message signed by the first of `chain` with the library others use for it."""
    signed = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#").sign(
        etree.fromstring(message),
        key=chain[0].key,
        cert=[one.certificate for one in chain],
        reference_uri=uri,
    )
    return bytes(etree.tostring(signed))


def deliver(home: Home, message: bytes, *trusted: Signer) -> Delivery:
    home.configure(SOURCE)
    (home.path / "trusted").mkdir(exist_ok=True)
    for number, one in enumerate(trusted):
        (home.path / "trusted" / f"{number}.pem").write_bytes(one.pem)
    home.write("incoming/a.edxml", message)
    return home.collect("exchange")


def signature(delivery: Delivery) -> tuple[str, bool]:
    [row] = delivery.rows("document")
    return row["signature"], row["signed"]


VERIFIED_ROW, UNVERIFIED_ROW = ("verified", True), ("unverified", False)
INVALID_ROW, NONE_ROW = ("invalid", False), ("none", False)


def test_a_signature_that_holds_and_leads_to_a_trusted_authority_is_verified(
    home: Home, root: Signer, office: Signer
) -> None:
    assert signature(deliver(home, sign(UNSIGNED_MESSAGE, office), root)) == VERIFIED_ROW


def test_the_certificate_of_the_organisation_itself_may_be_trusted(
    home: Home, office: Signer
) -> None:
    assert signature(deliver(home, sign(UNSIGNED_MESSAGE, office), office)) == VERIFIED_ROW


def test_an_authority_below_the_trusted_one_vouches_too(home: Home, root: Signer) -> None:
    below = root.issue("Sub", authority=True)
    message = sign(UNSIGNED_MESSAGE, below.issue("H44"), below)
    assert signature(deliver(home, message, root)) == VERIFIED_ROW


def test_an_organisation_cannot_vouch_for_another(home: Home, root: Signer) -> None:
    office = root.issue("H44.18", authority=False)
    message = sign(UNSIGNED_MESSAGE, office.issue("H44"), office)
    assert signature(deliver(home, message, root)) == UNVERIFIED_ROW


def test_without_a_certificate_to_trust_no_signature_is_verified(
    home: Home, office: Signer
) -> None:
    assert signature(deliver(home, sign(UNSIGNED_MESSAGE, office))) == UNVERIFIED_ROW


def test_an_authority_of_the_same_name_with_another_key_does_not_vouch(
    home: Home, office: Signer
) -> None:
    twin = issued("Root", None, authority=True)
    assert signature(deliver(home, sign(UNSIGNED_MESSAGE, office), twin)) == UNVERIFIED_ROW


def test_a_certificate_counts_at_the_time_of_sending(home: Home, root: Signer) -> None:
    late = root.issue("H44", start=SENT + timedelta(days=30))
    assert signature(deliver(home, sign(UNSIGNED_MESSAGE, late), root)) == UNVERIFIED_ROW


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Paper>0<", b"Paper>1<"),
        (b"ZQ16", b"ZQ17"),
        (b"WlEyMCBaUTIwIFpRMjA= ZQ20", b"WlEyMCBaUTIwIFpRMjA= ZQ21"),
        (b"<ds:DigestValue>", b"<ds:DigestValue>AAAA"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
    ],
)
def test_what_was_altered_after_it_was_signed_has_an_invalid_signature(
    home: Home, root: Signer, office: Signer, before: bytes, after: bytes
) -> None:
    message = sign(UNSIGNED_MESSAGE, office)
    assert before in message
    delivery = deliver(home, message.replace(before, after), root)
    assert signature(delivery) == INVALID_ROW
    assert "a signature that does not hold" in delivery.manifest["contract"][0]


def test_a_signature_by_another_key_than_its_certificates_is_invalid(
    home: Home, root: Signer, office: Signer
) -> None:
    forged = Signer(issued("Thief", None, authority=True).key, office.certificate)
    assert signature(deliver(home, sign(UNSIGNED_MESSAGE, forged), root)) == INVALID_ROW


def test_a_signature_over_something_else_than_the_header_proves_nothing(
    home: Home, root: Signer, office: Signer
) -> None:
    marked = UNSIGNED_MESSAGE.replace(b"<edXML:MessageHeader>", b'<edXML:MessageHeader Id="h">', 1)
    genuine = sign(marked, office, uri="#h")
    assert signature(deliver(home, genuine, root)) == VERIFIED_ROW
    start, end = genuine.index(b"<edXML:MessageHeader "), genuine.index(b"</edXML:MessageHeader>")
    header = genuine[start:end] + b"</edXML:MessageHeader>"
    forged = header.replace(b' Id="h"', b"").replace(b"H44,2020/12/07,123", b"H44,2020/12/07,666")
    # The header that was signed lies in the body now, and another one is read.
    wrapped = genuine.replace(header, forged).replace(
        b"<edXML:edXMLBody>", b"<edXML:edXMLBody>" + header
    )
    delivery = deliver(home, wrapped, root)
    assert delivery.column("document_id", "document") == ["H44,2020/12/07,666/UBND-KSTT"]
    assert signature(delivery) == UNVERIFIED_ROW


@pytest.mark.parametrize(
    "inside",
    [
        b"c2lnbmVk",
        b"<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>",
        NATIONAL[NATIONAL.index(b"<ds:Signature") : NATIONAL.index(b"</edXML:Signature>")],
    ],
)
def test_something_in_the_place_of_a_signature_is_present_and_unverified(
    home: Home, root: Signer, inside: bytes
) -> None:
    assert signature(deliver(home, UNSIGNED_MESSAGE.replace(PLACEHOLDER, inside), root)) == (
        UNVERIFIED_ROW
    )


class Weak(XMLSigner):
    """Signs as was usual before 2020."""

    def check_deprecated_methods(self) -> None:
        return


def test_a_signature_made_with_sha1_is_not_called_verified(
    home: Home, root: Signer, office: Signer
) -> None:
    signer = Weak(signature_algorithm="rsa-sha1", digest_algorithm="sha1")
    signed = signer.sign(
        etree.fromstring(UNSIGNED_MESSAGE), key=office.key, cert=[office.certificate]
    )
    assert signature(deliver(home, bytes(etree.tostring(signed)), root)) == UNVERIFIED_ROW


def test_an_empty_place_is_no_signature(home: Home, root: Signer) -> None:
    assert signature(deliver(home, UNSIGNED_MESSAGE.replace(PLACEHOLDER, b""), root)) == NONE_ROW


def test_messages_are_read_again_when_other_certificates_are_trusted(
    home: Home, root: Signer, office: Signer
) -> None:
    first = deliver(home, sign(UNSIGNED_MESSAGE, office))
    assert signature(first) == UNVERIFIED_ROW
    assert home.collect("exchange", cursor=first.cursor).manifest["rows_read"] == 0
    (home.path / "trusted" / "root.der").write_bytes(root.certificate.public_bytes(Encoding.DER))
    again = home.collect("exchange", cursor=first.cursor)
    assert signature(again) == VERIFIED_ROW
    assert home.collect("exchange", cursor=again.cursor).manifest["rows_read"] == 0


def test_a_file_that_is_no_certificate_is_named(home: Home, office: Signer) -> None:
    (home.path / "trusted").mkdir()
    (home.path / "trusted" / "note.pem").write_text("-----BEGIN ZQ-----")
    delivery = deliver(home, sign(UNSIGNED_MESSAGE, office))
    assert "note.pem is no certificate" in delivery.error
    assert "ZQ" not in delivery.error


def test_a_missing_folder_of_certificates_is_named(home: Home) -> None:
    home.configure(SOURCE)
    home.write("incoming/a.edxml", NATIONAL)
    assert "there is no folder" in home.collect("exchange").error


@pytest.fixture
def large(home: Home, office: Signer) -> Iterator[Path]:
    """A signed message with an attachment of 200 MB."""
    message = sign(UNSIGNED_MESSAGE, office)
    before, after = message.split(b"WlEyMCBaUTIwIFpRMjA= ZQ20")
    path = home.write("incoming/large.edxml", before)
    with path.open("ab") as file:
        for _ in range(200):
            file.write(b"A" * 1024**2)
        file.write(after)
    home.write("incoming/large.edxml.done", b"")
    yield path
    path.unlink()


def test_an_attachment_of_200_megabytes_is_never_held(home: Home, large: Path) -> None:
    config = EdxmlConfig(kind="edxml", path="incoming")
    tracemalloc.start()
    try:
        [document] = KIND.fetch(config, Order("exchange", home.path, NOW))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2.5 * LARGEST
    assert isinstance(document, Document)
    home.configure(SOURCE.replace('certificates = "trusted"', ""))
    delivery = home.collect("exchange")
    assert signature(delivery) == UNVERIFIED_ROW
    with large.open("rb") as file:
        digest = sha256(file.read()).hexdigest()
    assert delivery.manifest["origins"] == [
        {"name": "large.edxml", "sha256": digest, "bytes": large.stat().st_size}
    ]
    assert delivery.manifest["contract"] == ["Signatures of messages over 16 MB are not verified."]


def test_a_large_message_that_is_cut_off_is_refused(home: Home, large: Path) -> None:
    with large.open("r+b") as file:
        file.truncate(100 * 1024**2)
    home.write("incoming/good.edxml", NATIONAL)
    home.configure(SOURCE.replace('certificates = "trusted"', ""))
    assert [rule for _, _, rule, _ in home.collect("exchange").refusals] == ["xml"]


def test_every_signature_of_the_simulated_province_is_found_to_be_what_it_is(home: Home) -> None:
    day = date(2025, 3, 31)
    world = World(20200101, ["04"], date(2025, 1, 1), day, scale=6)
    fill(home.path, world, 8051)
    Dropbox(world, home.path / FOLDER).catch_up(end_of_day(day))
    known = Counter(world.documents("04", end_of_day(day)).signature.tolist())
    assert min(known[one] for one in (UNSIGNED, VERIFIED, UNVERIFIED, INVALID)) > 0
    job = home.job("van_ban")
    delivery = Delivery(
        perform(type(job)(job.home, job.source, job.root, instant_of(end_of_day(day))))
    )
    told = Counter(delivery.column("signature", "document"))
    assert told == {
        "none": known[UNSIGNED],
        "verified": known[VERIFIED],
        "unverified": known[UNVERIFIED],
        "invalid": known[INVALID],
    }
