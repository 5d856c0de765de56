"""Promises of JSON sources: every page once, proof of the end, a sentence for what is wrong."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from datasources.base import Document
from datasources.config import read_source
from datasources.kinds import asking, pages
from datasources.kinds.lines import quick_lines
from datasources.kinds.pages_config import JsonConfig
from domain.errors import CatalogueError
from tests.datasources.api import Answer, Asked, serving, told
from tests.datasources.home import NOW, Delivery, Home

SOURCE = """
[desk]
kind = "json"
record = "dossier"
url = "{url}"
allow_http = true
items = "data.items"
within = "25"
{keys}
[desk.columns]
dossier_code = "code"
received_at = "dates.received"
updated_at = "dates.changed"
competent_area = "place.commune"
channel = "how"
[desk.values.channel]
"WEB" = "online"
"*" = "direct"
{tables}
"""
PAGES = '[desk.paging]\nkind = "page"\nparameter = "p"\nsize = 10\nsize_parameter = "n"\n'


def item(number: int, changed: str = "2020-07-16T08:00:00Z") -> dict[str, Any]:
    return {
        "code": f"HS-{number}",
        "dates": {"received": "2020-07-15T01:30:00Z", "changed": changed},
        "place": {"commune": "08563"},
        "how": "WEB",
        "applicant": {"name": "Nguyễn Thị Canh"},
    }


ITEMS = [item(number) for number in range(25)]
CODES = [f"HS-{number}" for number in range(25)]


def paged(asked: Asked, items: list[dict[str, Any]] = ITEMS, most: int = 10) -> Answer:
    """A list by page number, no more than `most` at a time, whatever is asked for."""
    size = min(int(asked.params.get("n", most)), most)
    page = int(asked.params.get("p", 1))
    part = items[(page - 1) * size : page * size]
    return told({"data": {"items": part}, "meta": {"total": len(items)}})


def ask(
    home: Home,
    answer: Callable[[Asked], Answer],
    keys: str = "",
    tables: str = PAGES,
    **given: Any,
) -> tuple[Delivery, list[Asked]]:
    with serving(answer) as api:
        home.configure(SOURCE.format(url=f"{api.url}/v1/dossiers", keys=keys, tables=tables))
        return home.collect("desk", **given), api.asked


def codes(delivery: Delivery) -> list[str]:
    return list(delivery.column("dossier_code"))


def test_nested_values_become_the_fields_they_are_mapped_to_and_no_others_are_kept(
    home: Home,
) -> None:
    delivery, _ = ask(home, paged)
    assert delivery.rows()[0]["dossier_code"] == "HS-0"
    assert delivery.rows()[0]["channel"] == "online"
    assert delivery.rows()[0]["competent_area"] == "08563@"
    assert delivery.rows()[0]["received_at"] == datetime(2020, 7, 15, 1, 30, tzinfo=UTC)
    assert delivery.manifest["contract"] == ["Keys not read: applicant."]
    for path in delivery.folder.iterdir():
        assert b"Canh" not in path.read_bytes()


def test_pages_are_turned_until_one_is_empty_though_the_server_gives_less_than_is_asked(
    home: Home,
) -> None:
    delivery, asked = ask(home, lambda one: paged(one, most=4))
    assert codes(delivery) == CODES
    assert [one.params["p"] for one in asked] == ["1", "2", "3", "4", "5", "6", "7", "8"]


def test_where_the_answer_tells_how_many_there_are_no_page_too_many_is_asked(home: Home) -> None:
    delivery, asked = ask(home, paged, tables=PAGES + 'total = "meta.total"\n')
    assert codes(delivery) == CODES
    assert [one.params["p"] for one in asked] == ["1", "2", "3"]


def test_an_offset_moves_by_what_came_and_not_by_what_was_asked(home: Home) -> None:
    def by_offset(asked: Asked) -> Answer:
        start = int(asked.params["skip"])
        return told({"data": {"items": ITEMS[start : start + 7]}})

    tables = '[desk.paging]\nkind = "offset"\nparameter = "skip"\n'
    delivery, asked = ask(home, by_offset, tables=tables)
    assert codes(delivery) == CODES
    assert [one.params["skip"] for one in asked] == ["0", "7", "14", "21", "25"]


@pytest.mark.parametrize("form", ["{}", "http://elsewhere.example/v1?after={}&x=1", "?after={}"])
def test_a_cursor_is_followed_to_its_end_also_where_it_is_told_as_an_address(
    home: Home, form: str
) -> None:
    def by_cursor(asked: Asked) -> Answer:
        start = int(asked.params.get("after", 0))
        after = form.format(start + 10) if start + 10 < 25 else None
        return told({"data": {"items": ITEMS[start : start + 10]}, "next": after})

    tables = '[desk.paging]\nkind = "cursor"\nparameter = "after"\nnext = "next"\n'
    delivery, asked = ask(home, by_cursor, tables=tables)
    assert codes(delivery) == CODES
    assert [one.params.get("after") for one in asked] == [None, "10", "20"]


def test_a_page_that_comes_again_and_again_ends_the_run_and_nothing_is_taken(home: Home) -> None:
    delivery, _ = ask(home, lambda _: paged(Asked("GET", "", {"p": "1"}, {})))
    assert delivery.error == "desk: the list repeats an earlier page as its page 2. Check paging."
    assert list(home.path.glob("landing/*/2*")) == []


def test_a_page_that_comes_twice_by_mistake_is_asked_for_again(home: Home) -> None:
    slips = [True]

    def answer(asked: Asked) -> Answer:
        if asked.params["p"] == "2" and slips:
            slips.pop()
            return paged(Asked("GET", "", {"p": "1"}, {}))
        return paged(asked)

    assert codes(ask(home, answer)[0]) == CODES


def test_a_cursor_that_comes_again_ends_the_run(home: Home) -> None:
    number = iter(range(100))

    def answer(asked: Asked) -> Answer:
        return told({"data": {"items": [item(next(number))]}, "next": "same"})

    tables = '[desk.paging]\nkind = "cursor"\nparameter = "after"\nnext = "next"\n'
    delivery, _ = ask(home, answer, tables=tables)
    assert "names a next page that it has named before" in delivery.error


def test_a_list_without_end_is_left_after_so_many_pages(home: Home) -> None:
    def answer(asked: Asked) -> Answer:
        return told({"data": {"items": [item(int(asked.params["p"]))]}})

    delivery, asked = ask(home, answer, tables=PAGES + "max_pages = 5\n")
    assert "has more than 5 pages" in delivery.error
    assert len(asked) == 5


def test_fewer_items_than_promised_are_not_taken(home: Home) -> None:
    def answer(asked: Asked) -> Answer:
        body = json.loads(paged(asked).body)
        if asked.params["p"] == "3":
            body["data"]["items"] = []
        return told(body)

    delivery, _ = ask(home, answer, tables=PAGES + 'total = "meta.total"\n')
    assert "promises 25 items and sends 20. Nothing is taken" in delivery.error


def test_a_list_that_changes_while_its_pages_are_turned_is_read_again(home: Home) -> None:
    items = list(ITEMS)

    def answer(asked: Asked) -> Answer:
        if asked.params["p"] == "2" and len(items) == 25:
            del items[0]  # HS-10 moves to the first page, which was read already
        return paged(asked, items)

    delivery, _ = ask(home, answer, tables=PAGES + 'total = "meta.total"\n')
    assert set(codes(delivery)) == set(CODES)


CHANGES = """
[desk.changes]
from_parameter = "since"
column = "dates.changed"
overlap_minutes = 30
since = 2020-01-01
"""


def changed_since(asked: Asked, items: list[dict[str, Any]]) -> Answer:
    since = datetime.fromisoformat(asked.params["since"])
    found = [one for one in items if datetime.fromisoformat(one["dates"]["changed"]) >= since]
    return told({"data": {"items": found}})


def test_the_next_run_asks_for_what_changed_since_the_latest_that_was_seen_less_an_overlap(
    home: Home,
) -> None:
    items = [item(1, "2020-07-16T08:00:00+00:00"), item(2, "2020-07-16T09:00:00+00:00")]
    with serving(lambda one: changed_since(one, items)) as api:
        home.configure(SOURCE.format(url=api.url, keys="", tables=CHANGES))
        first = home.collect("desk")
        assert first.cursor["until"] == "2020-07-16T09:00:00+00:00"
        items += [item(3, "2020-07-16T10:00:00+00:00"), item(4, "2020-07-16T08:45:00+00:00")]
        second = home.collect("desk", cursor=first.cursor)
    assert [one.params["since"] for one in api.asked] == [
        "2020-01-01T00:00:00+07:00",
        "2020-07-16T15:30:00+07:00",
    ]
    assert codes(second) == ["HS-2", "HS-3", "HS-4"]  # 4 came late, within the overlap


def test_a_clock_that_is_fast_never_moves_the_mark_ahead_of_now(home: Home) -> None:
    tomorrow = (NOW + timedelta(hours=23)).isoformat()
    answer = told({"data": {"items": [item(1, tomorrow)]}})
    delivery, _ = ask(home, lambda _: answer, tables=CHANGES)
    assert delivery.cursor["until"] == NOW.isoformat()


WINDOWS = """
[desk.changes]
from_parameter = "a"
until_parameter = "b"
form = "yyyy-MM-dd HH:mm"
days = 700
since = 2022-01-01
"""


def test_a_long_past_is_asked_for_in_windows_each_of_all_its_pages(home: Home) -> None:
    delivery, asked = ask(home, lambda one: paged(one, [item(7)]), tables=PAGES + WINDOWS)
    spans = list(dict.fromkeys((one.params["a"], one.params["b"]) for one in asked))
    assert spans == [
        ("2022-01-01 00:00", "2023-12-02 00:00"),
        ("2023-12-02 00:00", "2025-11-01 00:00"),
        ("2025-11-01 00:00", "2026-11-22 10:00"),
    ]
    assert len(asked) == 6
    assert delivery.cursor["until"] == NOW.isoformat()


def test_a_run_that_has_used_half_its_time_leaves_the_other_windows_for_the_next(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "SHARE", 0.0)
    delivery, asked = ask(home, lambda _: told({"data": {"items": [item(1)]}}), tables=WINDOWS)
    assert len(asked) == 1
    assert delivery.cursor["until"] == "2023-12-01T17:00:00+00:00"
    assert any("the next run goes on from there" in one for one in delivery.manifest["contract"])


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ('auth = "bearer"', {"Authorization": "Bearer s3cret"}),
        ('auth = "basic"\nusername = "ioc"', {"Authorization": "Basic aW9jOnMzY3JldA=="}),
        ('auth = "header"\nauth_name = "X-Api-Key"', {"X-Api-Key": "s3cret"}),
    ],
)
def test_a_secret_comes_from_a_file_and_is_nowhere_written_down(
    home: Home, keys: str, expected: dict[str, str]
) -> None:
    secret(home)
    delivery, asked = ask(home, paged, keys + '\ntoken_file = "config/token"')
    assert expected.items() <= asked[0].headers.items()
    assert_nowhere(home, "s3cret")
    assert len(delivery.rows()) == 25


def test_a_secret_in_the_address_is_not_repeated_in_a_complaint(home: Home) -> None:
    secret(home)
    keys = 'auth = "query"\nauth_name = "key"\ntoken_file = "config/token"'
    delivery, asked = ask(home, lambda _: Answer(b"{}", status=403), keys)
    assert asked[0].params["key"] == "s3cret"
    assert "answers 403: it does not let us in. Check the account" in delivery.error
    assert "s3cret" not in delivery.error


def secret(home: Home) -> None:
    path = home.write("config/token", "s3cret\n")
    path.chmod(0o600)


def assert_nowhere(home: Home, word: str) -> None:
    for path in home.path.rglob("*"):
        if path.is_file() and path.name != "token":
            assert word.encode() not in path.read_bytes(), path


def test_a_token_that_others_can_read_is_not_used(home: Home) -> None:
    home.write("config/token", "s3cret").chmod(0o644)
    delivery, asked = ask(home, paged, 'auth = "bearer"\ntoken_file = "config/token"')
    assert "can be read by others" in delivery.error
    assert asked == []


def test_a_question_can_be_a_body_into_which_the_page_is_put(home: Home) -> None:
    def by_body(asked: Asked) -> Answer:
        return paged(Asked("POST", "", {"p": str(asked.body["paging"]["page"])}, {}))

    paging = '[desk.paging]\nkind = "page"\nparameter = "paging.page"\n'
    tables = paging + '[desk.body.paging]\nsort = "code"\n'
    delivery, asked = ask(home, by_body, 'method = "POST"', tables)
    assert codes(delivery) == CODES
    assert asked[1].body == {"paging": {"sort": "code", "page": 2}}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(b"<html>Dang nhap", headers={"Content-Type": "text/html"}), "perhaps a login page"),
        (Answer(b" <html>", headers={"Content-Type": "text/plain"}), "is a page for people"),
        (Answer(b'{"data": {"items": [{"co'), "is no whole JSON: it may be cut off"),
        (Answer(b'{"data": {"items": []}}', length=900), "broke off in the middle of its answer"),
        (Answer(b'{"date": {"items": []}}'), "holds no list at 'data.items'. Did you mean 'date'?"),
        (Answer(b'{"data": {"items": {}}}'), "holds no list at 'data.items'"),
        (Answer(b"", status=302, headers={"Location": "http://169.254.169.254/"}), "a redirect"),
        (Answer(b"{}", status=500), "answers 500"),
        (Answer(b"[" * 100_000), "nested without end"),
        (Answer(gzip.compress(b" " * 40_000_000), headers={"Content-Encoding": "gzip"}), "unpacks"),
        (Answer(b"x", headers={"Content-Encoding": "gzip, gzip"}), "in a way nobody asked for"),
        (Answer(b"no gzip", headers={"Content-Encoding": "gzip"}), "packed answer that is broken"),
        (Answer(b"", status=503, headers={"Retry-After": "4000"}), "answers 503"),
    ],
)
def test_an_answer_that_cannot_be_believed_is_not_taken_and_told_in_a_sentence(
    home: Home, answer: Answer, words: str
) -> None:
    delivery, _ = ask(home, lambda _: answer)
    assert words in delivery.error
    assert "Error" not in delivery.error
    assert list(home.path.glob("landing/*/2*")) == []


def test_a_server_that_asks_for_patience_is_asked_again_after_it(home: Home) -> None:
    patience = [Answer(b"", status=429, headers={"Retry-After": "1"})]
    delivery, _ = ask(home, lambda one: patience.pop() if patience else paged(one))
    assert codes(delivery) == CODES


def test_a_renamed_key_fails_the_batch_and_the_nearest_is_named(home: Home) -> None:
    renamed = [{**one, "how_": one["how"]} for one in ITEMS]
    for one in renamed:
        del one["how"]
    delivery, _ = ask(home, lambda one: paged(one, renamed, most=25), tables="")
    assert delivery.outcome.suspect
    assert "none of the 25 items of dossiers 1 has 'how'. Did you mean 'how_'?" in delivery.error
    assert "name channel under optional" in delivery.error
    optional = 'optional = ["channel"]'
    delivery, _ = ask(home, lambda one: paged(one, renamed, most=25), optional, tables="")
    assert set(delivery.column("channel")) == {"direct"}


def test_items_of_another_shape_are_refused_by_number_and_the_books_balance(home: Home) -> None:
    odd: list[Any] = ["text", {**item(91), "code": {"no": 1}}, {**item(92), "how": 10**30}]
    good = [item(number) for number in range(75)]
    delivery, _ = ask(home, lambda _: told({"data": {"items": [*good, *odd, *good]}}), tables="")
    assert delivery.refusals == [
        (76, "", "shape", "is no object with keys"),
        (77, "dossier_code", "shape", "is not one plain value"),
        (78, "channel", "shape", "is a number too large to be meant"),
    ]
    assert delivery.manifest["rows_read"] == 153
    assert delivery.manifest["records_read"] == {"dossier": 78}  # 75 that came twice, 3 refused


def test_numbers_written_as_numbers_need_no_decimal_sign_and_dates_may_be_counts_of_seconds(
    home: Home,
) -> None:
    home.configure("""
