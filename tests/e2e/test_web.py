"""The workbench in a browser: whom `lambdatui web` lets in, and that a real browser shows the screen and sends keys."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import psutil
import pytest

from lambdatui.service import rendezvous
from tests.e2e.support import browser
from tests.e2e.support.program import next_line, run, started, still_alive

SENTENCE = "the address lacks its token"


@contextmanager
def on_the_web(root: Path, *more: str) -> Iterator[str]:
    """The address that was printed; everything ends with the block."""
    with started("web", str(root), "--port", "0", *more, cwd=root) as process:
        words = next_line(process).split()
        assert words[:2] == ["lambdatui", "web"]
        below = psutil.Process(process.pid).children(recursive=True)
        yield words[2]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert still_alive(below) == []


def place(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


async def status(url: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def socket_status(address: str, *, origin: str | None, token: bool = True) -> int:
    """101 where the WebSocket is let in, else the refusal's status."""
    url = place(address).replace("http", "ws") + "/ws"
    name = f"lambdatui_{urlsplit(address).port}"
    cookies = {name: parse_qs(urlsplit(address).query)["token"][0]} if token else {}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, cookies=cookies) as session:
        try:
            async with session.ws_connect(url, origin=origin):
                return 101
        except aiohttp.WSServerHandshakeError as refused:
            return refused.status


async def guarded(address: str) -> dict[str, int]:
    """Every way in, by its answer."""
    own = place(address)
    page, text = await status(own + "/")
    assert SENTENCE in text
    return {
        "page without token": page,
        "page with a wrong token": (await status(own + "/?token=wrong"))[0],
        "files without token": (await status(own + "/static/js/textual.js"))[0],
        "page under another name": (await status(address, Host="rebound.example:80"))[0],
        "page for another page": (await status(address, Origin="http://elsewhere.example"))[0],
        "page with token": (await status(address))[0],
        "socket without token": await socket_status(address, origin=own, token=False),
        "socket of another page": await socket_status(address, origin="http://elsewhere.example"),
        "socket of no page": await socket_status(address, origin=None),
        "socket of our page": await socket_status(address, origin=own),
    }


def test_nobody_gets_in_without_the_token_or_from_another_page(orders: Path) -> None:
    with on_the_web(orders) as address:
        answers = asyncio.run(guarded(address))
    let_in = {way: code for way, code in answers.items() if code != 403}
    assert let_in == {"page with token": 200, "socket of our page": 101}


@pytest.mark.skipif(browser.PROGRAM is None, reason="no Chromium on PATH; on Debian: apt-get install chromium")
@pytest.mark.timeout(120)
def test_a_browser_shows_the_workbench_and_its_keys_invoke(orders: Path, tmp_path: Path) -> None:
    with on_the_web(orders) as address, browser.browser(tmp_path / "profile") as page:
        page.open(address)
        page.wait_for("orders-api")
        page.wait_for("http-get")  # the event is in the editor: the screen is ready for keys
        assert page.evaluate("location.href") == place(address) + "/"
        page.wait_until("document.body.classList.contains('-first-byte')")
        page.press("i")
        page.wait_for("init: stage dev, 1 order in stock")
        kept = run("history", "ls", "fn:orders-api", cwd=orders)
        assert kept.out.count(b"orders-api") == 1
    assert rendezvous.find(orders) is None


def test_options_of_the_engine_reach_the_one_that_is_started(orders: Path) -> None:
    with on_the_web(orders, "--parameter-overrides", "StageName=prod", "--no-reload"):
        ran = run("invoke", "orders-api", "-e", "http-get", cwd=orders)
    assert "init: stage prod" in ran.err
