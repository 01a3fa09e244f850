"""Visibility: what of the record a person may read, by role and party. Deny by default.

The lead enterprise, the ministry and the regulator read the whole record. A supplier, carrier,
enterprise or bank reads the flows that name its party and the entries that it wrote or that name it.
Everybody else reads nothing of it. Source: DESIGN §4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lianshu.capability.relation import Scope
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

SEE_ALL = frozenset({"lead", "ministry", "regulator"})
SEE_OWN = frozenset({"supplier", "carrier", "enterprise", "bank"})
CAPTURE = frozenset({"lead"}) | SEE_OWN


def scope_of(role: str, parties: Sequence[str]) -> Scope:
    """The scope in which somebody in ``role`` who acts for ``parties`` reads; the first party counts.

    Raises ``Refused`` for whoever reads nothing.

    >>> scope_of("lead", []), scope_of("bank", ["bank:icbc"])
    (Scope(party=''), Scope(party='bank:icbc'))
    """
    if role in SEE_ALL:
        return Scope()
    if role not in SEE_OWN:
        raise _refused(
            "role",
            Text("此角色不能读取供应链记录", "this role reads nothing of the chain's record"),
            Text("请链主授予角色", "ask the lead enterprise for a role"),
        )
    if not parties or not parties[0]:
        raise _refused(
            "party",
            Text(
                "您的单位尚未对应到记录中的主体",
                "your organisation is not yet a party of the record",
            ),
            Text("请管理员填写单位的主体编号", "ask an administrator to give it its party key"),
        )
    return Scope(parties[0])


def parties_of(user: Any) -> list[str]:
    """Keys of the parties that a person acts for, in the order in which they joined them."""
    keys = user.memberships.order_by("pk").values_list("organisation__party_key", flat=True)
    return [key for key in keys if key]


def scope_of_user(user: Any) -> Scope:
    """``scope_of`` for an account."""
    return scope_of(user.role, [] if user.role in SEE_ALL else parties_of(user))


def _refused(field: str, rule: Text, remedy: Text) -> Refused:
    return Refused(Refusal(field, rule, remedy, code="visibility"))
