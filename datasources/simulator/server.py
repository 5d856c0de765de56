"""The dossier systems of the simulated provinces, over HTTP on the loopback.

    POST /dvcqg/login   {"username", "password"} -> {"error_code": "0", "session"}
    POST /dvcqg/dongbo  {"session", "madonvi", "service", "tuNgay", "denNgay", "trang",
                         "soBanGhi"} -> {"error_code": "00", "service", "madonvi",
                         "isUpdating", "tongSo", "trang", "data"}
    GET  /bao-cao/…, told in reporting.py
    POST /dvcqg/<service>?MaDinhDanhDV=<agency>&isUpdating=false   the same, as other vendors ask
    GET  /healthz, /readyz

`service` is DongBoHoSoMC (dossiers, by the time of their last change), CapNhatTienDoHoSoMC
(single steps, of the last weeks only), LayDanhSachTTHC (the codes of all procedures) or LayThuTuc
(every version of the procedure `maTTHC`); the last two answer with `result`. `tuNgay` is
included, `denNgay` is not; both are `yyyyMMddHHmmss`. Error codes: "01" log in again, "02" bad
name or password, "03" a question that cannot be answered. All pages of one question show the
world as it was at the first.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from datasources.simulator.desk_service import DeskService, QuestionError
from datasources.simulator.faults import (
    Drip,
    DuplicatePage,
    ExpireSession,
    Fault,
    Garbage,
    Script,
    Status,
    Truncate,
)
from datasources.simulator.reporting import REPORTING, ReportingService
from datasources.simulator.world import World

USERNAME, PASSWORD = "ioc", "mo-phong"
BASE = "/dvcqg"
LARGEST_QUESTION = 65_536
DRIPS = 20
STOPS_WITHIN_SECONDS = 0.05


class Simulator:
    """A running server: `clock` gives the present local second, `script` the faults.

    `steady` is told in DeskService. Port 0 picks a free one.
    """

    def __init__(
        self,
        world: World,
        clock: Callable[[], int],
        port: int = 0,
        script: Script | None = None,
        *,
        steady: bool = True,
    ) -> None:
        self.service = DeskService(world, clock, steady=steady)
        self.reporting = ReportingService(world, clock)
        self.script = script or Script()
        self.ready = Event()
        self.questions = 0
        self._sessions: set[str] = set()
        self._lock = Lock()
        handler = type("Handler", (_Handler,), {"simulator": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._thread = Thread(
            target=self._http.serve_forever,
            kwargs={"poll_interval": STOPS_WITHIN_SECONDS},
            name="simulator",
            daemon=True,
        )

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """The address of the services, without the last part."""
        return f"http://127.0.0.1:{self.port}{BASE}"

    def __enter__(self) -> "Simulator":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def log_in(self, question: Mapping[str, Any]) -> dict[str, str]:
        """A new session, or a refusal."""
        if (question.get("username"), question.get("password")) != (USERNAME, PASSWORD):
            return {"error_code": "02", "error_message": "Sai tên đăng nhập hoặc mật khẩu"}
        session = secrets.token_hex(16)
        with self._lock:
            self._sessions.add(session)
        return {"error_code": "0", "session": session}

    def answer(self, question: Mapping[str, Any], fault: Fault | None) -> str:
        """The JSON that answers one question for data."""
        self.questions += 1
        if isinstance(fault, ExpireSession):
            with self._lock:
                self._sessions.clear()
        if question.get("session") not in self._sessions:
            return json.dumps({"error_code": "01", "error_message": "Phiên làm việc đã hết hạn"})
        try:
            return self.service.answer(question, again=isinstance(fault, DuplicatePage))
        except QuestionError as error:
            refusal = {"error_code": "03", "error_message": str(error)}
            return json.dumps(refusal, ensure_ascii=False)


class _Handler(BaseHTTPRequestHandler):
    """One connection; it stays open for many questions."""

    simulator: ClassVar[Simulator]
    protocol_version = "HTTP/1.1"
    server_version = "MoPhong"
    sys_version = ""
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._send(HTTPStatus.OK, '{"status":"ok"}')
        elif self.path == "/readyz":
            ready = self.simulator.ready.is_set()
            status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
            self._send(status, json.dumps({"ready": ready}))
        elif self.path.startswith(REPORTING):
            status, text = self.simulator.reporting.answer(self.path, dict(self.headers))
            self._send(status, text)
        else:
            self._send(HTTPStatus.NOT_FOUND, '{"error_code":"03"}')

    def do_POST(self) -> None:
        question = self._question()
        if question is None:
            self._send(HTTPStatus.BAD_REQUEST, '{"error_code":"03"}')
        elif self.path == f"{BASE}/login":
            self._send(HTTPStatus.OK, json.dumps(self.simulator.log_in(question)))
        elif self.path == f"{BASE}/dongbo":
            self._answer(question)
        elif self.path.startswith(f"{BASE}/") and "?" in self.path:
            address = urlsplit(self.path)
            agency = parse_qs(address.query).get("MaDinhDanhDV", [""])[0]
            service = address.path.removeprefix(f"{BASE}/")
            self._answer({**question, "service": service, "madonvi": agency})
        else:
            self._send(HTTPStatus.NOT_FOUND, '{"error_code":"03"}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the collector keeps the books."""

    def _question(self) -> dict[str, Any] | None:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= LARGEST_QUESTION:
            self.close_connection = True
            return None
        try:
            question = json.loads(self.rfile.read(length))
        except ValueError:
            return None
        return question if isinstance(question, dict) else None

    def _answer(self, question: Mapping[str, Any]) -> None:
        fault = self.simulator.script.next()
        match fault:
            case Status(code):
                self._send(code, "<html><body>Bad Gateway</body></html>", "text/html")
            case Garbage():
                self._send(HTTPStatus.OK, "<html><body>Bảo trì</body></html>", "text/html")
            case Truncate(share):
                body = self.simulator.answer(question, fault).encode()
                self._head(HTTPStatus.OK, len(body), "application/json")
                self.wfile.write(body[: int(len(body) * share)])
                self.close_connection = True
            case Drip(seconds):
                self._drip(self.simulator.answer(question, fault).encode(), seconds)
            case _:
                self._send(HTTPStatus.OK, self.simulator.answer(question, fault))

    def _drip(self, body: bytes, seconds: float) -> None:
        self._head(HTTPStatus.OK, len(body), "application/json")
        piece = max(1, -(-len(body) // DRIPS))
        for start in range(0, len(body), piece):
            time.sleep(seconds / DRIPS)
            self.wfile.write(body[start : start + piece])
            self.wfile.flush()

    def _send(self, status: int, text: str, kind: str = "application/json") -> None:
        body = text.encode()
        self._head(status, len(body), kind)
        self.wfile.write(body)

    def _head(self, status: int, length: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(length))
        self.end_headers()
