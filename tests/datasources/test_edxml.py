"""Promises of edXML: both dialects, nothing personal, nothing secret, nothing endless."""

from datetime import UTC, date, datetime

import pytest

from tests.datasources.home import PAYLOADS, Delivery, Home

SOURCE = """
[exchange]
kind = "edxml"
path = "incoming"
"""
NATIONAL = (PAYLOADS / "edxml_national.edxml").read_bytes()
VENDOR = (PAYLOADS / "edxml_vendor.edxml").read_bytes()
SECRET = (PAYLOADS / "edxml_secret.edxml").read_bytes()
STATUS = (PAYLOADS / "edxml_status.edxml").read_bytes()


def deliver(home: Home, *messages: bytes) -> Delivery:
    home.configure(SOURCE)
    for number, message in enumerate(messages):
        home.write(f"incoming/2020/12/{number}.edxml", message)
    return home.collect("exchange")


def test_a_message_of_the_national_dialect_is_read(home: Home) -> None:
    [row] = deliver(home, NATIONAL).rows("document")
    assert row == {
        "document_id": "H44,2020/12/07,123/UBND-KSTT",
        "sender_organisation": "H44",
        "sender_area": "25@",
        "sent_at": datetime(2020, 12, 7, 2, 15, tzinfo=UTC),
        "promulgated_on": date(2020, 12, 7),
        "kind": "1",
        "signed": False,
        "paper": False,
        "due_on": date(2020, 12, 15),
        "business": 0,
        "receivers": 2,
        "receiver_organisations": "H44.18;G22",
        "signature": "unverified",
    }


def test_a_message_of_the_older_dialect_is_read_and_its_impossible_due_day_is_none(
    home: Home,
) -> None:
    [row] = deliver(home, VENDOR).rows("document")
    assert (row["sender_organisation"], row["sender_area"]) == ("H44.18", "238@")
    assert (row["signed"], row["paper"], row["business"], row["kind"]) == (False, True, 3, "2")
    assert row["due_on"] is None
    # 23:30 in Vietnam is still the 7th there, whatever it is in London.
    assert row["sent_at"] == datetime(2020, 12, 7, 16, 30, tzinfo=UTC)


def test_a_status_message_tells_what_became_of_a_document(home: Home) -> None:
    assert deliver(home, STATUS).rows("document_status") == [
        {
            "document_id": "H44,2020/12/07,123/UBND-KSTT",
            "organisation": "H44.18",
            "status": "03",
            "at": datetime(2020, 12, 7, 7, 5, tzinfo=UTC),
            "area": "238@",
        }
    ]


def test_a_message_marked_secret_is_counted_and_nothing_of_it_is_kept(home: Home) -> None:
    delivery = deliver(home, SECRET, SECRET, NATIONAL)
    assert delivery.manifest["rejected"] == {"document": 2}
    assert delivery.manifest["records_read"] == {"document": 3}
    assert {rule for _, _, rule, _ in delivery.refusals} == {"secret"}
    assert "tell the security officer" in delivery.manifest["contract"][0]
    for path in delivery.folder.iterdir():
        assert b"8/UBND" not in path.read_bytes()


def test_secrets_alone_do_not_make_a_delivery_bad(home: Home) -> None:
    assert deliver(home, *[SECRET] * 40).manifest["rejected"] == {"document": 40}


def test_attachments_are_not_read_however_large(home: Home) -> None:
    large = NATIONAL.replace(b"WlEyMCBaUTIwIFpRMjA= ZQ20", b"A" * 20_000_000)
    assert len(deliver(home, large).rows("document")) == 1


@pytest.mark.parametrize(
    ("message", "rule", "words"),
    [
        (
            NATIONAL.replace(
                b"<edXML:edXML ", b'<!DOCTYPE x [<!ENTITY a "ZQ">]>\n<edXML:edXML ', 1
            ),
            "doctype",
            "has a DOCTYPE",
        ),
        (
            NATIONAL.replace(
                b"<edXML:edXML ",
                b"<!--"
                + b" " * 5000
                + b"-->"
                + b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><edXML:edXML ',
                1,
            ),
            "doctype",
            "has a DOCTYPE",
        ),
        (NATIONAL[:1500], "xml", "is cut off or is not XML"),
        (NATIONAL[:-40], "xml", "is cut off or is not XML"),
        (b"", "xml", "is cut off or is not XML"),
        (b"<html/>", "shape", "has no edXMLEnvelope"),
        (b"<a>" * 5000, "xml", "is cut off or is not XML"),
        (
            NATIONAL.replace(b"ZQ16", b"A " * 2_500_000),
            "size",
            "has no envelope that ends in 4 MB",
        ),
        (NATIONAL.replace(b"MessageHeader", b"Header"), "shape", "has no MessageHeader"),
        (NATIONAL.replace(b"edXMLHeader", b"header"), "shape", "has no edXMLHeader"),
        (
            NATIONAL.replace(b"OrganId>H44<", b"OrganId>H99.5<"),
            "organisation",
            "is no organisation",
        ),
        (
            NATIONAL.replace(b"OrganId>G22<", b"OrganId>??<"),
            "organisation",
            "is no organisation code",
        ),
        (NATIONAL.replace(b"DocType>0<", b"DocType>7<"), "value", "is not one of 0, 1, 2, 3"),
        (NATIONAL.replace(b"H44,2020/12/07,123/UBND-KSTT", b""), "missing", "is empty"),
        (NATIONAL.replace(b" 09:15:00", b" 99:15:00"), "date", "is no date in a known form"),
        (STATUS.replace(b"StatusCode>03<", b"StatusCode>xong<"), "value", "is not a status"),
    ],
)
def test_what_is_no_message_is_refused_with_its_file_and_rule(
    home: Home, message: bytes, rule: str, words: str
) -> None:
    delivery = deliver(home, NATIONAL, message)
    [(row, _, broken, reason)] = delivery.refusals
    assert (row, broken) == (1, rule)
    assert words in reason
    assert "2020/12/1.edxml" in reason
    assert len(delivery.rows("document")) == 1


def test_an_entity_is_never_put_in_place(home: Home) -> None:
    bomb = b"".join(
        b'<!ENTITY a%d "%s">' % (depth, b"&a%d;" % (depth - 1) * 10 if depth else b"ZQ" * 10)
        for depth in range(10)
    )
    message = NATIONAL.replace(b"<edXML:edXML ", b"<!DOCTYPE x [" + bomb + b"]><edXML:edXML ", 1)
    message = message.replace(b"H44,2020/12/07,123/UBND-KSTT", b"&a9;")
    assert [rule for _, _, rule, _ in deliver(home, message).refusals] == ["doctype"]


def test_an_unknown_sender_is_told_the_nearest(home: Home) -> None:
    message = NATIONAL.replace(b"OrganId>H44<", b"OrganId>H44.19<")
    [(_, _, _, reason)] = deliver(home, message).refusals
    assert "Did you mean 'H44.18'" in reason


def test_a_message_written_in_utf_16_is_read(home: Home) -> None:
    message = NATIONAL.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert len(deliver(home, message).rows("document")) == 1


def test_thousands_of_messages_take_seconds(home: Home) -> None:
    home.configure(SOURCE)
    for number in range(2000):
        home.write(f"incoming/{number}.edxml", NATIONAL.replace(b"123/", b"%d/" % number))
    delivery = home.collect("exchange")
    assert delivery.manifest["records_read"] == {"document": 2000}
    assert len(set(delivery.column("document_id", "document"))) == 2000
