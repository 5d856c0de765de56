"""The shell: the app itself, the frame around every page, and what is registered with the gate.

app = create_app(Path("var"))
app.server                       # for gunicorn; already warmed up
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import dash_mantine_components as dmc
from dash import Dash, dcc, html

from dashboards import (
    administration,
    alert_documents,
    alerting,
    api,
    api_compared,
    area_picking,
    arriving,
    callbacks,
    dossier_page,
    dossiers_api,
    ids,
    ingest,
    mishaps,
    monitoring,
    my_boards,
    packing,
    pinning,
    scheduling,
    screens,
    security,
    signin,
    submissions,
    taking,
)
from dashboards.access import Access
from dashboards.board import LEADING
from dashboards.cache import AnswerCache
from dashboards.components.area_picker import AreaPicker
from dashboards.components.markup import Markup
from dashboards.data import Figures
from dashboards.digests.ways import MailServer
from dashboards.files import serve_files_well
from dashboards.first import first_picture
from dashboards.headers import add_headers, content_security_policy
from dashboards.identity import read_identity
from dashboards.office import closed_office
from dashboards.opening import Opening
from dashboards.people import OURSELVES, People
from dashboards.plain import EARLY
from dashboards.provider import Provider
from dashboards.proxy import TrustedProxy
from dashboards.selection import FILTERS, MOST_FILTERS
from dashboards.submitting import Desk
from dashboards.theme import ASSETS
from dashboards.wall import editing
from dashboards.wall import routes as wall
from metrics.snapshots import STANDARD, Limits

ROOMS = ("dashboards", "metrics", "assets", "domain")
LARGEST_REQUEST = 256 * 1024
WARMING = ("/", "/_dash-layout", "/_dash-dependencies")

INDEX = """<!DOCTYPE html>
<html lang="{language}" data-language="{language}" data-metric="{metric}">
<head>
<script>{early}</script>
{metas}
<title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/logo.svg">
{css}
</head>
<body>
<noscript><p>Toàn Cảnh cần JavaScript. Số liệu cũng có ở /api/v1/query.</p></noscript>
<div id="first">{first}</div>
{app_entry}
<div>
{config}
{scripts}
{renderer}
</div>
</body>
</html>"""


class IocDash(Dash):
    """Dash with our page around it, and nothing about versions in it."""

    language = "vi"
    leading_metric = ""
    first: Callable[[], str] = staticmethod(lambda: "")

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # the parts we use
        return INDEX.format(
            language=self.language,
            metric=self.leading_metric,
            early=EARLY,
            metas=parts["metas"],
            title=parts["title"],
            css=parts["css"],
            first=self.first(),
            app_entry=parts["app_entry"],
            config=_discreet(parts["config"]),
            scripts=parts["scripts"],
            renderer=parts["renderer"],
        )


def create_app(
    home: Path,
    *,
    poll_seconds: float = 2,
    language: str = "vi",
    opening: Opening | None = None,
    desk: Desk | None = None,
    workshop: Callable[[], None] = lambda: None,
    limits: Limits = STANDARD,
    mail: MailServer | None = None,
) -> Dash:
    """The web of one home, ready to be served by any number of threads.

    `opening` says to whom and under which addresses; by default to whoever is at this machine.
    It answers to those addresses only, so that no foreign site can reach it through a name
    that resolves to this machine. `desk` is where figures are handed in; by default nowhere.
    `workshop` starts the builder of files to take away, where none is at work.
    `limits` hold for every query. `mail` is the server packs are mailed through, if any.
    """
    opened = opening or Opening()
    app = IocDash(
        "dashboards",
        assets_folder=str(ASSETS),
        title="Toàn Cảnh",
        update_title=cast("str", None),  # Dash: None leaves the title alone
        suppress_callback_exceptions=True,
        serve_locally=True,
        compress=False,
        enable_mcp=False,
        use_pages=False,
        add_log_handler=False,
        on_error=mishaps.in_a_callback,
    )
    app.language = language
    app.leading_metric = LEADING
    app.server.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    figures = Figures(home, AnswerCache(app.server, home / "cache" / "drawn"), build_id(), limits)
    mishaps.expect_mishaps(app)
    config = read_identity(home)
    provider = None if config is None else Provider(config, opened.identity_secret)
    people = People(home, opened, provider)
    app.server.extensions["ioc-people"] = people
    access = Access(app, people.who, opened.hosts, opened.origins)
    access.closed = closed_office(opened.office)
    versions = monitoring.Versions(figures)
    app.layout = lambda: layout(poll_seconds, versions.now())
    app.first = lambda: first_picture(figures, layout(poll_seconds, {}), language)
    callbacks.register(access, figures)
    area_picking.register(access, figures)
    api.register(access, figures, dossiers_api.AskedDossiers)
    api_compared.register(access, figures)
    dossiers_api.register(access, figures)
    dossier_page.register(access, figures)
    ingest.register(access, home)
    submissions.register(access, desk)
    alerting.register(access, figures)
    alert_documents.register(access, figures)
    taking.register(access, home, workshop)
    packing.register(access, figures)
    scheduling.register(access, figures, mail)
    my_boards.register(access, figures)
    pinning.register(access, figures)
    signin.register(access, people)
    arriving.register(access, people)
    administration.register(access, people)
    screens.register(access, people)
    monitoring.register(access, figures, versions, people)
    wall.register(access, figures, poll_seconds)
    editing.register(access, figures)
    security.register(access, opened)
    serve_files_well(app.server, home / "cache" / "files")
    add_headers(app.server, content_security_policy(app, [EARLY]), is_secure=opened.is_secure)
    if opened.proxies:
        app.server.wsgi_app = TrustedProxy(app.server.wsgi_app, opened.proxies)
    warm(app)
    return app


def warm(app: Dash) -> None:
    """Let Dash finish setting up before the first visitor.

    Its first requests are not safe side by side: a wall that reloads just then stays blank.
    """
    with app.server.test_client() as client:
        for address in WARMING:
            client.get(address, headers={"Host": "localhost"}, environ_base={OURSELVES: True})


def build_id() -> str:
    """Changes whenever the program's files do: pages reload, and nothing drawn before is used."""
    root = ASSETS.parent
    files = sorted(path for room in ROOMS for path in (root / room).rglob("*") if path.is_file())
    stamps = [
        f"{path.relative_to(root)}:{path.stat().st_size}:{path.stat().st_mtime_ns}"
        for path in files
        if path.suffix != ".pyc"
    ]
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest()[:12]


