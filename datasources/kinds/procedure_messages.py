"""What is decoded of an entry of the national database of procedures, and nothing beside it."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from datasources.kinds.dvcqg_messages import NOT_ZERO, YES, Text, text

AT_A_COUNTER = "1"


class Listed(msgspec.Struct):
    """One line of the list of procedures."""

    code: Text = msgspec.field(name="MATTHC", default=None)


class FieldOf(msgspec.Struct):
    """A field of administration."""

    code: Text = msgspec.field(name="MALINHVUC", default=None)
    name: Text = msgspec.field(name="TENLINHVUC", default=None)


class Office(msgspec.Struct):
    """Who carries a procedure out."""

    code: Text = msgspec.field(name="MADONVI", default=None)


class Price(msgspec.Struct):
    """What a procedure costs one way."""

    amount: Text | float = msgspec.field(name="SOTIEN", default=None)


class Term(msgspec.Struct):
    """How long a procedure takes one way, and what it costs then."""

    length: Text | float = msgspec.field(name="THOIGIANGIAIQUYET", default=None)
    unit: Text = msgspec.field(name="DONVITINH", default=None)
    prices: list[Price] | None = msgspec.field(name="PHILEPHI", default=None)


class Way(msgspec.Struct):
    """One way to file: 1 at a counter, 2 online, 3 by post."""

    channel: Text = msgspec.field(name="KENH", default=None)
    terms: list[Term] | None = msgspec.field(name="THOIGIAN", default=None)


class Procedure(msgspec.Struct):
    """All that is taken of one version of a procedure."""

    code: Text = msgspec.field(name="MATTHC", default=None)
    name: Text = msgspec.field(name="TENTTHC", default=None)
    fields: list[FieldOf] | None = msgspec.field(name="LINHVUCTHUCHIEN", default=None)
    ways: list[Way] | None = msgspec.field(name="CACHTHUCTHUCHIEN", default=None)
    offices: list[Office] | None = msgspec.field(name="COQUANTHUCHIEN", default=None)
    publisher: Text = msgspec.field(name="MACOQUANCONGBO", default=None)
    level: Text = msgspec.field(name="MUCDO", default=None)
    linked: Text = msgspec.field(name="TICHHOPDVCQG", default=None)
    payment: Text = msgspec.field(name="THANHTOANTRUCTUYEN", default=None)
    begun: Text = msgspec.field(name="NGAYHIEULUC", default=None)
    ended: Text = msgspec.field(name="NGAYHETHIEULUC", default=None)
    state: Text = msgspec.field(name="TRANGTHAI", default=None)
    updated: Text = msgspec.field(name="NGAYCAPNHAT", default=None)


THEIRS = {
    "procedure_code": "MATTHC",
    "procedure_name": "TENTTHC",
    "owner_organisation": "COQUANTHUCHIEN",
    "owner_area": "COQUANTHUCHIEN",
    "service_level": "MUCDO",
    "term": "THOIGIANGIAIQUYET",
    "term_unit": "DONVITINH",
    "linked": "TICHHOPDVCQG",
    "online_payment": "THANHTOANTRUCTUYEN",
    "valid_from": "NGAYHIEULUC",
    "valid_until": "NGAYHETHIEULUC",
}
"""What the national database calls our fields."""


def owner(one: Procedure) -> str:
    """Whose procedure it is: the one office that carries it out, or else who published it.

    What many offices carry out, such as every commune, is the publisher's. The publisher also
    stands at the end of a long code: 3.000181.000.00.00.H22.
    """
    offices = {text(office.code) for office in one.offices or ()} - {""}
    if len(offices) == 1:
        return offices.pop()
    return text(one.publisher) or ".".join(text(one.code).split(".")[2:])


def has_fee(one: Procedure) -> str:
    """Whether it costs something, whichever way; nothing where no way tells a price."""
    prices = [str(price.amount) for price in _prices(one) if price.amount is not None]
    told = any(term.prices is not None for term in _terms(one))
    if not told:
        return ""
    return YES if any(NOT_ZERO.search(price) for price in prices) else "no"


def term(one: Procedure) -> Term:
    """The term at a counter, or else of the first way that tells one."""
    told = [each for each in _terms(one) if text_of(each.length)]
    return told[0] if told else Term()


def text_of(value: Text | float) -> str:
    """A number or a text as text, 1.0 as 1."""
    return f"{value:g}" if isinstance(value, float) else text(value)


def _terms(one: Procedure) -> Iterator[Term]:
    ways = sorted(one.ways or (), key=lambda way: text(way.channel) != AT_A_COUNTER)
    return (each for way in ways for each in way.terms or ())


def _prices(one: Procedure) -> Iterator[Price]:
    return (price for each in _terms(one) for price in each.prices or ())


def _field(one: Procedure) -> FieldOf:
    return one.fields[0] if one.fields else FieldOf()


COLUMNS: Mapping[str, Callable[[Procedure], str]] = {
    "procedure_code": lambda one: text(one.code),
    "procedure_name": lambda one: text(one.name),
    "field_code": lambda one: text(_field(one).code),
    "field_name": lambda one: text(_field(one).name),
    "owner_organisation": owner,
    "service_level": lambda one: text(one.level),
    "term": lambda one: text_of(term(one).length),
    "term_unit": lambda one: text(term(one).unit),
    "has_fee": has_fee,
    "online_payment": lambda one: text(one.payment),
    "linked": lambda one: text(one.linked),
    "valid_from": lambda one: text(one.begun),
    "valid_until": lambda one: text(one.ended),
}
"""How each of our fields is told from theirs."""
