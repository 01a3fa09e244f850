"""Write the pictures of the README: the control tower of the demonstration, in both languages.

Captures the bundled chain into a temporary workspace, serves it on loopback, signs in as the lead and
takes the first screen with Chromium. Nothing is drawn by hand, so a picture shows what there is.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images"
LIANSHU = Path(sys.executable).with_name("lianshu")
PASSWORD = "lianshu-demo"  # shown on the sign-in page of a demonstration
LANGUAGES = {"zh": "zh-hans", "en": "en"}
VIEW = {"width": 1360, "height": 860}
MOST_BYTES = 300_000
READY_S = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Write ``docs/images/tower-zh.png`` and ``tower-en.png``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--workspace", type=Path, help="a demonstration workspace (default: a new one)"
    )
    given = parser.parse_args(arguments).workspace
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        workspace = given or Path(scratch) / "demo"
        subprocess.run([LIANSHU, "demo", "--dir", workspace, "--no-serve"], check=True)
        with served(workspace) as address, browser() as chromium:
            for name, language in LANGUAGES.items():
                path = TARGET / f"tower-{name}.png"
                take(chromium, address, language, path)
                size = path.stat().st_size
                assert size <= MOST_BYTES, f"{path.name} has {size} bytes"
                print(f"{path.relative_to(ROOT)} {size} bytes")
    return 0


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """The address of the site while it runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(LIANSHU), "serve", str(workspace), "--demo", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + READY_S
        while not is_up(address):
            assert server.poll() is None, "the server stopped"
            assert time.monotonic() < until, "the server did not answer"
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def is_up(address: str) -> bool:
    """Whether the site answers."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium as installed on the machine."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


def take(chromium: Browser, address: str, language: str, path: Path) -> None:
    """Sign in as the lead and take the first screen."""
    context = chromium.new_context(viewport=VIEW, locale=language, reduced_motion="reduce")  # type: ignore[arg-type]
    context.add_cookies([{"name": "lianshu_language", "value": language, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/account/sign-in")
    page.fill("[name=username]", "lead")
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=path)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
