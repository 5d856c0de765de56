"""Passwords and codes: how they are kept, checked and chosen.

argon2id with 64 MiB, three passes and four lanes (RFC 9106, low memory). Two are worked out at
once in a process, so that a flood of logins takes neither its memory nor its processors.
"""

import secrets
import string
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
AT_ONCE = threading.BoundedSemaphore(2)
LONGEST = 256
LONG, LONG_WITH_CODE = 14, 8
STEP_SECONDS = 30


def hashed(password: str) -> str:
    """A password as it is kept."""
    return HASHER.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one that is kept; takes as long where there is none."""
    try:
        HASHER.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def one_of_two() -> AbstractContextManager[bool]:
    """Held while passwords are worked out."""
    return AT_ONCE


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has."""
    return hashed(secrets.token_urlsafe(32))


def weakness(password: str, name: str, *, has_code: bool, before: Sequence[str] = ()) -> str | None:
    """The key of the sentence that says why a password will not do; None if it will.

    Without a second factor 14 characters of four classes are asked for, with one 8 characters.
    """
    if len(password) < (LONG_WITH_CODE if has_code else LONG):
        return "signin.too_short_code" if has_code else "signin.too_short"
    if len(password) > LONGEST:
        return "signin.too_long"
    if not has_code and _classes(password) < 4:
        return "signin.too_plain"
    if name in password.lower():
        return "signin.has_name"
    if any(fits(kept, password) for kept in before):
        return "signin.used_before"
    return None


def _classes(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum())
    return sum(any(test(one) for one in password) for test in tests)


def first_password() -> str:
    """A password to hand over, which has to be changed at the first login."""
    letters = "".join(one for one in string.ascii_letters + string.digits if one not in "Il1O0o")
    groups = ["".join(secrets.choice(letters) for _ in range(5)) for _ in range(4)]
    return "-".join(groups)


def new_secret() -> str:
    """A secret for an app that makes codes."""
    return pyotp.random_base32()


def step_of_code(secret: str, code: str, now: float | None = None) -> int | None:
    """The time step a code is of, one before and after now included; None if of none."""
    at = time.time() if now is None else now
    given = "".join(code.split())
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for offset in (0, -1, 1):
        if totp.verify(given, for_time=int(at) + offset * STEP_SECONDS):
            return int(at) // STEP_SECONDS + offset
    return None


def address_of_secret(secret: str, name: str) -> str:
    """What an app reads to know a secret, whose it is, and of what."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Toàn Cảnh")