[figures]
kind = "json"
record = "observation"
path = "f.json"
decimal = ","
epoch = "ms"
[figures.columns]
metric = "m"
area = "a"
period_start = "from"
period_end = "to"
numerator = "n"
value = "v"
""")
    row = {"m": "paper_saved", "a": "25", "from": 1767200400000, "to": "01/02/2026"}
    home.write("f.json", json.dumps([{**row, "n": 1.5, "v": "98,25"}]))
    [found] = home.collect("figures").rows("observation")
    assert (found["numerator"], found["value"]) == (1.5, 98.25)
    assert found["period_start"].isoformat() == "2026-01-01"


LINES = """
[log]
kind = "json"
record = "dossier"
path = "in"
[log.columns]
dossier_code = "code"
competent_area = "area"
"""


def test_a_file_of_lines_is_read_line_by_line_and_a_broken_one_is_refused(home: Home) -> None:
    home.configure(LINES)
    lines = [json.dumps({"code": f"HS-{number}", "area": "25"}) for number in range(30)]
    home.write("in/a.ndjson", "\n".join([*lines[:10], '{"code": "x', *lines[10:]]) + "\n")
    delivery = home.collect("log")
    assert len(delivery.rows()) == 30
    assert delivery.refusals == [(11, "", "shape", "is no JSON")]
    home.write("in/a.ndjson", "\n".join([*lines, '{"code": "HS-3']))
    assert "ends in the middle of line 31" in home.collect("log").error


def test_a_check_asks_for_one_page_only(home: Home) -> None:
    delivery, asked = ask(home, paged, sample=True)
    assert len(asked) == 1
    assert len(delivery.rows()) == 10


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('path = "x"', "needs either path (files) or url (to be asked), and not both"),
        ('auth = "bearer"', "needs token_file"),
        ('headers = {Authorization = "Bearer x"}', "use auth and token_file"),
        ('paging = {kind = "page"}', "needs parameter"),
        ('paging = {kind = "cursor"}', "needs next"),
        ('paging = {kynd = "page"}', "paging.kynd is no key of this kind of source. Did you mean"),
        ('changes = {from_parameter = "a", days = 3}', "days needs until_parameter"),
        ('changes = {from_parameter = "a", form = "hôm nay"}', "has letters other than"),
    ],
)
def test_a_stanza_that_cannot_work_is_refused_before_anything_is_asked(
    home: Home, keys: str, words: str
) -> None:
    import tomllib

    text = SOURCE.format(url="https://x.example", keys=keys, tables="")
    with pytest.raises(CatalogueError) as caught:
        read_source("desk", tomllib.loads(text)["desk"])
    assert words in caught.value.message


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://[::ffff:169.254.169.254]/latest",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://user:pw@127.0.0.1/",
        "http://127.0.0.1/?a=b",
        "http:///x",
    ],
)
def test_an_address_that_may_not_be_asked_is_refused(home: Home, url: str) -> None:
    home.configure(SOURCE.format(url=url, keys="", tables=""))
    assert home.collect("desk").error.startswith("desk: url (")


def test_http_needs_to_be_allowed_and_a_network_can_be_fixed(home: Home) -> None:
    with serving(paged) as api:
        text = SOURCE.format(url=api.url, keys="", tables="")
        home.configure(text.replace("allow_http = true", ""))
        assert "is not encrypted" in home.collect("desk").error
        home.configure(text.replace("items =", 'networks = ["10.0.0.0/8"]\nitems ='))
        assert "leads to an address that may not be asked" in home.collect("desk").error
        assert api.asked == []


PLAIN = [
    {"code": f"HS-{number}", "place": {"area": "25" if number % 3 else None}, "x": [1, {"y": 2}]}
    for number in range(40)
]
NESTED = LINES.replace('"area"', '"place.area"') + '[log.values.competent_area]\n"" = "25"\n'


def as_lines(items: list[Any]) -> bytes:
    return "\n".join(json.dumps(one) for one in items).encode()


@pytest.mark.parametrize(
    ("content", "quick"),
    [
        (as_lines(PLAIN), True),
        (b"\xef\xbb\xbf" + as_lines(PLAIN) + b"\n", True),
        (as_lines([*PLAIN, {"code": 7, "place": {"area": "25"}}]), False),
        (as_lines([*PLAIN, {"code": "a", "place": {"area": 25}}]), False),
        (as_lines([*PLAIN, {"code": "a", "place": "25"}]), False),
        (as_lines(PLAIN).replace(b"\n", b"\n\n", 1), False),
        (as_lines(PLAIN).replace(b"\n", b" ", 1), False),
        (as_lines(PLAIN) + b"\n[1]\n", False),
        (b"null\n" + as_lines(PLAIN), False),
        (as_lines(PLAIN).replace(b'"code"', b'"kode"'), False),
        (as_lines(PLAIN).replace(b"HS-1", b"HS-\xff", 1), False),
    ],
)
def test_lines_of_plain_texts_are_read_as_one_table_which_says_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch, content: bytes, quick: bool
) -> None:
    import tomllib

    config = read_source("log", tomllib.loads(NESTED)["log"])
    assert isinstance(config, JsonConfig)
    assert (quick_lines(Document("a.ndjson", content), config) is not None) is quick
    home.configure(NESTED)
    home.write("in/a.ndjson", content)
    first = home.collect("log").outcome
    monkeypatch.setattr(pages, "quick_lines", lambda *_: None)
    second = home.collect("log").outcome
    assert first.error == second.error
    if first.folder is not None:
        one, other = Delivery(first), Delivery(second)
        assert one.rows() == other.rows()
        assert one.refusals == other.refusals
        assert one.manifest["contract"] == other.manifest["contract"] != []
