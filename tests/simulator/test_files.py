"""The files the simulated province leaves behind, read as a stranger would read them."""

import csv
import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from datasources.simulator.clock import DAY, NEVER, end_of_day, local_seconds
from datasources.simulator.demo import fill, sources_toml
from datasources.simulator.documents import NOBODY
from datasources.simulator.dropbox import COLUMNS, Dropbox
from datasources.simulator.edxml import NAMESPACE
from datasources.simulator.world import World
from domain.area import Level, register
from domain.organisation import OrganisationRegister, load_organisations, normalise_code
from tests.simulator.asking import END, SEED, START, second

ED = {"e": NAMESPACE, "ds": "http://www.w3.org/2000/09/xmldsig#"}


def texts(message: etree._Element, path: str) -> list[str]:
    return [str(found.text or "") for found in message.iterfind(path, ED)]


def read(path: Path) -> etree._Element:
    return etree.fromstring(path.read_bytes())


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that was dropped until the end of August."""
    home = tmp_path_factory.mktemp("demo")
    Dropbox(world, home).catch_up(end_of_day(END))
    return home


@pytest.fixture(scope="module")
def messages(folder: Path) -> dict[str, etree._Element]:
    return {path.name: read(path) for path in sorted(folder.rglob("*.edxml"))}


@pytest.fixture(scope="module")
def sent(messages: dict[str, etree._Element]) -> list[etree._Element]:
    return [found for name, found in messages.items() if "-tt" not in name]


@pytest.fixture(scope="module")
def organisations(world: World, tmp_path_factory: pytest.TempPathFactory) -> OrganisationRegister:
    home = tmp_path_factory.mktemp("home")
    fill(home, world, 8051)
    return load_organisations(home / "config" / "organisations.csv")


def vendor_messages(folder: Path) -> list[etree._Element]:
    world = World(SEED, ["92"], date(2025, 7, 1), date(2025, 9, 30))
    Dropbox(world, folder).catch_up(end_of_day(date(2025, 9, 30)))
    return [read(path) for path in folder.rglob("*.edxml") if "-tt" not in path.name]


def test_every_document_of_the_world_is_one_file(world: World, sent: list[etree._Element]) -> None:
    documents = world.documents("04", end_of_day(END))
    assert len(sent) == len(documents) > 60
    paper = Counter("".join(texts(one, ".//e:Bussiness/e:Paper")) for one in sent)
    assert paper == Counter("1" if flag else "0" for flag in documents.paper.tolist())
    signed = sum(one.find(".//e:Signature/ds:Signature", ED) is not None for one in sent)
    assert signed == documents.signed.sum()


def test_a_message_has_the_elements_of_the_standard(sent: list[etree._Element]) -> None:
    for one in sent:
        header = one.find(".//e:MessageHeader", ED)
        assert header is not None
        tags = {etree.QName(child).localname for child in header}
        assert tags >= {"From", "To", "DocumentId", "Code", "PromulgationInfo", "DocumentType"}
        assert tags >= {"Subject", "SignerInfo", "DueDate", "OtherInfo", "ResponseFor"}
        code, day, _ = "".join(texts(header, "e:DocumentId")).split(",")
        assert texts(header, "e:From/e:OrganId") == [code]
        assert texts(header, "e:PromulgationInfo/e:PromulgationDate") == [day]


def test_document_numbers_are_never_used_twice(sent: list[etree._Element]) -> None:
    numbers = [texts(one, ".//e:MessageHeader/e:DocumentId")[0] for one in sent]
    assert len(set(numbers)) == len(numbers)


def test_senders_and_receivers_are_organisations_of_the_day(
    sent: list[etree._Element], organisations: OrganisationRegister
) -> None:
    for one in sent:
        stamp = texts(one, ".//e:TraceHeader/e:Timestamp")[0]
        day = datetime.strptime(stamp, "%Y/%m/%d %H:%M:%S").date()  # noqa: DTZ007
        codes = texts(one, ".//e:From/e:OrganId") + texts(one, ".//e:To/e:OrganId")
        names = texts(one, ".//e:From/e:OrganName") + texts(one, ".//e:To/e:OrganName")
        assert len(codes) > 1
        assert codes[0] not in codes[1:]
        assert [organisations.by_code(code, day).name for code in codes] == names


def test_a_status_message_answers_a_document_that_was_sent(
    messages: dict[str, etree._Element], sent: list[etree._Element]
) -> None:
    ids = {texts(one, ".//e:MessageHeader/e:DocumentId")[0] for one in sent}
    statuses = [one for name, one in messages.items() if "-tt" in name]
    codes = Counter(texts(one, ".//e:StatusCode")[0] for one in statuses)
    assert codes.keys() <= {"01", "02", "03", "06"}
    assert codes["01"] >= codes["03"] >= codes["06"] > 0
    assert {texts(one, ".//e:ResponseFor/e:DocumentId")[0] for one in statuses} <= ids


def test_the_vendor_speaks_the_older_dialect_and_marks_secrets(tmp_path: Path) -> None:
    sent = vendor_messages(tmp_path)
    marks = Counter(texts(one, ".//e:OtherInfo/e:Secret")[0] for one in sent)
    assert 0 < marks["Mật"] < 0.06 * len(sent)
    assert marks.keys() == {"", "Mật"}
    for one in sent:
        assert one.find(".//e:Author/e:FullName", ED) is not None
        assert one.find(".//e:SignerInfo", ED) is None
        code = texts(one, ".//e:From/e:OrganId")[0]
        assert code.startswith("000.")
        assert normalise_code(code).startswith("H13")


def test_files_carry_the_time_of_their_event(world: World, folder: Path) -> None:
    documents = world.documents("04", end_of_day(END))
    moments = {*documents.sent.tolist(), *documents.arrived.tolist(), *documents.done.tolist()}
    moments |= {*documents.accepted.tolist(), *documents.refused.tolist()}
    for path in folder.rglob("*.edxml"):
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        assert local_seconds(written) in moments - {NEVER}


def test_writing_the_same_past_again_changes_nothing(world: World, folder: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime) for path in folder.rglob("*.*")}
    assert Dropbox(world, folder).catch_up(end_of_day(END)) == 0
    after = {path: (path.read_bytes(), path.stat().st_mtime) for path in folder.rglob("*.*")}
    assert after == before


def test_files_dropped_as_time_goes_by_are_those_dropped_at_once(
    world: World, folder: Path, tmp_path: Path
) -> None:
    dropbox = Dropbox(world, tmp_path)
    written = 0
    for hour in range(int(second("2025-07-01 00:00")), end_of_day(END), DAY // 3):
        written += dropbox.catch_up(hour)
    written += dropbox.catch_up(end_of_day(END))
    contents = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert written == len(contents)
    whole = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
    assert lasting(contents) == lasting(whole)


def lasting(contents: dict[Path, bytes]) -> dict[Path, bytes]:
    """All files but those of stations, which tell of a day hour by hour while it lasts."""
    return {path: content for path, content in contents.items() if path.parts[0] != "stations"}


def test_no_half_written_file_is_ever_seen(folder: Path) -> None:
    assert ".part" not in {path.suffix for path in folder.rglob("*.*")}


def test_a_month_is_reported_on_the_third_of_the_next(world: World, tmp_path: Path) -> None:
    dropbox = Dropbox(world, tmp_path)
    reports = tmp_path / "reports"
    dropbox.catch_up(second("2025-08-03 07:59"))
    assert sorted(path.name for path in reports.iterdir()) == ["2025-05.csv", "2025-06.csv"]
    dropbox.catch_up(second("2025-08-03 08:00"))
    assert (reports / "2025-07.csv").exists()


def rows(folder: Path, month: str) -> list[dict[str, str]]:
    with (folder / "reports" / f"{month}.csv").open(encoding="utf-8", newline="") as file:
        found = csv.DictReader(file)
        assert tuple(found.fieldnames or ()) == COLUMNS
        return list(found)


@pytest.mark.parametrize(
    ("month", "counts"),
    [
        ("2025-06", {Level.PROVINCE: 1, Level.DISTRICT: 10, Level.COMMUNE: 161}),
        ("2025-07", {Level.PROVINCE: 1, Level.COMMUNE: 56}),
    ],
)
def test_every_agency_of_the_month_reports_its_work_files(
    folder: Path, month: str, counts: dict[Level, int]
) -> None:
    last = date.fromisoformat(f"{month}-28")
    found: Counter[Level] = Counter()
    for row in rows(folder, month):
        if row["metric"] == "work_files_online_rate":
            found[register().at(row["area"], last).level] += 1
            assert 0 <= int(row["numerator"]) <= int(row["denominator"])
    assert found == counts


def test_communes_that_sign_are_reported_by_the_level_above(folder: Path) -> None:
    signing = {
        month: [
            (row["area"], row["level"], int(row["denominator"]))
            for row in rows(folder, month)
            if row["metric"] == "units_exchanging_signed_rate"
        ]
        for month in ("2025-06", "2025-07")
    }
    before = signing["2025-06"]
    assert sum(units for _, level, units in before if level == "commune") == 161
    assert {len(area) for area, level, _ in before if level == "commune"} == {3}
    assert ("04", "district", 10) in before
    assert signing["2025-07"] == [("04", "commune", 56)]


def test_an_empty_home_is_filled_with_a_whole_configuration(world: World, tmp_path: Path) -> None:
    written = fill(tmp_path, world, 8051)
    assert {path.relative_to(tmp_path).as_posix() for path in written} == {
        "config/sources.toml", "config/organisations.csv", "config/demo-password",
        "config/demo-certificates/authority.pem", "config/demo-reporting-token",
    }  # fmt: skip
    assert (tmp_path / "config" / "demo-password").stat().st_mode & 0o077 == 0


def test_a_configuration_that_is_there_is_never_touched(world: World, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.toml").write_text("# ours\n", encoding="utf-8")
    assert fill(tmp_path, world, 8051) == ()
    assert [path.name for path in config.iterdir()] == ["sources.toml"]
    assert (config / "sources.toml").read_text(encoding="utf-8") == "# ours\n"


def test_the_register_of_a_home_is_kept(world: World, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "organisations.csv").write_text("ours", encoding="utf-8")
    fill(tmp_path, world, 8051)
    assert (tmp_path / "config" / "organisations.csv").read_text(encoding="utf-8") == "ours"


def test_every_source_of_the_demo_says_that_it_is_simulated() -> None:
    text = sources_toml(World(SEED), 8051)
    sources = tomllib.loads(text)
    assert len(sources) > 20
    for source in sources.values():
        assert source["simulated"] is True
        assert "(mô phỏng)" in source["title"]["vi"]
        assert "(simulated)" in source["title"]["en"]


def test_documents_of_a_world_are_the_same_however_often_it_is_asked(world: World) -> None:
    again = World(SEED, ["04"], START, END).documents("04", end_of_day(END))
    documents = world.documents("04", end_of_day(END))
    assert all((getattr(again, name) == column).all() for name, column in vars(documents).items())


def test_a_document_has_one_receiver_or_more_and_never_its_sender(world: World) -> None:
    documents = world.documents("04", end_of_day(END))
    receivers = documents.receivers
    assert (receivers[:, 0] != NOBODY).all()
    assert (receivers != documents.desk[:, None]).all()
