"""Three public interfaces that nobody here wrote connect by configuration alone.

Small replicas of what cities run: Open311 GeoReport v2 (service requests), CKAN's
datastore_search (open data tables) and Socrata's SODA (the same, with nulls left out). They
answer over real HTTP as the originals do, with their limits and their words.
"""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.datasources.api import Answer, Asked, serving, told
from tests.datasources.home import Delivery, Home

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def requests() -> list[dict[str, Any]]:
    """130 service requests, one every six hours, every other one closed after a day."""
    found = []
    for number in range(130):
        at = START + timedelta(hours=6 * number)
        closed = number % 2 == 0
        found.append(
            {
                "service_request_id": f"{638_344 + number}",
                "status": "closed" if closed else "open",
                "status_notes": "Duplicate request." if closed else None,
                "service_name": "Sidewalk and Curb Issues",
                "service_code": "006",
                "description": "Reported by Jane Canary, 555-0100",
                "agency_responsible": "UBND xã Sơn Hùng",
                "service_notice": None,
                "requested_datetime": written(at),
                "updated_datetime": written(at + timedelta(days=1 if closed else 0)),
                "expected_datetime": written(at + timedelta(days=3)) if number % 3 else None,
                "address": "8TH AVE and JUDAH ST",
                "lat": 37.762221815,
                "long": -122.4651145,
            }
        )
    return found


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def georeport(asked: Asked) -> Answer:
    """GET requests.json: at most 90 days at once and 50 on a page, whatever is asked for."""
    begin = datetime.fromisoformat(asked.params["start_date"])
    until = datetime.fromisoformat(asked.params["end_date"])
    if until - begin > timedelta(days=90):
        return Answer(b'[{"code": 400, "description": "span too long"}]', status=400)
    size = min(int(asked.params.get("page_size", 50)), 50)
    page = int(asked.params.get("page", 1))
    inside = [
        one
        for one in requests()
        if begin <= datetime.fromisoformat(one["requested_datetime"]) < until
    ]
    return told(inside[(page - 1) * size : page * size])


OPEN311 = """
[phan_anh]
kind = "json"
record = "feedback"
url = "{url}/open311/v2/requests.json"
allow_http = true
within = "25"
optional = ["due_at"]
[phan_anh.params]
jurisdiction_id = "city.gov"
[phan_anh.paging]
kind = "page"
parameter = "page"
size = 500
size_parameter = "page_size"
[phan_anh.changes]
from_parameter = "start_date"
until_parameter = "end_date"
days = 90
since = 2026-01-01
overlap_minutes = 43200
[phan_anh.columns]
feedback_code = "service_request_id"
status = "status"
field_code = "service_code"
field_name = "service_name"
organisation = "agency_responsible"
received_at = "requested_datetime"
due_at = "expected_datetime"
updated_at = "updated_datetime"
area = "agency_responsible"
[phan_anh.values.status]
"open" = "processing"
"closed" = "answered"
[phan_anh.values.area]
"*" = "25"
"""


def test_service_requests_of_open311_become_feedback(home: Home) -> None:
    with serving(georeport) as api:
        home.configure(OPEN311.format(url=api.url))
        delivery = home.collect("phan_anh")
    rows = delivery.rows("feedback")
    assert len(rows) == 130
    assert {one["status"] for one in rows} == {"processing", "answered"}
    first = rows[0]
    assert first["feedback_code"] == "638344"
    assert first["received_at"] == START
    assert first["updated_at"] == START + timedelta(days=1)
    assert (first["due_at"], rows[1]["due_at"]) == (None, START + timedelta(hours=78))
    assert first["area"] == "25@2025-07-01"
    assert_no_canary(delivery)


def assert_no_canary(delivery: Delivery) -> None:
    for path in delivery.folder.iterdir():
        assert b"Canary" not in path.read_bytes()


def complaints() -> list[dict[str, Any]]:
    """75 complaints; like the original, a key whose value is null is left out."""
    found = []
    for number in range(75):
        at = START + timedelta(hours=number)
        closed = {"closed_date": floating(at + timedelta(days=2))} if number % 5 else {}
        found.append(
            {
                "unique_key": f"{59_000_000 + number}",
                "created_date": floating(at),
                "agency": "DOT",
                "complaint_type": "Street Condition",
                "incident_address": "1 CANARY STREET",
                "status": "Closed" if closed else "In Progress",
                "open_data_channel_type": ("ONLINE", "PHONE", "MOBILE", "UNKNOWN")[number % 4],
                ":updated_at": written(at + timedelta(days=2)),
                **closed,
            }
        )
    return found


