"""Files for the browser: kept for a year when their address changes with them, packed once.

Dash serves its bundles and ours from memory or disk, unpacked. Packing 1.4 MB on each request
costs more than any query, so each content is packed once and the result kept beside the cache.
"""

import gzip
import hashlib
import os
import tempfile
from pathlib import Path

import flask

YEAR = 365 * 24 * 3600
SMALLEST = 1024  # below this, packing saves nothing worth a header
FAST, BEST = 5, 9
PACKABLE = (
    "text/",
    "application/json",
    "application/javascript",
    "application/problem+json",
    "image/svg+xml",
)
STATIC = ("_dash_assets.static", "/_dash-component-suites/")


def serve_files_well(server: flask.Flask, folder: Path) -> None:
    """Pack what the browser accepts packed, and let it keep what is fingerprinted.

    `folder` keeps packed static files, for all web processes and over restarts.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @server.after_request
    def packed(response: flask.Response) -> flask.Response:
        is_static = str(flask.request.endpoint).startswith(STATIC)
        if is_static:
            _let_keep(response)
        if response.status_code == 200 and _is_worth_packing(response):
            response.direct_passthrough = False
            body = response.get_data()
            if len(body) >= SMALLEST:
                _replace_body(response, _packed(body, folder if is_static else None))
        return response


def _let_keep(response: flask.Response) -> None:
    """A year for addresses that carry a version; all others must be asked for again."""
    has_version = "m" in flask.request.args or "/fonts/" in flask.request.path
    if has_version:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    elif "max-age" not in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = "no-cache"


def _is_worth_packing(response: flask.Response) -> bool:
    return (
        "gzip" in flask.request.headers.get("Accept-Encoding", "")
        and "Content-Encoding" not in response.headers
        and str(response.mimetype).startswith(PACKABLE)
    )


def _replace_body(response: flask.Response, packed: bytes) -> None:
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    tag, _ = response.get_etag()
    if tag:  # the same content in another packing is equal, but only weakly
        response.set_etag(tag, weak=True)


def _packed(body: bytes, folder: Path | None) -> bytes:
    if folder is None:
        return gzip.compress(body, FAST, mtime=0)
    kept = folder / f"{hashlib.sha256(body).hexdigest()}.gz"
    if not kept.exists():
        _write(kept, gzip.compress(body, BEST, mtime=0))
    return kept.read_bytes()


def _write(path: Path, content: bytes) -> None:
    """All or nothing: another web process may be reading."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)
