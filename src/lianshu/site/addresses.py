"""Addresses of what the record holds: orders, entries and things, whose keys may hold any character."""

from __future__ import annotations

from urllib.parse import quote, urlencode

# A browser takes these parts out of an address before it asks, so such a key goes into the query.
DOTS = {".", ".."}
BY_QUERY = "~"


def order_address(order: str) -> str:
    """The page of an order.

    >>> order_address("PO 1/ü#2"), order_address("..")
    ('/orders/PO%201%2F%C3%BC%232/', '/orders/~/?id=..')
    """
    return _keyed("/orders/", order)


def thing_address(table: str, key: str) -> str:
    """The page of a party, place, item, lot or other thing."""
    return _keyed(f"/things/{table}/", key)


def entry_address(seq: int) -> str:
    """The page of an entry."""
    return f"/entries/{seq}/"


def proof_address(seq: int) -> str:
    """The proof file of an entry."""
    return f"/entries/{seq}/proof/"


def orders_address(**conditions: object) -> str:
    """The list of orders with conditions; empty ones are left out.

    >>> orders_address(state="late", supplier="")
    '/orders/?state=late'
    """
    given = {
        name.rstrip("_"): value for name, value in conditions.items() if value not in ("", None)
    }
    return "/orders/" + (f"?{urlencode(given)}" if given else "")


def key_of(path: str, query_id: str) -> str:
    """The key that an address names: the one in the path, or for ``~`` the one in the query.

    >>> key_of("PO 1", ""), key_of("~", "..")
    ('PO 1', '..')
    """
    return query_id if path == BY_QUERY and query_id else path


class KeyConverter:
    """A key in an address: any characters, slashes and line breaks too."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """The key itself."""
        return value

    def to_url(self, value: str) -> str:
        """The key itself; Django quotes it."""
        return value


def _keyed(start: str, key: str) -> str:
    if DOTS & set(key.replace("\\", "/").split("/")):
        return f"{start}{BY_QUERY}/?{urlencode({'id': key})}"
    return f"{start}{quote(key, safe='')}/"
