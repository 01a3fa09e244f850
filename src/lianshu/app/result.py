"""Table: what a reading answers, with the way back to the entries of every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lianshu.capability.registry import Capability, Column
from lianshu.kernel.instant import format_instant
from lianshu.kernel.quantity import decimal_text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """The answer of one reading as known at entry ``as_of``.

    ``rows`` hold Python values: text, ``Decimal`` for quantities and money, int, float for ratios,
    bool, and integer microseconds for instants. ``evidence(row)`` gives the entry numbers behind it.
    """

    capability: Capability
    as_of: int
    rows: list[Row]
    find_evidence: Callable[[Mapping[str, Any]], list[int]] = field(repr=False)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns in order."""
        return self.capability.columns

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def evidence(self, row: Sequence[Any] | Mapping[str, Any]) -> list[int]:
        """Entry numbers that the row was read from, ascending."""
        named = dict(row) if isinstance(row, Mapping) else dict(zip(self.names, row, strict=True))
        return self.find_evidence(named)

    def dicts(self) -> list[dict[str, Any]]:
        """Rows by column name."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def plain(self) -> list[list[Any]]:
        """Rows for programs: decimals as text, instants as ISO 8601 UTC, the rest as it is."""
        kinds = [column.type for column in self.columns]
        return [
            [plain_value(value, kind) for value, kind in zip(row, kinds, strict=True)]
            for row in self.rows
        ]

    def arrow(self) -> pa.Table:
        """A pyarrow table; quantities and money are decimal128(38, 18), instants timestamps UTC."""
        import pyarrow as pa

        types = {
            "quantity": pa.decimal128(38, 18),
            "money": pa.decimal128(38, 18),
            "integer": pa.int64(),
            "ratio": pa.float64(),
            "days": pa.float64(),
            "boolean": pa.bool_(),
            "instant": pa.timestamp("us", tz="UTC"),
            "text": pa.string(),
        }
        arrays = {
            column.name: pa.array([row[n] for row in self.rows], types[column.type])
            for n, column in enumerate(self.columns)
        }
        return pa.table(arrays)

    def pandas(self) -> pd.DataFrame:
        """A pandas frame of the same values as ``arrow``."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame


def plain_value(value: Any, kind: str) -> Any:
    """One value as a JSON value.

    >>> plain_value(Decimal("2.50"), "quantity"), plain_value(0, "instant")
    ('2.5', '1970-01-01T00:00:00Z')
    """
    if value is None:
        return None
    if kind in ("quantity", "money"):
        return decimal_text(value)
    if kind == "instant":
        return format_instant(value)
    return decimal_text(value) if isinstance(value, Decimal) else value
