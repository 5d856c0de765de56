"""The ways out as the settings say them, and what digests are written from. Wiring only."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import IocError
from settings import Settings, settings

if TYPE_CHECKING:
    from dashboards.digests.digest import Desk
    from dashboards.digests.post import Posted, Ways
    from dashboards.digests.ways import MailServer
    from dashboards.mailings.sending import Carried


def ways(chosen: Settings) -> "Ways":
    """Mail server and webhooks, as far as they are configured. Raises IocError."""
    from dashboards.digests.post import Ways
    from dashboards.digests.recipients import ADDRESS
    from dashboards.digests.ways import Hooks, MailServer

    mail = None
    if chosen.smtp_host:
        sender = chosen.smtp_from or ""
        if not ADDRESS.fullmatch(sender):
            raise IocError("IOC_SMTP_HOST is set, so say from which address: IOC_SMTP_FROM.")
        if chosen.smtp_user and chosen.smtp_security == "none":
            raise IocError(
                "IOC_SMTP_SECURITY=none would send the password in the open. Use starttls or tls."
            )
        mail = MailServer(
            chosen.smtp_host,
            chosen.smtp_port,
            chosen.smtp_security,
            sender,
            chosen.smtp_user or "",
            chosen.smtp_password_file,
            _domains(chosen.mail_domains or ""),
        )
    named = [one.strip() for one in (chosen.webhook_hosts or "").split(",")]
    hosts = frozenset(one.lower() for one in named if one)
    hooks = Hooks(hosts, chosen.webhook_plain, chosen.webhook_secret_file) if hosts else None
    return Ways(mail, hooks, chosen.digest_at)


def _domains(text: str) -> frozenset[str]:
    named = (one.strip().lower().lstrip("@") for one in text.split(","))
    return frozenset(one for one in named if one)


def mail_server() -> "MailServer | None":
    """The mail server that packs go through; None: none is configured. Raises IocError."""
    return ways(settings()).mail


def desk(chosen: Settings) -> "Desk":
    """What digests are written from. Raises StoreError without a snapshot."""
    from commands.published import published
    from dashboards.digests.digest import Desk
    from metrics.rules import rules

    address = (chosen.origins or "").split(",")[0].strip().rstrip("/")
    ours = rules(chosen.home / "config")
    return Desk(chosen.home, ours, published(), datetime.now(UTC), address)


def posted() -> "Posted":
    """Write the digests that are due and hand over what waits. Raises IocError."""
    from dashboards.digests.post import Posted, post

    chosen = settings()
    out = ways(chosen)
    if not out.any:
        return Posted()
    return post(desk(chosen), out, lambda: datetime.now(UTC))


def carried() -> "Carried":
    """Make and send the packs that are due. Raises IocError."""
    from dashboards.mailings.sending import Carried, carry_out

    mail = mail_server()
    if mail is None:
        return Carried()
    return carry_out(desk(settings()), mail, lambda: datetime.now(UTC))


def has_mailings(is_news: bool) -> bool:
    """Whether a pack is due, or waits for what may have come; never without a mail server."""
    from store.state.schedules import has_work

    chosen = settings()
    return bool(chosen.smtp_host) and has_work(chosen.home, datetime.now(UTC), is_news=is_news)


def outlook(home: Path) -> list[str]:
    """What is configured to be sent, and to how many. Raises IocError for what is wrong."""
    from dashboards.digests.recipients import read_recipients
    from domain.dossier import local_day

    chosen = settings()
    out, today = ways(chosen), local_day(datetime.now(UTC))
    found = read_recipients(home, today)
    if not out.any:
        more = f", though {len(found)} recipients are named" if found else ""
        return [f"No digest is sent: neither a mail server nor a webhook is configured{more}."]
    told = []
    if out.mail is not None:
        mails = sum(len(one.email) for one in found)
        told.append(f"Digests go to {mails} addresses through {out.mail.host}:{out.mail.port}.")
    if out.hooks is not None:
        hooks = sum(len(one.webhook) for one in found)
        told.append(f"Digests go to {hooks} webhooks on {', '.join(sorted(out.hooks.hosts))}.")
    if not found:
        told.append("Nobody is named in config/recipients.toml, so nobody is told.")
    return told
