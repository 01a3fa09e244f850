"""Tokens: made once and shown once, found by their digest, revoked at once.

The page of a person's profile and ``lianshu token`` make them with the functions of this module.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from lianshu.api.models import TOKEN_SCOPES, ApiToken
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

MARK = "lsk"  # found by secret scanners; not a secret itself
DAYS, MOST_DAYS = 90, 366
MOST_TOKENS = 20  # that one person holds at a time
USED_EVERY = timedelta(minutes=1)  # last_used is a remark, not worth a write for each request


def make_token(
    user: Any, now: datetime, *, scopes: Iterable[str] = ("read",), days: int = DAYS, name: str = ""
) -> tuple[ApiToken, str]:
    """A new token of ``user`` and its secret, which is not kept and cannot be shown again.

    Raises ``Refused`` for an unknown scope, a time outside 1 to 366 days, or one token too many.
    """
    wanted = sorted(set(scopes), key=lambda scope: (scope != "read", scope))
    if not wanted or not set(wanted) <= set(TOKEN_SCOPES):
        raise _refused("scopes", f"权限为 {'、'.join(TOKEN_SCOPES)}",
                       f"a scope is one of {', '.join(TOKEN_SCOPES)}",
                       ("如 read,capture", "such as read,capture"))  # fmt: skip
    if not 1 <= days <= MOST_DAYS:
        raise _refused("days", f"有效期为 1 至 {MOST_DAYS} 天",
                       f"a token is valid for 1 to {MOST_DAYS} days",
                       (f"如 {DAYS}", f"such as {DAYS}"))  # fmt: skip
    if live_tokens(user, now).count() >= MOST_TOKENS:
        raise _refused("user", f"每人至多 {MOST_TOKENS} 个有效令牌",
                       f"a person has at most {MOST_TOKENS} valid tokens",
                       ("先吊销不用的令牌", "revoke one that is not used"))  # fmt: skip
    prefix = secrets.token_hex(4)
    secret = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        user=user,
        name=name[:100],
        prefix=prefix,
        digest=digest_of(secret),
        scopes=" ".join(wanted),
        created=now,
        expires=now + timedelta(days=days),
    )
    return token, secret


def find_token(secret: str, now: datetime) -> ApiToken | None:
    """The token that a program showed, if it is valid at ``now``; notes that it was used."""
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or token.revoked is not None or token.expires <= now:
        return None
    if token.last_used is None or now - token.last_used >= USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)
    return token


def live_tokens(user: Any, now: datetime) -> Any:
    """The tokens of a person that are neither revoked nor out of date, newest first."""
    return ApiToken.objects.filter(user=user, revoked=None, expires__gt=now)


def revoke_token(user: Any, prefix: str, now: datetime) -> ApiToken:
    """End a token of ``user``; raises ``Refused`` if there is none of that prefix."""
    token = ApiToken.objects.filter(user=user, prefix=prefix).first()
    if token is None:
        raise _refused("prefix", f"没有以 {prefix} 开头的令牌", f"there is no token {prefix}",
                       ("用 --list 查看", "see --list"))  # fmt: skip
    if token.revoked is None:
        token.revoked = now
        token.save(update_fields=["revoked"])
    return token


def digest_of(secret: str) -> str:
    """SHA-256 of a token in hex.

    >>> digest_of("lsk_a")[:8]
    '249707dd'
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _refused(field: str, zh: str, en: str, remedy: tuple[str, str]) -> Refused:
    return Refused(Refusal(field, Text(zh, en), Text(*remedy), code=field))
