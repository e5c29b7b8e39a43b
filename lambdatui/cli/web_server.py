"""The workbench in a browser: textual-serve's pages and sockets behind our guard. Imported by ``lambdatui web`` alone.

Every browser tab is a workbench process of its own; all of them attach to the one engine of the project.
"""

import asyncio
import shlex
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from jinja2 import FileSystemLoader
from textual_serve.server import Server

from lambdatui.cli.web_guard import HEADERS, Guard, Visit

_PAGE = Path(__file__).with_name("web_page")
_ASKED_TO_END = (signal.SIGINT, signal.SIGTERM)


async def serve(
    bound: socket.socket, guard: Guard, command: Sequence[str], title: str, ready: Callable[[], None]
) -> None:
    """Answer until SIGINT or SIGTERM. ``command`` runs one workbench; ``ready`` is called when the door is open."""
    runner = web.AppRunner(application(guard, command, title), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.SockSite(runner, bound).start()
        ready()
        await _told_to_end()
    finally:
        await runner.cleanup()


def application(guard: Guard, command: Sequence[str], title: str) -> web.Application:
    """The routes that textual-serve's script expects, and its own handlers behind them."""
    pages = Server(shlex.join(command), host="127.0.0.1", port=guard.port, title=title)
    app = web.Application(middlewares=[_guarded(guard)])
    aiohttp_jinja2.setup(app, loader=FileSystemLoader(_PAGE), autoescape=True)
    app.add_routes(
        [
            web.get("/", pages.handle_index, name="index"),
            web.get("/ws", pages.handle_websocket, name="websocket"),
            web.get("/download/{key}", pages.handle_download, name="download"),
            web.static("/static", pages.statics_path, name="static"),
        ]
    )
    return app


def _guarded(guard: Guard) -> Middleware:
    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        visit = Visit(
            host=request.headers.get("Host", ""),
            origin=request.headers.get("Origin", ""),
            token=request.query.get("token", ""),
            cookie=request.cookies.get(guard.cookie, ""),
            is_socket=request.path == "/ws",
        )
        refusal = guard.refusal(visit)
        if refusal is not None:
            return web.Response(status=403, text=f"{refusal}\n", headers=HEADERS)
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(HEADERS)
            answer.set_cookie(guard.cookie, guard.token, httponly=True, samesite="Strict")
        return answer

    return admit


async def _told_to_end() -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in _ASKED_TO_END:
        loop.add_signal_handler(number, told.set)
    try:
        await told.wait()
    finally:
        for number in _ASKED_TO_END:
            loop.remove_signal_handler(number)
