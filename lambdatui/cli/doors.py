"""Where an engine listens: a TCP port for other programs, the project's unix socket for our own; who may come in."""

import asyncio
import errno
import ipaddress
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lambdatui import __version__
from lambdatui.cli import diagnostics
from lambdatui.cli.failures import CommandFailed, engine_failed
from lambdatui.service import rendezvous
from lambdatui.service.rendezvous import EngineAlreadyRunning, Rendezvous, UnsafeDirectory

if TYPE_CHECKING:
    from lambdatui.service.engine import Engine

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 9001
SEND_S = 0.2
"""How long callers have to read the last answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Port 0 takes any free one. Without a token everybody who reaches the port may run functions."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    token: str | None = None

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Bound, not answering yet: callers queue up. ``port`` is the one that was got where any would do."""

    tcp: socket.socket
    unix: socket.socket
    unix_path: Path
    address: Address
    port: int

    @property
    def url(self) -> str:
        host = f"[{self.address.host}]" if ":" in self.address.host else self.address.host
        return f"http://{host}:{self.port}"

    def close(self) -> None:
        """For an engine that never came to answer; afterwards the listeners own the sockets."""
        self.tcp.close()
        self.unix.close()
        self.unix_path.unlink(missing_ok=True)


def check(address: Address, *, insecure: bool) -> None:
    """A port that others can reach runs their code with your rights: it needs a token, or a clear wish."""
    if address.is_loopback:
        return
    if address.token is None and not insecure:
        raise CommandFailed(
            f"on {address.host} everybody in your network could run code on this machine",
            "add --token SECRET (or set LAMBDATUI_TOKEN), or --insecure if that is what you want; "
            f"--host {DEFAULT_HOST} is for this machine only",
        )
    guard = "whoever knows the token" if address.token else "everybody who can reach it"
    diagnostics.warning(f"listening on {address.host}: {guard} can run the project's functions on this machine")


def bind(root: Path, address: Address) -> Doors:
    """Raises CommandFailed where another engine of the project runs or the port is taken."""
    from lambdatui.net.listener import bind_unix

    try:
        path = rendezvous.prepare_socket(root)
    except EngineAlreadyRunning as error:
        raise _already_running(error.rendezvous) from error
    except UnsafeDirectory as error:
        raise engine_failed(str(error)) from error
    tcp = bind_tcp(address)
    try:
        unix = bind_unix(path)
    except OSError as error:
        tcp.close()
        raise engine_failed(f"the engine's socket cannot be made: {error}", f"remove {path} and try again") from error
    return Doors(tcp=tcp, unix=unix, unix_path=path, address=address, port=tcp.getsockname()[1])


def names_of(address: Address) -> frozenset[str] | None:
    """The names, besides addresses, that the TCP port answers under; None: any.

    A page can have its own name point to this machine, but not guess a token. Nothing is asked of DNS.
    """
    from lambdatui.api.auth import LOCAL_HOSTS

    if address.is_loopback:
        return LOCAL_HOSTS
    if address.token is not None:
        return None
    own = socket.gethostname().lower()
    short = own.partition(".")[0]
    return LOCAL_HOSTS | {own, short, f"{short}.local", address.host.lower()}


@asynccontextmanager
async def opened(doors: Doors, engine: "Engine") -> AsyncIterator[None]:
    """The engine answers at both doors and can be found. At the end it is out of reach again, and whoever waited for an
    answer has one.
    """
    from lambdatui.api.server import LIMITS, ApiServer
    from lambdatui.net.listener import serve

    engine.reachable_at(doors.url)
    unix_api = ApiServer(engine)
    tcp_api = ApiServer(engine, token=doors.address.token, hosts=names_of(doors.address))
    listeners = [
        await serve(doors.unix, unix_api.handle, LIMITS, path=doors.unix_path),
        await serve(doors.tcp, tcp_api.handle, LIMITS),
    ]
    found = Rendezvous(
        pid=os.getpid(), started_s=engine.started_s, url=doors.url, socket=doors.unix_path, version=__version__
    )
    rendezvous.publish(engine.project.root, found)
    try:
        yield
    finally:
        rendezvous.withdraw(engine.project.root, os.getpid())
        for listener in listeners:
            listener.finish()
        await engine.finish()
        await asyncio.gather(*(listener.finished(SEND_S) for listener in listeners))
        for listener in listeners:
            listener.close()
        for api in (unix_api, tcp_api):
            api.close()


def bind_tcp(address: Address) -> socket.socket:
    """Raises CommandFailed with words for why the port cannot be had."""
    from lambdatui.net import listener

    try:
        return listener.bind_tcp(address.host, address.port)
    except OSError as error:
        raise _cannot_bind(address, error) from error


def _cannot_bind(address: Address, error: OSError) -> CommandFailed:
    where = f"{address.host}:{address.port}"
    if error.errno == errno.EADDRINUSE:
        return engine_failed(
            f"port {address.port} on {address.host} is in use by another program",
            f"choose another with --port {address.port + 1}, or let one be found with --port 0",
        )
    if error.errno == errno.EACCES:
        return engine_failed(f"{where} is not for ordinary users", "choose a port above 1023, such as --port 9001")
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return engine_failed(f"this machine has no address {address.host}", f"leave --host out, or use {DEFAULT_HOST}")
    return engine_failed(f"cannot listen on {where}: {error.strerror or error}", "choose another --host or --port")


def _already_running(running: Rendezvous) -> CommandFailed:
    return engine_failed(
        f"this project's engine runs already: process {running.pid} at {running.url}",
        f"`lambdatui` and `lambdatui invoke` will use it; `kill {running.pid}` ends it",
    )
