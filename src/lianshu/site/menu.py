"""The left menu: a list, not code. An item is shown to whoever may open its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import resolve, reverse

from lianshu.site.access import permission_of, role_of


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A page in the menu: its URL name, the key of its words, its icon (see ``icons.py``)."""

    url_name: str
    text_key: str
    icon: str = "dot"


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Items under one heading."""

    text_key: str
    items: tuple[MenuItem, ...]


# Pages add themselves here. The permission is the view's own, so that it is said in one place only.
MENU: tuple[MenuGroup, ...] = (
    MenuGroup(
        "menu.group.today",
        (MenuItem("home", "menu.home", "home"), MenuItem("orders", "menu.orders", "orders")),
    ),
    MenuGroup(
        "menu.group.data",
        (
            MenuItem("readings", "menu.readings", "chart"),
            MenuItem("quality", "menu.quality", "check"),
            MenuItem("imports", "menu.imports", "upload"),
        ),
    ),
    MenuGroup(
        "menu.group.trust",
        (
            MenuItem("verification", "menu.verify", "shield"),
            MenuItem("glossary", "menu.glossary", "book"),
            MenuItem("schema", "menu.schema", "rows"),
            MenuItem("about", "menu.about", "link"),
        ),
    ),
    MenuGroup(
        "menu.group.account",
        (
            MenuItem("profile", "menu.profile", "person"),
            MenuItem("styleguide", "menu.styleguide", "swatch"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A menu item as one person sees it; ``state`` is the value of ``aria-current`` or empty."""

    text_key: str
    icon: str
    address: str
    state: str


def shown_menu(request: HttpRequest) -> list[tuple[str, list[ShownItem]]]:
    """The groups and items that whoever sent this request may open."""
    role = role_of(request)
    groups = []
    for group in MENU:
        items = [item for each in group.items if (item := shown_item(request, each)) is not None]
        if items and role != "public":
            groups.append((group.text_key, items))
    return groups


def shown_item(request: HttpRequest, item: MenuItem) -> ShownItem | None:
    """The item with its address and whether it is the current page; None when it is not for this role."""
    address = reverse(item.url_name)
    match = resolve(address)
    permission = permission_of(match.func, match.namespaces)
    if permission is None or not permission.admits(role_of(request)):
        return None
    within = address != "/" and request.path.startswith(address.rstrip("/") + "/")
    state = "page" if request.path == address else "true" if within else ""
    return ShownItem(item.text_key, item.icon, address, state)
