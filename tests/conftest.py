"""What every test stands on: no network but loopback, a printed seed, real stores, and honest skips."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.cluster import PostgresCluster, postgres_binaries

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
LOOPBACK = {"localhost", "::1", "0.0.0.0", "::", ""}


# --- honest skips -----------------------------------------------------------------------------------


def missing(name: str, reason: str) -> NoReturn:
    """Skip for something that is not installed here; under LIANSHU_CI=1 that is a failure.

    ``name`` is what is absent, ``reason`` what it is for or how to install it.
    """
    message = f"{name} is not installed: {reason}"
    if os.environ.get("LIANSHU_CI") == "1":
        pytest.fail(f"{message} (LIANSHU_CI=1 allows no such skip)", pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of acceptance data beside the repository; skips where a clone has none."""
    if not SHARED_DATA.is_dir():
        pytest.skip("no acceptance data beside this repository (../shared/data)")
    return SHARED_DATA


# --- seeds ------------------------------------------------------------------------------------------


def _session_seed() -> int:
    """LIANSHU_SEED: a number, or ``random`` to draw one; the same every time when it is not set."""
    text = os.environ.get("LIANSHU_SEED", "20260301")
    return random.SystemRandom().randrange(2**32) if text == "random" else int(text)


SEED = _session_seed()


def pytest_report_header() -> str:
    return f"seed: {SEED} (LIANSHU_SEED={SEED} repeats it, LIANSHU_SEED=random draws another)"


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """A number for this test, made from the session's seed and the test's name; printed."""
    value = random.Random(f"{SEED}:{request.node.nodeid}").randrange(2**32)
    print(f"seed of this test: {value} (session {SEED})")
    return value


@pytest.fixture
def rng(seed: int) -> random.Random:
    """A random source that a failure can repeat."""
    return random.Random(seed)


def pytest_configure() -> None:
    from hypothesis import settings

    drawn = os.environ.get("LIANSHU_SEED") == "random"
    settings.register_profile(
        "lianshu", derandomize=not drawn, deadline=None, print_blob=True, database=None
    )
    settings.load_profile("lianshu")
    sys.addaudithook(_refuse_network)


# --- network ----------------------------------------------------------------------------------------


def _is_loopback(host: object) -> bool:
    if host is None:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    return text in LOOPBACK or text.startswith("127.")


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook (PEP 578): a test that reaches for another host fails at once, whatever library it uses."""
    if event in {"socket.connect", "socket.sendto", "socket.bind"}:
        address = arguments[1]
        outside = isinstance(address, tuple) and not _is_loopback(address[0])
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        address = arguments[0]
        outside = not _is_loopback(address)
    else:
        return
    if outside:
        raise RuntimeError(f"tests reach no network but loopback: {event} {address!r}")


# --- browser and site -------------------------------------------------------------------------------

# As root in a container Chromium has no sandbox; the rest keeps it from calling its makers.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser that playwright drives (``executable_path``, with CHROMIUM_FLAGS)."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    missing("Chromium", "the browser tests need it (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def django_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Django set up once for the whole session, on an empty workspace folder; returns that folder.

    Django's settings are one per process, so every test that needs them shares this one.
    """
    folder = tmp_path_factory.mktemp("django-site")
    os.environ["LIANSHU_WORKSPACE"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "lianshu.site.settings"
    import django

    django.setup()
    del os.environ["LIANSHU_WORKSPACE"]
    return folder


# --- PostgreSQL -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A real, temporary PostgreSQL cluster with its durable defaults; one for the whole session."""
    binaries = postgres_binaries()
    if binaries is None:
        missing("PostgreSQL", "initdb is neither on PATH nor in /usr/lib/postgresql/*/bin")
    cluster = PostgresCluster(binaries)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="session")
def postgres_dsn(postgres_cluster: PostgresCluster) -> str:
    """The address of the session's cluster (its maintenance database)."""
    return postgres_cluster.dsn("postgres")


@pytest.fixture
def postgres_database(postgres_cluster: PostgresCluster) -> Iterator[str]:
    """The address of a database that only this test sees."""
    name = postgres_cluster.create_database()
    yield postgres_cluster.dsn(name)
    postgres_cluster.drop_database(name)
