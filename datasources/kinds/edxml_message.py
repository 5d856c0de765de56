"""One edXML message (QCVN 102:2016/BTTTT), read no further than the end of its envelope.

Both dialects are read: they differ in what we do not keep (who signed), in the order of
organisation codes, and in where a mark of secrecy stands. Attachments lie behind the envelope
and are not read here; a DOCTYPE, which could make a small message endless, is refused, and so
is an envelope that does not end.
"""

import re
from dataclasses import dataclass

from lxml import etree

from domain.errors import RecordError

PIECE = 64 * 1024
PROLOGUE = 4096
LONGEST = 4 * 1024**2
"""An envelope holds a few thousand bytes; one of this many is none."""

CLOSED = re.compile(rb"</(?:[\w.-]+:)?edXML\s*>\s*\Z")
TAIL = 256
OPEN = frozenset({"", "0", "thường", "thuong", "không", "khong", "none"})
"""What the mark of secrecy says where there is none."""

SECRET_RULE = "secret"  # noqa: S105  (the name of a rule)


class MessageError(RecordError):
    """A file that is no message that can be read; `rule` names what it breaks."""

    def __init__(self, rule: str, fact: str) -> None:
        super().__init__(fact)
        self.rule = rule


@dataclass(frozen=True)
class Message:
    """What is kept of a message, as written; a status message has a `status`."""

    sender: str
    document_id: str
    receivers: tuple[str, ...] = ()
    promulgated: str = ""
    kind: str = ""
    due: str = ""
    sent: str = ""
    business: str = ""
    paper: str = ""
    has_signature: bool = False
    status: str | None = None


def read_message(content: bytes) -> Message:
    """The message in a file. Raises MessageError, which quotes nothing of it."""
    header = _header(content)
    if any((mark.text or "").strip().casefold() not in OPEN for mark in header.iter("{*}Secret")):
        raise MessageError(SECRET_RULE, "bears a mark of secrecy; nothing of it is kept")
    told = header.find("{*}MessageHeader")
    if told is None:
        raise MessageError("shape", "has no MessageHeader")
    if told.find("{*}StatusCode") is not None:
        return Message(
            sender=_text(told, "From/OrganId"),
            document_id=_text(told, "ResponseFor/DocumentId"),
            status=_text(told, "StatusCode"),
            sent=_text(told, "Timestamp"),
        )
    sender = _text(told, "From/OrganId")
    return Message(
        sender=sender,
        document_id=_text(told, "DocumentId"),
        receivers=tuple(
            (one.text or "").strip() for one in told.iterfind("{*}To/{*}OrganId") if one.text
        ),
        promulgated=_text(told, "PromulgationInfo/PromulgationDate"),
        kind=_text(told, "DocumentType/Type"),
        due=_text(told, "DueDate"),
        sent=_sent(header, sender),
        business=_text(header, "TraceHeaderList/Bussiness/BussinessDocType"),
        paper=_text(header, "TraceHeaderList/Bussiness/Paper"),
        has_signature=_is_signed(header),
    )


def _header(content: bytes) -> etree._Element:
    """The header of the envelope, with everything after the envelope left unread."""
    if b"<!DOCTYPE" in content[:PROLOGUE]:
        raise MessageError("doctype", "has a DOCTYPE, which no message needs")
    parser = etree.XMLPullParser(
        events=("end",),
        tag="{*}edXMLEnvelope",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        envelope = _envelope(parser, content)
    except etree.XMLSyntaxError:
        raise MessageError("xml", "is cut off or is not XML") from None
    if envelope.getroottree().docinfo.internalDTD is not None:
        raise MessageError("doctype", "has a DOCTYPE, which no message needs")
    header = envelope.find("{*}edXMLHeader")
    if header is None:
        raise MessageError("shape", "has no edXMLHeader")
    return header


def _envelope(parser: "etree.XMLPullParser[etree._Element]", content: bytes) -> etree._Element:
    for start in range(0, min(len(content), LONGEST), PIECE):
        parser.feed(content[start : start + PIECE])
        for _, envelope in parser.read_events():
            if not CLOSED.search(content[-TAIL:]):
                # Nothing behind the envelope is read, but a file cut off there is not whole.
                parser.feed(content[start + PIECE :])
                parser.close()
            return envelope
    if len(content) > LONGEST:
        raise MessageError("size", f"has no envelope that ends in {LONGEST // 1024**2} MB")
    parser.close()
    raise MessageError("shape", "has no edXMLEnvelope")


def _sent(header: etree._Element, sender: str) -> str:
    """When the sender let it go: the first trace of its own, else the first of all."""
    traces = header.findall("{*}TraceHeaderList/{*}TraceHeader")
    own = [trace for trace in traces if _text(trace, "OrganId") == sender]
    return _text((own or traces)[0], "Timestamp") if traces else ""


def _is_signed(header: etree._Element) -> bool:
    """Whether there is something in the place of the signature (see edxml_signature)."""
    signature = header.find("{*}Signature")
    return signature is not None and (len(signature) > 0 or bool((signature.text or "").strip()))


def _text(element: etree._Element, path: str) -> str:
    """The text at a path, whatever namespace its parts are in; empty where there is none."""
    return (element.findtext("/".join(f"{{*}}{part}" for part in path.split("/"))) or "").strip()
