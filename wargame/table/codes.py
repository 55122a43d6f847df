"""Codes by which people are let in to their places: made at random, kept as salted scrypt hashes."""

from __future__ import annotations

import hashlib
import hmac
import os

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another when written by hand
LENGTH, GROUP = 12, 4  # 60 bits
_COST = {"n": 2**14, "r": 8, "p": 1, "maxmem": 2**26}  # about 50 ms and 16 MiB a try (RFC 7914)


def made() -> str:
    """A new code, such as ``K7QD-2MFA-XW3P``."""
    letters = "".join(LETTERS[b % len(LETTERS)] for b in os.urandom(LENGTH))
    return "-".join(letters[k : k + GROUP] for k in range(0, LENGTH, GROUP))


def hashed(code: str) -> str:
    """What is kept of a code: salt and hash in hexadecimal."""
    salt = os.urandom(16)
    return f"{salt.hex()}:{_digest(code, salt).hex()}"


def fits(code: str, kept: str) -> bool:
    """Whether a code is the one kept; small letters, spaces and hyphens do not matter."""
    salt, _, digest = kept.partition(":")
    return hmac.compare_digest(_digest(code, bytes.fromhex(salt)), bytes.fromhex(digest))


def _digest(code: str, salt: bytes) -> bytes:
    plain = "".join(c for c in code.upper() if c.isalnum())
    return hashlib.scrypt(plain.encode(), salt=salt, dklen=32, **_COST)
