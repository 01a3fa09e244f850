"""The pages in a real browser: accessible, within the strict policy, nothing asked of another host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.site.conftest import PASSWORD

pytestmark = pytest.mark.slow

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
PUBLIC_PAGES = ("/account/sign-in", "/nowhere")
PAGES = (
    "/",
    "/styleguide?size=20",
    "/styleguide?evidence=otif",
    "/account/profile",
    "/account/password",
    "/account/tokens/",
    "/api/v1/docs",
    "/nowhere",
)


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, page: Any, address: str) -> None:
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", self.note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", lambda r: self.note_response(r.url, r.status))
        page.on("request", lambda r: self.note_request(r.url, address))

    def note(self, message: Any) -> None:
        # A missing or refused page that we asked for on purpose is not a complaint.
        on_purpose = "status of 404" in message.text or "status of 403" in message.text
        if message.type in {"error", "warning"} and not on_purpose:
            self.complaints.append(message.text)

    def note_response(self, url: str, status: int) -> None:
        if status >= 400 and "/static/" in url:
            self.complaints.append(f"{status} {url}")

    def note_request(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:")):
            self.elsewhere.append(url)


@pytest.fixture(params=[("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)], ids=str)
def context(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    language, width = request.param
    made = browser.new_context(viewport={"width": width, "height": 900})
    made.add_cookies([{"name": "lianshu_language", "value": language, "url": address}])
    yield made
    made.close()


def sign_in(page: Any, address: str, role: str) -> None:
    page.goto(f"{address}/account/sign-in")
    page.fill("#id_username", role)
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-block")
    page.wait_for_url(f"{address}/")


def check(page: Any, watch: Watch, url: str) -> None:
    page.goto(url)
    check_shown(page, watch, url)


def check_shown(page: Any, watch: Watch, url: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # Before axe runs: its own styles would be what the policy complains about.
    assert (watch.complaints, watch.elsewhere) == ([], []), url
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], url
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == [], url
    watch.complaints.clear()


def test_pages_before_signing_in(context: Any, address: str) -> None:
    page = context.new_page()
    watch = Watch(page, address)
    for path in PUBLIC_PAGES:
        check(page, watch, address + path)


def test_the_page_in_both_languages_for_a_stale_form(context: Any, address: str) -> None:
    """The pages for 400 and 500 are of the same template, which stands without a session."""
    page = context.new_page()
    page.goto(f"{address}/account/sign-in")
    context.clear_cookies()
    page.fill("#id_username", "lead")
    page.fill("#id_password", PASSWORD)
    watch = Watch(page, address)
    page.click("button.btn-block")
    assert "This page is not open to you" in page.locator("h1").inner_text()
    check_shown(page, watch, "stale form")


def test_pages_after_signing_in(context: Any, address: str) -> None:
    page = context.new_page()
    sign_in(page, address, "lead")
    watch = Watch(page, address)
    for path in PAGES:
        check(page, watch, address + path)


def test_a_page_that_is_not_open_to_this_role(context: Any, address: str) -> None:
    page = context.new_page()
    sign_in(page, address, "bank")
    page.goto(f"{address}/styleguide")
    assert page.locator("h1").inner_text() in ("无权打开此页面", "This page is not open to you")


@pytest.fixture
def plain_page(browser: Any, address: str) -> Iterator[Any]:
    """A narrow page in a browser without JavaScript."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_everything_works_without_javascript(plain_page: Any, address: str) -> None:
    page = plain_page
    sign_in(page, address, "lead")
    page.click(".menu-narrow > summary")
    page.click(".menu-narrow .menu a[href='/styleguide']")
    page.click("a.sort-link >> nth=0")
    assert "sort=-order" in page.url
    page.click("a[rel=next]")
    assert "page=2" in page.url
    page.click(".tile .evidence-link >> nth=0")
    assert page.locator("#evidence").is_visible()
    page.click("#evidence a.btn")
    assert page.locator("#evidence").count() == 0
    page.click(".user-menu > summary")
    page.click(".user-panel button")
    assert page.url.endswith("/account/sign-in")


def test_the_keyboard_reaches_the_content_first(browser: Any, address: str) -> None:
    page = browser.new_page()
    sign_in(page, address, "lead")
    page.goto(f"{address}/account/profile")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()
