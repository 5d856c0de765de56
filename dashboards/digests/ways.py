"""The ways out: a mail server and webhooks, each only where it is configured.

A failure says whether trying again may help; the other side's words are never repeated.
"""

import hashlib
import hmac
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx

from domain.errors import IocError
from store.state.outbox import Attached, Message

PATIENCE_SECONDS = 20.0
LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class NotSentError(IocError):
    """A message that was not taken. `for_good`: no second attempt will change that."""

    def __init__(self, message: str, *, for_good: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed over, as whom. `security`: starttls, tls or none.

    `domains` are those that people may have packs mailed to; none given: the sender's own.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    user: str = ""
    password_file: Path | None = None
    domains: frozenset[str] = frozenset()
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context

    @property
    def own_domains(self) -> frozenset[str]:
        """The domains whose addresses people may choose."""
        return self.domains or frozenset({_domain(self.sender)})

    def takes(self, address: str) -> bool:
        """Whether people may have something mailed to an address: of these domains, or below."""
        domain = _domain(address)
        return any(domain == one or domain.endswith(f".{one}") for one in self.own_domains)

    def send(self, message: Message) -> None:
        """Hand over one mail. Raises NotSentError."""
        mail = _mail(message, self.sender)
        try:
            with self._connected() as server:
                refused = server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            told = f"The mail server refuses {message.address} ({code})."
            raise NotSentError(told, for_good=code >= 500) from None
        except smtplib.SMTPResponseException as error:
            told = f"The mail server {self.host} answered {error.smtp_code}."
            for_good = error.smtp_code in (552, 554)
            raise NotSentError(told, for_good=for_good) from None
        except (OSError, smtplib.SMTPException) as error:
            told = (
                f"The mail server {self.host}:{self.port} cannot be used: {type(error).__name__}."
            )
            raise NotSentError(told) from None
        if refused:
            raise NotSentError(f"The mail server refuses {message.address}.", for_good=True)

    def _connected(self) -> smtplib.SMTP:
        """A connection as the settings want it; a password never goes in the open."""
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=PATIENCE_SECONDS, context=self.trust()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE_SECONDS)
        try:
            if self.security == "starttls":
                server.starttls(context=self.trust())
            if self.user:
                server.login(self.user, _secret(self.password_file, "IOC_SMTP_PASSWORD_FILE"))
        except BaseException:
            server.close()
            raise
        return server


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _mail(message: Message, sender: str) -> EmailMessage:
    """The mail of a message. The same message has the same Message-ID, however often it goes."""
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"], mail["To"], mail["Subject"] = sender, message.address, message.subject
    domain = _domain(sender) or "localhost"
    mail["Message-ID"] = f"<{message.message_id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.made_at is not None:
        mail["Date"] = message.made_at
    mail.set_content(message.body)
    for file in message.files:
        kind, _, subtype = file.media.partition("/")
        mail.add_attachment(_content(file), kind, subtype, filename=file.name)
    return mail


def _content(file: Attached) -> bytes:
    """A file as it was when it was made. Raises NotSentError."""
    try:
        content = file.path.read_bytes()
    except OSError:
        raise NotSentError(f"{file.name} is not there any more.", for_good=True) from None
    if hashlib.sha256(content).hexdigest() != file.path.name:
        raise NotSentError(f"{file.name} was changed since it was made.", for_good=True)
    return content


@dataclass(frozen=True)
class Hooks:
    """Webhooks: only of these hosts, with TLS unless `plain`, signed where there is a secret."""

    hosts: frozenset[str]
    plain: bool = False
    secret_file: Path | None = None

    def send(self, message: Message) -> None:
        """Hand over one message as JSON. Raises NotSentError."""
        parts = urlsplit(message.address)
        if parts.hostname not in self.hosts:
            told = f"{parts.hostname} is not among IOC_WEBHOOK_HOSTS."
            raise NotSentError(told, for_good=True)
        if parts.scheme != "https" and not self.plain:
            told = f"{parts.hostname}: without TLS nothing is sent. See IOC_WEBHOOK_PLAIN."
            raise NotSentError(told, for_good=True)
        body = message.document.encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.message_id}
        if self.secret_file is not None:
            secret = _secret(self.secret_file, "IOC_WEBHOOK_SECRET_FILE").encode()
            headers["X-IOC-Signature"] = (
                f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
            )
        try:
            with httpx.Client(
                timeout=PATIENCE_SECONDS, follow_redirects=False, trust_env=False
            ) as client:
                answer = client.post(message.address, content=body, headers=headers)
        except httpx.HTTPError as error:
            told = f"{parts.hostname} cannot be reached: {type(error).__name__}."
            raise NotSentError(told) from None
        if not answer.is_success:
            told = f"{parts.hostname} answered {answer.status_code}."
            raise NotSentError(told, for_good=answer.status_code not in LATER)


def _secret(path: Path | None, name: str) -> str:
    """The first line of a file that only we may read. Raises NotSentError."""
    if path is None:
        raise NotSentError(f"There is a user and no password. See {name}.")
    try:
        if path.stat().st_mode & 0o077:
            raise NotSentError(f"{path} can be read by others. Mend it: chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise NotSentError(f"{path} cannot be read. See {name}.") from None
