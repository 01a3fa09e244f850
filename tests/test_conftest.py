"""What tests/conftest.py promises to every other test."""

from __future__ import annotations

import random
import socket
import urllib.request
from pathlib import Path

import psycopg
import pytest

from tests.conftest import missing


def test_the_network_is_refused() -> None:
    with pytest.raises(RuntimeError, match="no network but loopback"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(RuntimeError, match="no network but loopback"):
        socket.getaddrinfo("example.com", 443)
    with pytest.raises(RuntimeError, match="no network but loopback"):
        urllib.request.urlopen("http://example.com/")


def test_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()[:2], timeout=5).close()


def test_missing_is_a_skip_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIANSHU_CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Spark is not installed: pip install"):
        missing("Spark", "pip install pyspark")


def test_missing_is_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANSHU_CI", "1")
    with pytest.raises(pytest.fail.Exception, match="Spark is not installed"):
        missing("Spark", "pip install pyspark")


def test_the_random_source_repeats(seed: int, rng: random.Random) -> None:
    assert rng.random() == random.Random(seed).random()


def test_postgres_is_durable_and_every_test_has_its_own_database(
    postgres_dsn: str, postgres_database: str
) -> None:
    assert postgres_dsn != postgres_database
    with psycopg.connect(postgres_database) as connection:
        row = connection.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
            " (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')"
        ).fetchone()
    assert row == ("on", "on", 0)


def test_shared_data_is_the_folder_beside_the_repository(shared_data: Path) -> None:
    assert (shared_data / "README.md").is_file()
