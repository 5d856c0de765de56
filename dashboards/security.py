"""`security.txt` (RFC 9116): whom somebody tells who has found a weakness."""

from datetime import UTC, datetime, time, timedelta

import flask

from dashboards.access import OPEN, Access
from dashboards.opening import Opening

PLACE = "/.well-known/security.txt"
GOOD_FOR = timedelta(days=180)


def register(access: Access, opening: Opening) -> None:
    """The route; where no contact is configured there is nothing at it."""

    @access.route(PLACE, OPEN)
    def contact() -> flask.Response:
        if not opening.contact:
            return flask.Response("", 404)
        told = security_text(opening, datetime.now(UTC))
        return flask.Response(told, content_type="text/plain; charset=utf-8")


def security_text(opening: Opening, now: datetime) -> str:
    """Contact, expiry at the midnight (UTC) half a year from now, languages, and addresses."""
    until = datetime.combine((now + GOOD_FOR).date(), time(), UTC)
    lines = [
        f"Contact: {opening.contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: vi, en",
        *(f"Canonical: {origin}{PLACE}" for origin in opening.origins),
    ]
    return "\n".join(lines) + "\n"
