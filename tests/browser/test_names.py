"""Names that are programs: wherever a name from data, a form or a person stands, none runs."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from domain.scope import EVERYTHING
from store.state import screens, sessions
from tests.browser.conftest import Web, watched
from tests.dashboards.logging_in import KEPT, SECRET, deed
from tests.metrics.collected import VIETNAM, Collected

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAYLOADS = [
    "<script>ran()</script>",
    "<img src=x onerror=ran()>",
    "<svg onload=ran()>",
    "<svg><script>ran()</script></svg>",
    '"><script>ran()</script>',
    "'><img src=x onerror=ran()>",
    "</title><script>ran()</script>",
    "</textarea><script>ran()</script>",
    "<iframe srcdoc='<script>parent.ran()</script>'>",
    "<a href='javascript:ran()'>x</a>",
    "[x](javascript:ran())",
    "javascript:ran()",
    "<body onload=ran()>",
    "<details open ontoggle=ran()>",
    "<input autofocus onfocus=ran()>",
    "<math><mtext><script>ran()</script>",
    "{{constructor.constructor('ran()')()}}",
    "${ran()}",
    "<a href='https://evil.example'>x</a>",
    "<b>\u202e</b><style>*{display:none}</style>",
]
PAGES = [
    *("/", "/area/25", "/area/25?metric=dossiers_received", "/sources", "/submit", "/alerts"),
    *("/metric/dossiers_received", "/dossiers", "/compare", "/index766", "/methodology", "/packs"),
]
PLAIN = ["/people", "/screens", "/audit", "/account", "/login", "/screen"]
FOREIGN = """[...document.querySelectorAll('*')].filter((one) =>
  [...one.attributes].some((a) => /^on/.test(a.name) || /^\\s*javascript:/i.test(a.value)) ||
  (one.tagName === 'A' && /evil/.test(one.href)) || one.tagName === 'IFRAME').length"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A home in which everything that can be named has such names."""
    home = tmp_path_factory.mktemp("names")
    collected = Collected(home)
    collected.deliver(dossiers(), reaches="2026-11-22 07:50", known="2026-11-22 07:55")
    told = {"title_vi": PAYLOADS[0], "title_en": PAYLOADS[1], "owner": PAYLOADS[2]}
    collected.promise("permits", **told)
    collected.published("2026-11-22 08:00")
    people(home)
    web = Web(home)
    web.start()
    yield web
    web.stop()


def dossiers() -> list[dict[str, object]]:
    chance, first = random.Random(1), datetime(2026, 11, 2, 9, tzinfo=VIETNAM)
    return [
        {
            "dossier_code": f"{payload}{number}",
            "procedure_code": f"1.{at:06}",
            "procedure_name": payload,
            "field_code": f"F{at}",
            "field_name": payload,
            "competent_organisation": f"H44.{at + 10}",
            "received_at": first + timedelta(days=number % 5),
            "due_at": first + timedelta(days=10),
            "finished_at": first + timedelta(days=chance.randrange(6, 14)),
            "status": 9,
            "receiving_area": "25@2025-07-01",
            "competent_area": "25@2025-07-01",
            "channel": "online",
            "deadline_precision": "day",
        }
        for at, payload in enumerate(PAYLOADS)
        for number in range(12)
    ]


def people(home: Path) -> None:
    from store.state.people import add_person, change_password, set_totp

    for number, payload in enumerate(PAYLOADS):
        add_person(home, f"p{number}", payload, "leader", EVERYTHING, KEPT, deed(payload))
    for number, payload in enumerate(PAYLOADS[:8]):
        asked = screens.ask(home, datetime.now(UTC), f"10.0.0.{number}")
        assert asked is not None
        where = (f"10.0.0.{number}/32",)
        screens.confirm(home, asked[0], (payload, payload, EVERYTHING, where), deed("screen.add"))
    add_person(home, "quantri", PAYLOADS[0], "administrator", EVERYTHING, KEPT, deed())
    change_password(home, "quantri", KEPT, deed())
    set_totp(home, "quantri", SECRET, deed())


def test_there_are_twenty_programs_in_names() -> None:
    assert len(set(PAYLOADS)) == 20


def test_none_of_twenty_programs_in_names_runs_on_any_page(browser: Browser, web: Web) -> None:
    with watched(browser, web) as visitor:
        token = sessions.begin(web.home, "quantri", "in", datetime.now(UTC), "127.0.0.1")
        form = web.app.server.extensions["ioc-people"].form_token(token)
        for name, value in (("ioc", token), ("_csrf_token", form)):
            cookie = {"name": name, "value": value, "url": web.address}
            visitor.page.context.add_cookies([cookie])  # type: ignore[list-item]  # as documented
        visitor.page.context.add_init_script("window.runs = 0; window.ran = () => { runs += 1 }")
        seen = ""
        for path in [*PAGES, *PLAIN]:
            page = visitor.page
            if path in PLAIN:
                page.goto(web.address + path)
            else:
                visitor.open(path)
            page.wait_for_timeout(300)
            text = page.inner_text("body")
            seen += text
            assert page.evaluate("window.runs") == 0, path
            assert page.evaluate(FOREIGN) == 0, path
            assert page.title().endswith("Toàn Cảnh"), path
            assert page.evaluate("window.violations") == [], path
        unseen = [one for one in PAYLOADS if one not in seen]
        assert not unseen  # they are shown, as the text they are
        visitor.check()
