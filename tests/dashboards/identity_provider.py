"""A small identity provider: a real HTTP server that logs in whoever a test says is there."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

CLIENT, SECRET = "toan-canh", "bí-mật-của-tỉnh: 100%"
OURS = (CLIENT, SECRET)
Spoil = Callable[["IdentityProvider", dict[str, Any]], str]


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class IdentityProvider:
    """`person` is who logs in next; `spoil` may sign something else than it should."""

    person: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: new_key("first"))
    spoil: Spoil | None = None
    clock: float = 0.0
    port: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hung: float = 0.0
    more: dict[str, str] = field(default_factory=dict)
    _server: BaseWSGIServer | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realms/tinh"

    def start(self) -> None:
        self._server = make_server(
            "127.0.0.1", self.port, self.answer, threaded=True, request_handler=_Quiet
        )
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        name = request.path.removeprefix("/realms/tinh")
        self.asked.append(name)
        time.sleep(self.hung)
        pages = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": lambda _: _json({"keys": [self.key.as_dict(private=False)]}),
            "/authorize": self._authorize,
            "/token": self._token,
        }
        found = pages.get(name)
        answer = Response(status=404) if found is None else found(request)
        return answer(environ, start_response)

    def _metadata(self, _: Request) -> Response:
        return _json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.more,
            }
        )

    def _authorize(self, request: Request) -> Response:
        asked = request.args.to_dict()
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        code = hashlib.sha256(f"{asked['state']}{time.time_ns()}".encode()).hexdigest()
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{back}"})

    def _token(self, request: Request) -> Response:
        given = request.form
        asked = self.codes.pop(given.get("code", ""), None)
        known = request.authorization
        is_ours = known is not None and (known.username, unquote(known.password or "")) == OURS
        if (
            asked is None
            or not is_ours
            or _challenge(given["code_verifier"]) != asked["code_challenge"]
        ):
            return _json({"error": "invalid_grant"}, 400)
        claims = self.claims(asked)
        token = self.signed(claims) if self.spoil is None else self.spoil(self, claims)
        return _json({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def claims(self, asked: dict[str, str]) -> dict[str, Any]:
        now = int(time.time() + self.clock)
        about = {"iss": self.issuer, "aud": CLIENT, "nonce": asked["nonce"]}
        return {**about, "iat": now, "nbf": now, "exp": now + 300, **self.person}

    def signed(
        self, claims: dict[str, Any], key: Any = None, alg: str = "RS256", kid: str | None = None
    ) -> str:
        signer = key or self.key
        header = {"alg": alg, "kid": kid or self.key.kid}
        return jwt.encode(header, claims, signer, algorithms=[alg])


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any, **__: Any) -> None:
        pass


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _json(document: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(document), status, mimetype="application/json")


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()