def layout(poll_seconds: float, served: dict[str, str]) -> dmc.MantineProvider:
    """The frame, empty: what is in it depends on where the visitor is."""
    state = [
        dcc.Location(id=ids.URL, refresh="callback-nav"),
        dcc.Store(id=ids.PLACE),
        dcc.Store(id=ids.TOOLS),
        dcc.Store(id=ids.SERVED, data=served),
        dcc.Store(id=ids.DRAWN),
        dcc.Store(id=ids.PHRASES),
        dcc.Store(id=ids.TITLE),
        dcc.Store(id=ids.CLICKED),
        dcc.Store(id=ids.TURN),
        dcc.Interval(id=ids.POLL, interval=round(poll_seconds * 1000)),
    ]
    page = [
        Markup(id=ids.HEADER, element="header", className="ioc-header"),
        Markup(id=ids.OFFLINE),
        Markup(id=ids.BANNER),
        filters(),
        html.Main(html.Div(id=ids.PAGE), id="noi-dung", className="ioc-main"),
        Markup(id=ids.FOOTER, element="footer", className="ioc-footer"),
    ]
    drawer = dmc.Drawer(
        Markup(id=ids.DRAWER_BODY),
        id=ids.DRAWER,
        position="right",
        padding="lg",
        size="min(34rem, 100vw)",
        className="ioc-drawer",
    )
    return dmc.MantineProvider(
        dmc.DatesProvider(
            [*state, html.Div(page, className="ioc-app"), drawer],
            id=ids.DATES_LANGUAGE,
            settings={"locale": "vi", "firstDayOfWeek": 1},
        ),
        id=ids.MANTINE,
        defaultColorScheme="light",
    )


def filters() -> html.Div:
    """The bar of choices that every page about figures shares."""
    dates = dmc.DatePickerInput(
        id=ids.DATES,
        type="range",
        valueFormat="DD/MM/YYYY",
        allowSingleDateInRange=True,
        classNames={"label": "ioc-filters__label"},
    )
    return html.Div(
        [
            html.Div(
                AreaPicker(id=ids.SEARCH, label="", hint="", failed=""),
                className="ioc-filters__item ioc-filters__item--wide",
            ),
            Markup(id=ids.MORE, className="ioc-filters__toggle"),
            Markup(id=ids.PERIOD, className="ioc-filters__item"),
            html.Div(dates, className="ioc-filters__item"),
            Markup(id=ids.BOUNDARIES, className="ioc-filters__item"),
            html.Div([narrowing(), Markup(id=ids.OPTIONS)], className="ioc-filters__end"),
            Markup(id=ids.CHIPS, className="ioc-filters__chips"),
        ],
        id=ids.FILTERS,
        className="ioc-filters",
        role="search",
    )


def narrowing() -> html.Details:
    """The pickers of the filters, behind a button."""
    pickers = [
        dmc.MultiSelect(
            id=ids.picker(name),
            searchable=True,
            clearable=True,
            hidePickedOptions=True,
            filter={"function": "asTheyAre"},
            data=[],
            value=[],
            maxValues=MOST_FILTERS,
            maxDropdownHeight=320,
            classNames={"label": "ioc-filters__label"},
        )
        for name in FILTERS
    ]
    return html.Details(
        [
            Markup(id=ids.NARROWING_LABEL, element="summary", className="ioc-button"),
            html.Div(pickers, className="ioc-options__panel ioc-narrowing"),
            dcc.Store(id=ids.TYPED),
        ],
        className="ioc-options",
    )


def _discreet(config: str) -> str:
    """Dash's configuration for its renderer, without the versions of what runs here."""
    start, end = config.index(">") + 1, config.rindex("</script>")
    told = json.loads(config[start:end])
    for name in (
        "dash_version",
        "python_version",
        "plotly_version",
        "ddk_version",
        "dash_version_url",
    ):
        told.pop(name, None)
    told["children_props"] = {
        namespace: {name: props for name, props in components.items() if props}
        for namespace, components in told["children_props"].items()
    }
    text = json.dumps(told).replace("<", "\\u003c")
    return config[:start] + text + config[end:]
