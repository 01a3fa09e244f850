"""Links: each promise (plan, offer) beside the flows that say they fulfil it.

The two sides are sorted together by the promise's id and walked once, so no join has to hold either.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from lianshu.flow.check import Look, Row, groups

_LINKED = """
    SELECT CASE WHEN s.side = 1 THEN f.fulfils ELSE f.id END AS link, s.side, f.id, f.mood, f.action,
           f.stream, f.time, f.agreed, f.item, f.qty, f.unit, f.from_party, f.to_party, f.order_id,
           f.entry_seq
    FROM flow f
    JOIN (SELECT 1 AS side UNION ALL SELECT 2 AS side) s
      ON (s.side = 1 AND f.mood = 'fact' AND f.fulfils <> '') OR (s.side = 2 AND f.mood <> 'fact')
    ORDER BY link, s.side, f.entry_seq
"""


class Linked(NamedTuple):
    """What the checks of fulfilment need of a flow; times in microseconds UTC."""

    id: str
    mood: str
    action: str
    stream: str
    time: int
    agreed: int | None
    item: str
    qty: Decimal
    unit: str
    from_party: str
    to_party: str
    order: str
    entry_seq: int


def links(look: Look) -> Iterator[tuple[Linked, list[Linked]]]:
    """Each flow that facts fulfil, with those facts in the order in which they were recorded.

    Where an id is used twice the first flow of it stands. Needs the relation ``flow``.

    >>> class Two:
    ...     def rows(self, sql):
    ...         goods = ("item", "1", "KGM", "mill", "shop", "SO1")
    ...         yield ("P1", 1, "F1", "fact", "transfer", "goods", 8, None, *goods, 2)
    ...         yield ("P1", 2, "P1", "promise", "transfer", "goods", 9, None, *goods, 1)
    >>> [(promise.id, [fact.id for fact in facts]) for promise, facts in links(Two())]
    [('P1', ['F1'])]
    """
    for _, run in groups(look.rows(_LINKED), 1):
        facts: list[Linked] = []
        for row in run:
            if row[1] == 1:
                facts.append(_linked(row))
                continue
            # Facts stand first: a promise without any is passed over before it costs anything.
            if facts:
                yield _linked(row), facts
            break


def _linked(row: Row) -> Linked:
    return Linked._make((*row[2:9], Decimal(row[9]), *row[10:]))
