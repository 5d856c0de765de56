"""Promises of the line to the sensors, by a real broker: nothing is lost or counts twice."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from datasources.kinds.station_broker import Broker as Asked
from datasources.kinds.station_broker import receive
from datasources.running.children import Children
from datasources.running.preview import check
from tests.datasources.home import NOW, Delivery, Home
from tests.datasources.test_edxml_signature import issued

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="no broker: apt-get install mosquitto")

HOUR = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SOURCE = """
[water]
kind = "mqtt"
url = "{url}"
topics = ["quan-trac/nuoc/+"]
listen_seconds = 20
{keys}
[water.stations]
NM01 = "25"
[water.limits.ph]
max = 8.5
"""


class Broker:
    """A running broker: where it is, and a way to publish."""

    def __init__(self, port: int, user: tuple[str, str] | None = None) -> None:
        self.port = port
        self._user = user

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def publish(self, *payloads: str, topic: str = "quan-trac/nuoc/NM01") -> None:
        client = Client(CallbackAPIVersion.VERSION2, "sensor")
        if self._user:
            client.username_pw_set(*self._user)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        for payload in payloads:
            client.publish(topic, payload, qos=1).wait_for_publish(10)
        client.disconnect()
        client.loop_stop()


@contextmanager
def running(folder: Path, port: int, *lines: str) -> Iterator[None]:
    """A Mosquitto with a configuration of its own, until it accepts connections."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "mosquitto.conf"
    kept = ["persistence true", f"persistence_location {folder}/", "autosave_on_changes true"]
    # Started as root it would become another user, who may not write here.
    configuration.write_text("\n".join(["user root", *kept, *lines]) + "\n")
    process = subprocess.Popen(
        [str(MOSQUITTO), "-c", str(configuration)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def plain(port: int) -> tuple[str, str]:
    return f"listener {port} 127.0.0.1", "allow_anonymous true"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    port = free_port()
    with running(tmp_path / "broker", port, *plain(port)):
        yield Broker(port)


def configure(home: Home, url: str, keys: str = "allow_plain = true") -> None:
    home.configure(SOURCE.format(url=url, keys=keys))


def reading(number: int, ph: float = 7.0) -> str:
    at = HOUR + timedelta(minutes=15 * number)
    return json.dumps({"station": "NM01", "at": at.isoformat(), "ph": ph, "operator": "ZQ03"})


def hours(delivery: Delivery) -> dict[datetime, int]:
    return {row["hour"].astimezone(UTC): row["readings"] for row in delivery.rows("station_hour")}


def test_what_comes_while_nobody_listens_waits_at_the_broker(home: Home, broker: Broker) -> None:
    configure(home, broker.url)
    first = home.collect("water")
    assert first.manifest["rows_read"] == 0
    broker.publish(reading(0), reading(1), reading(1))
    second = home.collect("water", cursor=first.cursor)
    assert second.manifest["rows_read"] == 3
    assert hours(second) == {HOUR: 2, HOUR + timedelta(hours=1): 0}
    broker.publish(reading(2, ph=9.0))
    third = home.collect("water", cursor=second.cursor)
    [row] = third.rows("station_hour")
    assert (row["readings"], row["exceeded"]) == (3, True)


def test_readings_whose_batch_was_lost_are_read_again(home: Home, broker: Broker) -> None:
    configure(home, broker.url)
    first = home.collect("water")
    broker.publish(reading(0), reading(1))
    lost = home.collect("water", cursor=first.cursor)
    # The batch never reached the warehouse: the cursor is still the one before.
    again = home.collect("water", cursor=first.cursor)
    assert hours(again) == hours(lost) == {HOUR: 2, HOUR + timedelta(hours=1): 0}
    last = home.collect("water", cursor=again.cursor)
    assert last.manifest["rows_read"] == 0
    assert list((home.path / "spool" / "water").iterdir()) == []


def test_a_broker_that_is_started_again_has_kept_what_came(home: Home, tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "broker"
    broker = Broker(port)
    configure(home, broker.url)
    with running(folder, port, *plain(port)):
        first = home.collect("water")
        broker.publish(reading(0))
    assert "cannot be reached" in home.collect("water", cursor=first.cursor).error
    with running(folder, port, *plain(port)):
        assert hours(home.collect("water", cursor=first.cursor))[HOUR] == 1


def test_a_reader_that_is_killed_loses_nothing(home: Home, broker: Broker) -> None:
    configure(home, broker.url)
    first = home.collect("water")
    broker.publish(*(reading(0) for _ in range(300)), reading(3))
    killed = Children().run(home.job("water", cursor=first.cursor, seconds=1.2))
    if killed.folder is not None:  # a quick machine was ready by then
        killed = Children().run(home.job("water", cursor=first.cursor, seconds=0.6))
    assert killed.folder is None
    after = home.collect("water", cursor=first.cursor)
    assert hours(after)[HOUR] == 2


def test_what_cannot_be_kept_stays_at_the_broker(
    home: Home, broker: Broker, tmp_path: Path
) -> None:
    def full(_payload: bytes, _topic: str) -> bytes:
        raise OSError("No space left on device")

    asked = Asked("water", broker.url, ("quan-trac/nuoc/+",), "ioc", 10, allow_plain=True)
    folder = tmp_path / "spool"
    receive(asked, folder, full)
    broker.publish(*(reading(number) for number in range(3)))
    with pytest.raises(OSError, match="No space"):
        receive(asked, folder, full)
    assert list(folder.iterdir()) == []
    receive(asked, folder, lambda payload, _topic: payload + b"\n")
    [kept] = folder.iterdir()
    assert kept.read_bytes().splitlines() == [reading(number).encode() for number in range(3)]


def test_nothing_but_the_reading_waits_in_our_folder(home: Home, broker: Broker) -> None:
    configure(home, broker.url)
    first = home.collect("water")
    broker.publish(
        reading(0),
        '{"at": "2026-11-22T01:15:00Z", "ph": 7, "name": "ZQ05"}',
        "ZQ07 is no JSON",
        '{"station": {"ZQ08": 1}, "at": ["ZQ09"], "ph": "' + "ZQ10" * 100 + '"}',
    )
    second = home.collect("water", cursor=first.cursor)
    # The station of the second is the last part of its topic.
    assert hours(second)[HOUR] == 2
    assert [rule for _, _, rule, _ in second.refusals] == ["shape", "station"]
    kept = b"".join(path.read_bytes() for path in (home.path / "spool" / "water").iterdir())
    assert [name for name in (b"ZQ03", b"ZQ05", b"ZQ07", b"ZQ08", b"ZQ09") if name in kept] == []


def test_looking_takes_nothing_from_the_collector(home: Home, broker: Broker) -> None:
    configure(home, broker.url)
    first = home.collect("water")
    broker.publish(reading(0))
    assert check(home.path, "water", NOW).good
    assert not (home.path / "spool" / "water").exists() or not any(
        (home.path / "spool" / "water").iterdir()
    )
    assert hours(home.collect("water", cursor=first.cursor))[HOUR] == 1


def test_a_wrong_password_is_refused_in_words(home: Home, tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "broker"
    folder.mkdir()
    subprocess.run(
        ["mosquitto_passwd", "-b", "-c", str(folder / "users"), "ioc", "right"], check=True
    )
    with running(folder, port, f"listener {port} 127.0.0.1", f"password_file {folder}/users"):
        home.write("config/secret", "wrong")
        configure(
            home,
            f"mqtt://127.0.0.1:{port}",
            'allow_plain = true\nusername = "ioc"\npassword_file = "config/secret"',
        )
        error = home.collect("water").error
        assert "refuses us" in error
        assert "wrong" not in error
        home.write("config/secret", "right\n")
        assert home.collect("water").manifest["rows_read"] == 0


def test_an_unencrypted_line_needs_leave(home: Home) -> None:
    configure(home, "mqtt://127.0.0.1:1", keys="")
    assert "is not encrypted" in home.collect("water").error


def test_a_broker_is_believed_by_its_certificate(home: Home, tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "broker"
    folder.mkdir()
    ours = issued("localhost", None, authority=True, start=NOW - timedelta(days=1))
    other = issued("localhost", None, authority=True, start=NOW - timedelta(days=1))
    (folder / "cert.pem").write_bytes(ours.pem)
    (folder / "key.pem").write_bytes(
        ours.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    home.write("config/ours.pem", ours.pem)
    home.write("config/other.pem", other.pem)
    lines = (
        f"listener {port} 127.0.0.1",
        "allow_anonymous true",
        f"certfile {folder}/cert.pem",
        f"keyfile {folder}/key.pem",
    )
    with running(folder, port, *lines):
        url = f"mqtts://localhost:{port}"
        configure(home, url, 'ca_file = "config/ours.pem"')
        assert home.collect("water").manifest["rows_read"] == 0
        configure(home, url, 'ca_file = "config/other.pem"')
        refused = Children().run(home.job("water"))
        assert "certificate that is not trusted" in str(refused.error)