def floating(moment: datetime) -> str:
    """Socrata's "floating timestamp": no zone, milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000")


def soda(asked: Asked) -> Answer:
    """GET /resource/….json with SoQL in $where; a wrong token is refused."""
    if asked.headers.get("X-App-Token") != "app-token":
        return Answer(b'{"error": true, "message": "Invalid app_token"}', status=403)
    since = asked.params["$where"].removeprefix(":updated_at >= '").removesuffix("'")
    start, size = int(asked.params["$offset"]), int(asked.params["$limit"])
    found = [one for one in complaints() if one[":updated_at"] >= since]
    return told(found[start : start + size])


SODA = """
[phan_anh]
kind = "json"
record = "feedback"
url = "{url}/resource/erm2-nwe9.json"
allow_http = true
time_zone = "UTC"
auth = "header"
auth_name = "X-App-Token"
token_file = "config/token"
optional = ["answered_at"]
[phan_anh.params]
"$select" = ":*, *"
"$order" = ":updated_at, :id"
[phan_anh.paging]
kind = "offset"
parameter = "$offset"
size = 50
size_parameter = "$limit"
[phan_anh.changes]
from_parameter = "$where"
expression = ":updated_at >= '{{from}}'"
form = "yyyy-MM-ddTHH:mm:ssZ"
column = ":updated_at"
overlap_minutes = 120
[phan_anh.columns]
feedback_code = "unique_key"
channel = "open_data_channel_type"
field_name = "complaint_type"
area = "agency"
received_at = "created_date"
answered_at = "closed_date"
status = "status"
updated_at = ":updated_at"
[phan_anh.values.channel]
"ONLINE" = "portal"
"PHONE" = "hotline"
"MOBILE" = "app"
"*" = "other"
[phan_anh.values.status]
"In Progress" = "processing"
"Closed" = "answered"
[phan_anh.values.area]
"*" = "25"
"""


def test_complaints_of_socrata_become_feedback_and_only_changes_are_asked_for_again(
    home: Home,
) -> None:
    home.write("config/token", "app-token").chmod(0o600)
    with serving(soda) as api:
        home.configure(SODA.format(url=api.url))
        first = home.collect("phan_anh")
        again = home.collect("phan_anh", cursor=first.cursor)
    rows = first.rows("feedback")
    assert len(rows) == 75
    assert [one["channel"] for one in rows[:4]] == ["portal", "hotline", "app", "other"]
    assert [one["status"] for one in rows[:2]] == ["processing", "answered"]
    assert [one["answered_at"] for one in rows[:2]] == [None, START + timedelta(hours=49)]
    # The last change was seen at hour 74 + 48; with two hours of overlap three come again.
    assert len(again.rows("feedback")) == 3
    assert_no_canary(first)


STATES = ("En trámite", "Concedida", "Denegada", "Desistida")


def permits() -> list[dict[str, Any]]:
    """60 building permits as a Spanish city publishes them."""
    found = []
    for number in range(60):
        at = START + timedelta(days=number % 40, minutes=number)
        state = STATES[number % 4]
        done = f"{at + timedelta(days=20):%d/%m/%Y %H:%M}" if state != "En trámite" else None
        found.append(
            {
                "_id": number + 1,
                "num_expediente": f"LIC/2026/{number:05}",
                "fecha_entrada": f"{at:%d/%m/%Y %H:%M}",
                "fecha_limite": f"{at + timedelta(days=30):%d/%m/%Y}",
                "fecha_resolucion": done,
                "estado": state,
                "canal": "Sede electrónica" if number % 3 else "Presencial",
                "solicitante": "Juana Canary",
            }
        )
    return found


def datastore(asked: Asked) -> Answer:
    """GET datastore_search: the envelope, at most 25 rows at once, total told."""
    start, size = int(asked.params.get("offset", 0)), min(int(asked.params["limit"]), 25)
    rows = permits()[start : start + size]
    link = f"/api/3/action/datastore_search?limit={size}&offset={start + size}"
    result = {
        "include_total": True,
        "resource_id": asked.params["resource_id"],
        "fields": [{"id": "_id", "type": "int"}, {"id": "estado", "type": "text"}],
        "records": rows,
        "_links": {"start": "/api/3/action/datastore_search", "next": link},
        "total": 60,
        "total_was_estimated": False,
    }
    return told({"help": "https://x.example/help", "success": True, "result": result})


STATUSES = """
"En trámite" = "4"
"Concedida" = "9"
"Denegada" = "3"
"Desistida" = "7"
"""
CKAN = """
[licencias]
kind = "json"
record = "dossier"
url = "{url}/api/3/action/datastore_search"
allow_http = true
items = "result.records"
time_zone = "UTC"
[licencias.params]
resource_id = "07e9cf70"
[licencias.paging]
{paging}
size = 1000
size_parameter = "limit"
total = "result.total"
[licencias.columns]
dossier_code = "num_expediente"
received_at = "fecha_entrada"
due_at = "fecha_limite"
finished_at = "fecha_resolucion"
status = "estado"
channel = "canal"
competent_area = "_id"
[licencias.values.status]
{statuses}
[licencias.values.channel]
"Sede electrónica" = "online"
"Presencial" = "direct"
[licencias.values.competent_area]
"*" = "25"
"""
DUMP = """
[licencias]
kind = "csv"
record = "dossier"
path = "dump/*.csv"
delimiter = ";"
encoding = "iso-8859-1"
formats = ["MM-dd-yyyy HH.mm", "MM-dd-yyyy"]
time_zone = "UTC"
[licencias.columns]
dossier_code = "Expediente"
received_at = "Entrada"
due_at = "Límite"
finished_at = "Resolución"
status = "Situación"
channel = "Vía"
competent_area = "Vía"
[licencias.values.status]
{statuses}
[licencias.values.channel]
"Sede electrónica" = "online"
"Presencial" = "direct"
[licencias.values.competent_area]
"*" = "25"
"""


def dump() -> bytes:
    """The same permits as a file with other column names and other forms of dates."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    names = ["Expediente", "Entrada", "Límite", "Resolución", "Situación", "Vía", "Solicitante"]
    writer.writerow(names)
    for one in permits():
        dates = [one[name] for name in ("fecha_entrada", "fecha_limite", "fecha_resolucion")]
        rest = [one["estado"], one["canal"], one["solicitante"]]
        writer.writerow([one["num_expediente"], *map(americanised, dates), *rest])
    return text.getvalue().encode("iso-8859-1")


