"""DDL of every store, made from the schema CSV: one declaration, three dialects.

The log (entry, refusal, checkpoint) is the truth. Everything in ``PROJECTED`` is derived and may be
dropped and rebuilt from it.
"""

from __future__ import annotations

from lianshu.flow.table import THINGS, projections, stored_columns

# Exact decimals are text in SQLite, which has no such type; sums go through ``exact_sum``.
TYPES = {
    "sqlite": {"integer": "INTEGER", "time": "INTEGER", "boolean": "INTEGER", "decimal": "TEXT",
               "bytes": "BLOB", "text": "TEXT"},
    "postgres": {"integer": "BIGINT", "time": "BIGINT", "boolean": "BIGINT",
                 "decimal": "NUMERIC(38,18)", "bytes": "BYTEA", "text": 'TEXT COLLATE "C"'},
    "duckdb": {"integer": "BIGINT", "time": "BIGINT", "boolean": "BIGINT",
               "decimal": "DECIMAL(38,18)", "bytes": "BLOB", "text": "VARCHAR"},
}  # fmt: skip

LOG_TABLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "meta": (("name", "text", "PRIMARY KEY"), ("value", "text", "NOT NULL")),
    "entry": (
        ("seq", "integer", "PRIMARY KEY"),
        ("id", "text", "NOT NULL UNIQUE"),
        ("kind", "text", "NOT NULL"),
        ("source", "text", "NOT NULL"),
        ("received_us", "integer", "NOT NULL"),
        ("media_type", "text", "NOT NULL"),
        ("payload", "bytes", "NOT NULL"),
        ("digest", "bytes", "NOT NULL"),
        ("leaf", "bytes", "NOT NULL"),
        ("supersedes", "text", "NOT NULL"),
        ("key_id", "text", "NOT NULL"),
        ("signature", "bytes", "NOT NULL"),
    ),
    "refusal": (
        ("fingerprint", "bytes", "PRIMARY KEY"),
        ("id", "text", "NOT NULL"),
        ("received_us", "integer", "NOT NULL"),
        ("outcome", "text", "NOT NULL"),
        ("reason_zh", "text", "NOT NULL"),
        ("reason_en", "text", "NOT NULL"),
        ("payload", "bytes", "NOT NULL"),
    ),
    "checkpoint": (
        ("size", "integer", "PRIMARY KEY"),
        ("root", "bytes", "NOT NULL"),
        ("time_us", "integer", "NOT NULL"),
        ("note", "text", "NOT NULL"),
        ("frontier", "bytes", "NOT NULL"),
    ),
}
SUPERSESSION = (("entry_seq", "integer", "PRIMARY KEY"), ("by_seq", "integer", "NOT NULL"))
PROJECTED = ("supersession", *projections())

# Only what a page or a trace looks up one by one; sums read the whole table anyway.
INDEXES = (
    ("flow_order", "flow_row", "order_id", "order_id <> ''"),
    ("flow_lot", "flow_row", "lot", "lot <> ''"),
    ("flow_process", "flow_row", "process", "process <> ''"),
    # The latest row of a thing is found among the rows of its id.
    *((f"{name}_id", f"{name}_row", "id, entry_seq", "") for name in THINGS),
)


def stored_name(table: str) -> str:
    """Name of the table that holds a projection: ``flow`` is the as-of view of ``flow_row``.

    >>> stored_name("flow"), stored_name("supersession")
    ('flow_row', 'supersession')
    """
    return table if table == "supersession" else f"{table}_row"


def log_ddl(dialect: str) -> list[str]:
    """Statements that create the log tables."""
    return [_create(dialect, name, columns) for name, columns in LOG_TABLES.items()]


def projection_ddl(dialect: str) -> list[str]:
    """Statements that create every projection and its indexes.

    >>> [line for line in projection_ddl("sqlite") if "party_row" in line][0][:45]
    'CREATE TABLE IF NOT EXISTS party_row (entry_s'
    """
    types = TYPES[dialect]
    statements = [_create(dialect, "supersession", SUPERSESSION)]
    for name in projections():
        columns = [
            f"{column} {types.get(kind, types['text'])}" for column, kind in stored_columns(name)
        ]
        columns.append("PRIMARY KEY (entry_seq, line)")
        tail = " WITHOUT ROWID" if dialect == "sqlite" else ""
        body = ", ".join(columns)
        statements.append(f"CREATE TABLE IF NOT EXISTS {stored_name(name)} ({body}){tail}")
    statements += [
        f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})"
        + (f" WHERE {where}" if where else "")
        for name, table, column, where in INDEXES
    ]
    return statements


def drop_projections() -> list[str]:
    """Statements that drop every projection; the log stays."""
    return [f"DROP TABLE IF EXISTS {stored_name(name)}" for name in PROJECTED]


def insert(table: str, columns: int, mark: str = "?") -> str:
    """An INSERT of whole rows."""
    return f"INSERT INTO {table} VALUES ({', '.join([mark] * columns)})"


def _create(dialect: str, name: str, columns: tuple[tuple[str, str, str], ...]) -> str:
    types = TYPES[dialect]
    body = ", ".join(f"{column} {types[kind]} {rest}" for column, kind, rest in columns)
    return f"CREATE TABLE IF NOT EXISTS {name} ({body})"
