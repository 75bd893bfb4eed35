"""Names that nobody guesses and that never come twice."""

from __future__ import annotations

import secrets


def mint_id(prefix: str) -> str:
    """`prefix_` and 22 URL-safe characters (128 bits)."""
    return f"{prefix}_{secrets.token_urlsafe(16)}"
