"""Every engine that a reading may run on; where one is not installed, its tests skip and say so."""

from __future__ import annotations

import pytest

from lianshu.app.mirroring import STORES


@pytest.fixture(params=STORES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of an engine; PostgreSQL brings its cluster up."""
    name: str = request.param
    if name == "postgres":
        request.getfixturevalue("postgres_dsn")
    return name


@pytest.fixture
def engine_dsn(engine: str, request: pytest.FixtureRequest) -> str:
    """Where the PostgreSQL mirror of a workspace goes; empty for the other engines."""
    return str(request.getfixturevalue("postgres_dsn")) if engine == "postgres" else ""
