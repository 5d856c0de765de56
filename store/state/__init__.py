"""What people and programs do, beside the figures: one SQLite file, `app.sqlite`, of a home.

The figures' own store is written by the collector alone; this file is written by the web and
the command line too, a little at a time.
"""

from store.state.receipts import KeyUsedError, Receipt, receipt_of, receive, received_since, settle
from store.state.tokens import Token, make_token, revoke_tokens, token_named, tokens_of

__all__ = [
    "KeyUsedError",
    "Receipt",
    "Token",
    "make_token",
    "receipt_of",
    "receive",
    "received_since",
    "revoke_tokens",
    "settle",
    "token_named",
    "tokens_of",
]
