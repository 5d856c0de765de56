"""Speaking with the identity provider: authorization code with PKCE, one token.

A token is taken only if the provider of the configured issuer signed it, with a configured
algorithm and a key of its published set, for us, now, and for this very login. What cannot be
asked in time is called down, and is left alone for a moment: people who are logged in need it for
nothing, and a provider that hangs must not hold the web's threads.
"""

import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from dashboards.identity import IdentityConfig, value_at
from domain.errors import IocError

log = logging.getLogger(__name__)

KEPT_SECONDS = 3600.0
LEFT_ALONE_SECONDS = 10.0
LARGEST_ANSWER = 256 * 1024
LONGEST_SUBJECT = 255
AT_ONCE = 2
DISCOVERY = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderDownError(IocError):
    """The provider does not answer as one should; local accounts and open sessions go on."""


class CodeRefusedError(IocError):
    """The provider does not take the code: it was used, is too old, or was never given."""


class TokenRefusedError(IocError):
    """The token vouches for nobody; `is_clock` if only the two clocks disagree."""

    def __init__(self, message: str, *, is_clock: bool = False) -> None:
        super().__init__(message)
        self.is_clock = is_clock


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for. `subject` never changes; the rest may at each login."""

    issuer: str
    subject: str
    name: str
    shown: str
    groups: tuple[str, ...]
    has_second_factor: bool


class Provider:
    """The provider of one configuration, asked by all threads of a process."""

    def __init__(self, config: IdentityConfig, secret: str | None = None) -> None:
        self.config = config
        self._secret = secret
        self._asking = threading.BoundedSemaphore(AT_ONCE)
        self._down_until = 0.0
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._renewed_at: dict[str, float] = {}

    # ---- the two steps

    def address(self, *, state: str, nonce: str, verifier: str, back: str) -> str:
        """Where the browser is sent to log in. Raises ProviderDownError."""
        asked = {
            "response_type": "code",
            "client_id": self.config.client_id,
            "redirect_uri": back,
            "scope": " ".join(self.config.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        return _asking(self.metadata()["authorization_endpoint"], asked)

    def way_out(self, *, back: str) -> str | None:
        """Where the browser ends its session at the provider too; None if the provider has none.

        Raises ProviderDownError.
        """
        endpoint = str(self.metadata().get("end_session_endpoint", ""))
        if not _is_safe(endpoint, self.config.issuer):
            return None
        asked = {"client_id": self.config.client_id, "post_logout_redirect_uri": back}
        return _asking(endpoint, asked)

    def identity(self, *, code: str, verifier: str, nonce: str, back: str) -> Identity:
        """Whom a code stands for. Raises ProviderDownError, CodeRefusedError, TokenRefusedError."""
        answer = self._exchanged(code, verifier, back)
        token = answer.get("id_token")
        if not isinstance(token, str) or len(token) > LARGEST_ANSWER:
            raise TokenRefusedError("the answer has no id_token")
        claims = self._verified(token, nonce, answer.get("access_token"))
        return _identity(claims, self.config)

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself. Raises ProviderDownError if it is not the issuer."""
        issuer = self.config.issuer
        found = self._known(issuer.rstrip("/") + DISCOVERY)
        if found.get("issuer") != issuer:
            raise ProviderDownError(f"{issuer} calls itself {str(found.get('issuer'))[:200]!r}.")
        for name in ENDPOINTS:
            if not _is_safe(str(found.get(name, "")), issuer):
                raise ProviderDownError(f"{issuer} names no {name} that is as safe as itself.")
        return found

    # ---- tokens

    def _verified(self, token: str, nonce: str, access_token: object) -> Mapping[str, Any]:
        try:
            decoded = self._decoded(token)
            about = {"nonce": nonce, "client_id": self.config.client_id}
            if isinstance(access_token, str):
                about["access_token"] = access_token
            claims = CodeIDToken(decoded.claims, decoded.header, self._expected(), about)
            claims.validate(leeway=self.config.clock_skew_seconds)
        except JoseError as error:
            raise TokenRefusedError(str(error)[:200], is_clock=_is_of_time(error)) from None
        except (TypeError, ValueError, KeyError) as error:  # what is no token at all
            raise TokenRefusedError(f"not a token: {type(error).__name__}") from None
        return dict(claims)

    def _expected(self) -> dict[str, dict[str, object]]:
        return {
            "iss": {"essential": True, "value": self.config.issuer},
            "aud": {"essential": True, "value": self.config.client_id},
            "sub": {"essential": True},
        }

    def _decoded(self, token: str) -> jwt.Token:
        """A token whose signature holds; a key that is not known is looked for once more."""
        try:
            return self._signed(token, self._keys())
        except InvalidKeyIdError:
            return self._signed(token, self._keys(anew=True))

    def _signed(self, token: str, keys: KeySet) -> jwt.Token:
        registry = JWSRegistry(algorithms=self.config.algorithms, strict_check_header=False)
        return jwt.decode(token, keys, registry=registry)

    def _keys(self, *, anew: bool = False) -> KeySet:
        found = self._known(str(self.metadata()["jwks_uri"]), anew=anew).get("keys")
        listed = found if isinstance(found, list) else []
        public = [one for one in listed if isinstance(one, dict) and _is_public(one)]
        try:
            return KeySet.import_key_set({"keys": public})
        except (JoseError, TypeError, ValueError) as error:
            raise ProviderDownError(f"{self.config.issuer} publishes no usable key.") from error

    # ---- asking

    def _exchanged(self, code: str, verifier: str, back: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.config.client_id,
            "code_verifier": verifier,
        }
        who = None
        if self._secret is not None:  # both are written as in a form first (RFC 6749, 2.3.1)
            who = httpx.BasicAuth(quote(self.config.client_id, ""), quote(self._secret, ""))
        status, answer = self._asked("POST", str(self.metadata()["token_endpoint"]), form, who)
        if 400 <= status < 500:
            raise CodeRefusedError(f"the provider says {str(answer.get('error', status))[:100]}")
        if status != 200:
            raise ProviderDownError(f"{self.config.issuer} answers {status}.")
        return answer

    def _known(self, url: str, *, anew: bool = False) -> dict[str, Any]:
        """A document of the provider's, at most an hour old; `anew`: asked for now."""
        now = time.monotonic()
        at, document = self._kept.get(url, (0.0, {}))
        if anew and now - self._renewed_at.get(url, -KEPT_SECONDS) > LEFT_ALONE_SECONDS:
            self._renewed_at[url] = now
        elif document and now - at < KEPT_SECONDS:
            return document
        status, document = self._asked("GET", url)
        if status != 200:
            raise ProviderDownError(f"{url} answers {status}.")
        self._kept[url] = (time.monotonic(), document)
        return document

    def _asked(
        self,
        method: str,
        url: str,
        form: dict[str, str] | None = None,
        who: httpx.BasicAuth | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object of an answer. Raises ProviderDownError."""
        if time.monotonic() < self._down_until or not self._asking.acquire(timeout=2):
            raise ProviderDownError(f"{self.config.issuer} did not answer a moment ago.")
        try:
            return self._answer(method, url, form, who)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            if isinstance(error, httpx.TimeoutException | ValueError):  # it costs us time
                self._down_until = time.monotonic() + LEFT_ALONE_SECONDS
            log.warning("identity provider: %s: %s", url, type(error).__name__)
            raise ProviderDownError(f"{url} does not answer: {type(error).__name__}.") from error
        finally:
            self._asking.release()

    def _answer(
        self, method: str, url: str, form: dict[str, str] | None, who: httpx.BasicAuth | None
    ) -> tuple[int, dict[str, Any]]:
        patience = self.config.timeout_seconds
        end, body = time.monotonic() + patience, bytearray()
        how = {"verify": self.config.trust, "trust_env": False, "follow_redirects": False}
        with (
            httpx.Client(timeout=patience, **how) as client,  # type: ignore[arg-type]  # as they are named
            client.stream(method, url, data=form, auth=who) as answer,
        ):
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST_ANSWER or time.monotonic() > end:
                    raise ValueError("too much, or too slow")
        try:
            document = json.loads(body)
        except ValueError:
            if answer.status_code == 200:
                raise
            document = {}
        return answer.status_code, document if isinstance(document, dict) else {}


def _asking(endpoint: str, asked: Mapping[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def _identity(claims: Mapping[str, Any], config: IdentityConfig) -> Identity:
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject.strip() or len(subject) > LONGEST_SUBJECT:
        raise TokenRefusedError('invalid_claim: Invalid claim: "sub"')
    name, shown = (_text(value_at(claims, one)) for one in (config.name_claim, config.shown_claim))
    methods = [*_texts(claims.get("amr")), *_texts(claims.get("acr"))]
    return Identity(
        config.issuer,
        subject,
        name or subject,
        shown or name or subject,
        tuple(_texts(value_at(claims, config.groups_claim))),
        any(one in config.second_factor for one in methods),
    )


def _text(value: object) -> str:
    return value.strip()[:100] if isinstance(value, str) else ""


def _texts(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _is_public(key: Mapping[str, Any]) -> bool:
    """Whether a key verifies what only its owner could sign."""
    return key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"


def _is_safe(url: str, issuer: str) -> bool:
    """Whether an address needs TLS like its issuer; without it only on this machine."""
    here, there = urlsplit(issuer), urlsplit(url)
    if there.scheme == "https" and there.hostname:
        return True
    return here.scheme == there.scheme == "http" and here.netloc == there.netloc


def _is_of_time(error: JoseError) -> bool:
    if isinstance(error, ExpiredTokenError):
        return True
    told = str(error)
    return isinstance(error, InvalidClaimError) and ("not yet" in told or "the future" in told)
