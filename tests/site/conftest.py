"""The site on a real workspace, with its demonstration accounts, and a browser that sees it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CHROMIUM_FLAGS

PASSWORD = "lianshu-demo"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="session")
def site(django_site: Path) -> Iterator[Path]:
    """The workspace folder of a migrated site in demo mode with one account per role."""
    from django.core.management import call_command
    from django.test import override_settings

    from lianshu.site.accounts import create_demo_accounts

    with override_settings(LIANSHU_DEMO=True):
        call_command("migrate", verbosity=0, interactive=False)
        create_demo_accounts()
        yield django_site


# What the bundled chain lacks: lots that were made, an order delivered over its promise, a payment.
FLOWS = """flow,mood,action,time,item,lot,qty,unit,from_party,to_party,from_place,to_place,process,order,fulfils
T-1,fact,consume,2026-04-13T08:00:00+08:00,LEAF,L-01-01,100,KGM,,,MILL-01-LEAF,,ROAST-1,,
T-2,fact,produce,2026-04-13T18:00:00+08:00,TEA-MF,T-NEW,24,KGM,,,,MILL-01-TEA,ROAST-1,,
T-3,promise,transfer,2026-04-20T00:00:00+08:00,TEA-MF,,10,KGM,MILL-01,SHOP-01,MILL-01-TEA,SHOP-01-S,,SO-9,
T-4,fact,transfer,2026-04-22T09:00:00+08:00,TEA-MF,T-NEW,15,KGM,MILL-01,SHOP-01,MILL-01-TEA,SHOP-01-S,,SO-9,T-3
"""


def fill(folder: Path) -> None:
    """Make a workspace of the bundled tea chain and the flows above."""
    from lianshu.app.capturing import capture
    from lianshu.app.workspace import init

    extra = folder.parent / f"{folder.name}-flows.csv"
    extra.write_text(FLOWS, encoding="utf-8")
    with init(folder) as workspace:
        capture(workspace, EXAMPLES / "tea" / "chain", "package")
        assert capture(workspace, extra, "flows").summary()["accept"] == 4


@pytest.fixture(scope="module")
def record(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The site serves a small real record: the bundled tea chain."""
    from lianshu.app.serving import current_workspace, serve_folder

    folder = tmp_path_factory.mktemp("tea") / "w"
    fill(folder)
    serve_folder(folder)
    yield current_workspace()
    serve_folder(site)


@pytest.fixture
def visitor(site: Path) -> Any:
    """A client that is not signed in."""
    from django.test import Client

    from lianshu.site.models import SignInFailure

    SignInFailure.objects.all().delete()
    return Client(HTTP_HOST="127.0.0.1")


@pytest.fixture
def signed_in(site: Path) -> Callable[[str], Any]:
    """``signed_in("bank")``: a client of the demonstration account of a role."""
    from django.test import Client

    from lianshu.site.models import User

    def client(role: str) -> Any:
        made = Client(HTTP_HOST="127.0.0.1")
        made.force_login(User.objects.get(username=role))
        return made

    return client


SERVER = """
import sys
from pathlib import Path
from lianshu.site.start import prepare_site
prepare_site(Path(sys.argv[1]), demo=True)
import waitress
from lianshu.site.wsgi import application
server = waitress.create_server(application, host="127.0.0.1", port=0, threads=4)
print(server.effective_port, flush=True)
server.run()
"""


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server of the site in demo mode, with a workspace of its own."""
    folder = tmp_path_factory.mktemp("served-site")
    # A process of its own: the browser's event loop and Django's database do not share a thread.
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    server.terminate()
    server.wait(timeout=10)
    server.stdout.close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A headless Chromium that can reach nothing but loopback."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield running
        running.close()