def americanised(text: str | None) -> str:
    if text is None:
        return ""
    day, _, clock = text.partition(" ")
    first, second, year = day.split("/")
    return f"{second}-{first}-{year} {clock.replace(':', '.')}".strip()


OFFSETS = 'kind = "offset"\nparameter = "offset"'
LINKS = 'kind = "cursor"\nnext = "result._links.next"\nparameter = "offset"'


def test_permits_of_ckan_are_the_same_dossiers_as_pages_and_as_a_file(home: Home) -> None:
    with serving(datastore) as api:
        home.configure(CKAN.format(url=api.url, paging=OFFSETS, statuses=STATUSES))
        pages = home.collect("licencias")
    assert [one.params["offset"] for one in api.asked] == ["0", "25", "50"]
    home.write("dump/a.csv", dump())
    home.configure(DUMP.format(statuses=STATUSES))
    file = home.collect("licencias")
    assert pages.rows() == file.rows()
    rows = pages.rows()
    assert len(rows) == 60
    assert [one["status"] for one in rows[:4]] == [4, 9, 3, 7]
    assert rows[1]["finished_at"] == START + timedelta(days=21, minutes=1)
    assert rows[1]["channel"] == "online"
    for delivery in (pages, file):
        assert delivery.refusals == []
        assert_no_canary(delivery)


def test_a_link_to_the_next_page_that_never_ends_is_told_by_the_total(home: Home) -> None:
    # CKAN names a next page after the last one too: an empty one, told by its links again.
    with serving(datastore) as api:
        home.configure(CKAN.format(url=api.url, paging=LINKS, statuses=STATUSES))
        assert len(home.collect("licencias").rows()) == 60
        assert len(api.asked) == 3
        text = CKAN.format(url=api.url, paging=LINKS, statuses=STATUSES)
        home.configure(text.replace('total = "result.total"', ""))
        assert "has empty pages without end. Set paging.total" in home.collect("licencias").error
