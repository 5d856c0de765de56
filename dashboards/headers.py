"""What every answer says to the browser: what it may load, keep and tell others."""

import base64
import hashlib

import flask
from dash import Dash

# Styles need 'unsafe-inline': Dash, Plotly and Mantine write <style> elements. Scripts never do.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' {hashes}",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "object-src": "'none'",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = "max-age=31536000"


def content_security_policy(app: Dash, scripts: list[str]) -> str:
    """The policy that allows this app's inline scripts and `scripts`, and no others.

    Ask only after every clientside callback is registered: their hashes are part of it.
    """
    own = [f"'{script_hash(script)}'" for script in scripts]
    hashes = " ".join([*app.csp_hashes(), *own])
    return "; ".join(f"{name} {value.format(hashes=hashes)}" for name, value in POLICY.items())


def script_hash(script: str) -> str:
    """How a policy names one inline script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def add_headers(server: flask.Flask, policy: str, *, is_secure: bool = False) -> None:
    """Send the headers with every answer; only fingerprinted files may be kept.

    `is_secure`: browsers come through TLS, and are told never to come without it.
    """

    @server.after_request
    def secured(response: flask.Response) -> flask.Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        response.headers["Content-Security-Policy"] = policy
        if is_secure:
            response.headers["Strict-Transport-Security"] = STRICT
        response.headers.setdefault("Cache-Control", "no-store")
        return response
