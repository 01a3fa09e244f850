"""Pages of the site under eight connections, on the bundled real chain."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.figure import Figure, show
from benchmarks.machine import scratch
from lianshu.app.capturing import capture
from lianshu.app.workspace import init

CHAIN = Path("examples/scms/scms_2006_2013H1.csv.xz")
CONNECTIONS = 8
REQUESTS = 60  # of each connection
LIMIT_MS = 300
SEED = 7
PAGES = (
    "/", "/?grain=year", "/orders/", "/orders/?page=40", "/orders/SCMS-162440/", "/entries/7000/",
    "/readings/", "/readings/on_time_rate/", "/readings/spend/", "/readings/stock/", "/quality/",
    "/verify/", "/glossary/", "/api/v1/capabilities/otif?limit=50",
)  # fmt: skip
PEER = "/healthz"


def run() -> None:
    """Print the table: each page by itself, then all mixed, beside the empty page of the same server."""
    with scratch() as folder:
        with init(folder / "w") as workspace:
            capture(workspace, CHAIN, "mapping:scms")
        with _served(folder / "w") as port:
            cookie = _signed_in(port)
            cold = {
                page: _get(http.client.HTTPConnection("127.0.0.1", port), page, cookie)
                for page in PAGES
            }
            peer = _load(port, cookie, (PEER,))
            alone = {page: _load(port, cookie, (page,)) for page in PAGES}
            mixed = _load(port, cookie, PAGES)
    figures = [
        _figure(page, took, f"first visit {cold[page]:.0f} ms") for page, took in alone.items()
    ]
    beside = f"p95 of {PEER}: {_quantile(peer, 0.95):.0f} ms"
    show(
        f"pages on SCMS at {CONNECTIONS} connections",
        [*figures, _figure("all of them mixed", mixed, beside)],
    )


def _figure(name: str, took: list[float], beside: str) -> Figure:
    p95 = _quantile(took, 0.95)
    value = f"p95 {p95:.0f} ms, p50 {_quantile(took, 0.5):.0f} ms"
    return Figure(name, value, f"p95 ≤ {LIMIT_MS} ms", beside, p95 <= LIMIT_MS)


def _quantile(took: list[float], share: float) -> float:
    return sorted(took)[min(len(took) - 1, int(share * len(took)))]


@contextmanager
def _served(folder: Path) -> Iterator[int]:
    """The site in its own process, as ``lianshu serve`` runs it."""
    port = random.randrange(20_000, 30_000)
    command = [
        sys.executable,
        "-m",
        "lianshu.cli.main",
        "serve",
        str(folder),
        "--demo",
        "--port",
        str(port),
    ]
    environment = {**os.environ, "LIANSHU_LANGUAGE": "en"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        try:
            assert "http://" in server.stdout.readline(), "the site did not start"
            yield port
        finally:
            server.send_signal(signal.SIGINT)


def _signed_in(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/account/sign-in")
    answer = connection.getresponse()
    body = answer.read().decode()
    cookies = SimpleCookie(answer.headers["Set-Cookie"])
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
    assert token is not None
    form = urlencode(
        {"csrfmiddlewaretoken": token[1], "username": "lead", "password": "lianshu-demo"}
    )
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{name}={one.value}" for name, one in cookies.items()),
    }
    connection.request("POST", "/account/sign-in", form, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == http.client.FOUND, answer.status
    for line in answer.headers.get_all("Set-Cookie", []):
        cookies.load(line)
    return "; ".join(f"{name}={one.value}" for name, one in cookies.items())


def _get(connection: http.client.HTTPConnection, page: str, cookie: str) -> float:
    start = time.perf_counter()
    connection.request("GET", page, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == http.client.OK, (page, answer.status)
    return (time.perf_counter() - start) * 1e3


def _load(port: int, cookie: str, pages: tuple[str, ...]) -> list[float]:
    """Milliseconds of every request of all connections."""
    took: list[float] = []

    def visit(n: int) -> None:
        draw = random.Random(SEED + n)
        connection = http.client.HTTPConnection("127.0.0.1", port)
        mine = [_get(connection, draw.choice(pages), cookie) for _ in range(REQUESTS)]
        took.extend(mine)

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == REQUESTS * CONNECTIONS, "a visitor failed"
    return took
