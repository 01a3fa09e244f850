"""Who may open which page: deny by default.

Every view says by ``@permit(...)`` who may open it. A view that says nothing is open to nobody, so
that forgetting is safe, and a test walks all URLs and finds the forgotten one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from lianshu.site.roles import SIGNED_IN_ROLES, Role

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Permission:
    """The roles that may open a page. ``guarded_elsewhere``: the view checks a token by itself.

    >>> Permission(frozenset({Role.BANK})).admits(Role.BANK)
    True
    >>> Permission(frozenset({Role.BANK})).admits(Role.PUBLIC)
    False
    >>> PUBLIC.admits(Role.PUBLIC)
    True
    """

    roles: frozenset[Role]
    guarded_elsewhere: bool = False

    def admits(self, role: Role) -> bool:
        """Whether somebody in this role may open the page."""
        return self.guarded_elsewhere or role in self.roles


PUBLIC = Permission(frozenset(Role))
SIGNED_IN = Permission(SIGNED_IN_ROLES)
TOKEN = Permission(frozenset(), guarded_elsewhere=True)

# URL namespaces whose views are made by a library and cannot be decorated one by one.
NAMESPACE_PERMISSIONS: dict[str, Permission] = {"api": TOKEN}


def permit(*allowed: Role | Permission) -> Callable[[View], View]:
    """Declare who may open a view: ``@permit(PUBLIC)``, ``@permit(SIGNED_IN)`` or ``@permit(Role.LEAD, ...)``.

    Raises AssertionError when nothing is named, because an empty list would be a page for nobody.

    >>> @permit(Role.LEAD, Role.BANK)
    ... def page(request): ...
    >>> sorted(permission_of(page).roles)
    [<Role.BANK: 'bank'>, <Role.LEAD: 'lead'>]
    """
    assert allowed, "name at least one role or permission"
    roles = frozenset(role for role in allowed if isinstance(role, Role))
    elsewhere = False
    for each in allowed:
        if isinstance(each, Permission):
            roles, elsewhere = roles | each.roles, elsewhere or each.guarded_elsewhere

    def declare(view: View) -> View:
        view.permission = Permission(roles, elsewhere)  # type: ignore[attr-defined]
        return view

    return declare


def permission_of(view: View, namespaces: tuple[str, ...] | list[str] = ()) -> Permission | None:
    """What a view declares, or what its URL namespace does; None when nothing was declared.

    >>> permission_of(lambda request: None) is None
    True
    >>> permission_of(lambda request: None, ["api"]) == TOKEN
    True
    """
    declared = getattr(view, "permission", None)
    if isinstance(declared, Permission):
        return declared
    return next((NAMESPACE_PERMISSIONS[n] for n in namespaces if n in NAMESPACE_PERMISSIONS), None)


def role_of(request: HttpRequest) -> Role:
    """The role of whoever sent the request; ``Role.PUBLIC`` when nobody is signed in."""
    user = getattr(request, "user", None)
    return Role(user.role) if user is not None and user.is_authenticated else Role.PUBLIC


class PermissionGate:
    """Middleware that asks the permission of each view before it runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let the view run (None), ask to sign in, or refuse."""
        match = request.resolver_match
        permission = permission_of(view, match.namespaces if match else [])
        role = role_of(request)
        if permission is not None and permission.admits(role):
            return None
        if permission is not None and role is Role.PUBLIC:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied
