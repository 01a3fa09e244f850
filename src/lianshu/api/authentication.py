"""Authentication: a bearer token, or the session of somebody who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_backends
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer

from lianshu.api.models import CAPTURE, READ, TOKEN_SCOPES
from lianshu.api.problem import Problem
from lianshu.api.tokens import find_token
from lianshu.api.visibility import CAPTURE as CAPTURE_ROLES
from lianshu.api.visibility import scope_of_user
from lianshu.capability.relation import Scope
from lianshu.kernel.refusal import Refusal
from lianshu.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request and what its credential allows."""

    user: Any
    scopes: tuple[str, ...]
    by: str  # token or session

    def scope(self) -> Scope:
        """What of the record the caller reads; ``Refused`` for whoever reads nothing of it."""
        return scope_of_user(self.user)

    def allow(self, scope: str) -> None:
        """Raises ``Problem`` where the credential was not given ``scope``, or the role never may."""
        if scope not in self.scopes:
            rule = Text(f"此令牌没有 {scope} 权限", f"this token lacks the scope {scope}")
            remedy = Text("另建一个有此权限的令牌", "make a token that has it")
            raise Problem("forbidden", refusals=[Refusal("scope", rule, remedy, code="scope")])
        if scope == CAPTURE and self.user.role not in CAPTURE_ROLES:
            rule = Text("此角色不能写入记录", "this role writes nothing to the record")
            remedy = Text("由链主或链上企业写入", "the lead or a firm of the chain writes it")
            raise Problem("forbidden", refusals=[Refusal("role", rule, remedy, code="role")])


def may_sign_in(user: Any) -> bool:
    """Whether the account is open; the site's own backend decides."""
    return any(
        backend.user_can_authenticate(user)
        for backend in get_backends()
        if hasattr(backend, "user_can_authenticate")
    )


class TokenAuth(HttpBearer):
    """``Authorization: Bearer lsk_...``; a wrong token is refused even beside a session."""

    openapi_bearerFormat = "lsk_PREFIX_SECRET"  # noqa: N815 - the name that OpenAPI gives it

    def authenticate(self, request: HttpRequest, token: str) -> Caller:  # noqa: ARG002 - ninja's
        """The caller that a token stands for."""
        found = find_token(token, timezone.now())
        if found is None or not may_sign_in(found.user):
            raise AuthenticationError
        return Caller(found.user, tuple(s for s in TOKEN_SCOPES if found.allows(s)), "token")


class SessionAuth(APIKeyCookie):
    """The session cookie of the site; unsafe methods need the CSRF token as well."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Caller | None:
        """None without a session, so that the answer is 401 and not a complaint about CSRF."""
        if not request.user.is_authenticated:
            return None
        self._get_key(request)  # checks CSRF
        return self.authenticate(request, None)

    def authenticate(
        self,
        request: HttpRequest,
        key: str | None,  # noqa: ARG002 - ninja's
    ) -> Caller | None:
        """The caller who is signed in."""
        user = request.user
        return Caller(user, (READ, CAPTURE), "session") if may_sign_in(user) else None


def caller_of(request: HttpRequest) -> Caller:
    """Who sent an authenticated request."""
    caller = request.auth
    assert isinstance(caller, Caller), "the operation is authenticated"
    return caller


def reading_scope(request: HttpRequest) -> Scope:
    """The scope in which a request reads the record; refused for whoever may not."""
    caller = caller_of(request)
    caller.allow(READ)
    return caller.scope()
