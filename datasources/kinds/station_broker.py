"""Fetching what sensors told an MQTT broker, so that no reading is lost and none is believed twice.

The broker keeps a session for us, so what comes while nobody listens waits there (QoS 1). Each
message is first written into a folder of ours, stripped to its reading, and only then
acknowledged; the files in that folder are read like any others.
"""

import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from domain.errors import SourceError

PORTS = {"mqtt": 1883, "mqtts": 8883}
CONNECT_SECONDS = 15.0
QUIET_SECONDS = 2.0
TICK = 0.2
TOGETHER = 10
"""So many messages wait for their acknowledgement: fewer than any broker sends without one."""

MOST = 200_000
SETTLED = 3.0

Strip = Callable[[bytes, str], bytes]


@dataclass(frozen=True)
class Broker:
    """Where the broker is, and as whom to ask it. `seconds` is the longest to listen."""

    source: str
    url: str
    topics: tuple[str, ...]
    client_id: str
    seconds: float
    username: str = ""
    password: str = ""
    ca_file: Path | None = None
    allow_plain: bool = False


def receive(broker: Broker, folder: Path, strip: Strip) -> None:
    """Move what waits at the broker into a file of `folder`. Raises SourceError."""
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f"{time.time_ns()}.part"
    with half.open("wb") as file:
        session = Session(broker, strip, lambda lines: _keep(file.fileno(), lines))
        try:
            session.run()
        finally:
            _appear(half)


def listen(broker: Broker, strip: Strip) -> bytes:
    """What can be heard just now, without taking it from anybody. Raises SourceError."""
    heard: list[bytes] = []
    Session(broker, strip, heard.append, lasting=False).run()
    return b"".join(heard)


@dataclass
class Session:
    """One visit to a broker; with `lasting` it remembers us until the next."""

    broker: Broker
    strip: Strip
    keep: Callable[[bytes], object]
    lasting: bool = True
    _waiting: list[MQTTMessage] = field(default_factory=list)
    _refusal: str = ""
    _subscribed: bool = False
    _taken: int = 0

    def run(self) -> None:
        """Listen until nothing more comes. Raises SourceError where nothing could."""
        client = self._client()
        try:
            self._listen(client)
            self._settle(client)
        finally:
            client.disconnect()
            client.loop(TICK)
        if not self._subscribed:
            raise self._error("does not let us listen", "Check url and topics")

    def _listen(self, client: Client) -> None:
        """Take what comes until it is quiet, or the time is over, or the line is dead."""
        begun = last = time.monotonic()
        while time.monotonic() - begun < self.broker.seconds and self._taken < MOST:
            before = self._taken + len(self._waiting)
            code = client.loop(TICK)
            if self._refusal:
                raise self._error(self._refusal, "Check the account and topics")
            if code is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
            idle = before == self._taken + len(self._waiting)
            if idle or len(self._waiting) >= TOGETHER:
                self._settle(client)
            last = last if idle else time.monotonic()
            patience = QUIET_SECONDS if self._subscribed else CONNECT_SECONDS
            if time.monotonic() - last > patience:
                return

    def _client(self) -> Client:
        """A client that has begun to connect. Nothing is acknowledged unless we say so."""
        parts = urlsplit(self.broker.url)
        if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
            raise self._error("is no broker", "Write url as mqtts://host or mqtts://host:8883")
        if parts.scheme == "mqtt" and not self.broker.allow_plain:
            way_on = "Use mqtts, or set allow_plain = true for a network you trust"
            raise self._error("is not encrypted", way_on)
        name = self.broker.client_id if self.lasting else f"{self.broker.client_id}-check"
        client = Client(
            CallbackAPIVersion.VERSION2,
            name,
            clean_session=not self.lasting,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_SECONDS
        client.on_connect, client.on_message = self._connected, self._came
        client.on_subscribe = self._listening
        if self.broker.username:
            client.username_pw_set(self.broker.username, self.broker.password)
        try:
            if parts.scheme == "mqtts":
                client.tls_set(ca_certs=str(self.broker.ca_file) if self.broker.ca_file else None)
            client.connect(parts.hostname, parts.port or PORTS[parts.scheme])
        except ssl.SSLError:
            fact = "shows a certificate that is not trusted"
            raise self._error(fact, "Set ca_file to the authority's certificate") from None
        except (OSError, ValueError):
            raise self._error("cannot be reached", "Check url, and ask whoever runs it") from None
        return client

    def _connected(
        self, client: Client, _data: object, _flags: ConnectFlags, code: ReasonCode, _: object
    ) -> None:
        if code.is_failure:
            self._refusal = "refuses us"
            return
        client.subscribe([(topic, 1) for topic in self.broker.topics])

    def _listening(
        self,
        _client: Client,
        _data: object,
        _mid: int,
        codes: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self._subscribed = not any(code.is_failure for code in codes)
        self._refusal = "" if self._subscribed else "refuses a topic"

    def _came(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._waiting.append(message)

    def _settle(self, client: Client) -> None:
        """Keep what has come, and only then let the broker forget it."""
        came, self._waiting = self._waiting, []
        if not came:
            return
        self.keep(b"".join(self.strip(bytes(one.payload), one.topic) for one in came))
        self._taken += len(came)
        for one in came:
            client.ack(one.mid, one.qos)

    def _error(self, fact: str, way_on: str) -> SourceError:
        host = urlsplit(self.broker.url).hostname or ""
        return SourceError(self.broker.source, f"url ({host}) {fact}", way_on)


def adopt(folder: Path) -> None:
    """Let files appear that a run has left half written when it ended."""
    for half in folder.glob("*.part"):
        _appear(half)


def _keep(descriptor: int, lines: bytes) -> None:
    """Write lines so that not even a power failure loses them."""
    left = memoryview(lines)
    while left:
        left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)


def _appear(half: Path) -> None:
    """Give a file its name, and an age at which it counts as whole; an empty one goes."""
    if half.stat().st_size == 0:
        half.unlink()
        return
    settled = time.time() - SETTLED
    os.utime(half, (settled, settled))
    half.rename(half.with_suffix(".ndjson"))
    descriptor = os.open(half.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
