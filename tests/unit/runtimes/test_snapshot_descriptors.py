"""What a fork makes anew of a snapshot's sockets, and what it cannot; tried in one process, which is its own fork."""

import socket
import sys
from collections.abc import Iterator

import pytest

from lambdatui.runtimes.python.snapshot_descriptors import NotWholeError, anew

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="snapshots are forked on Linux only")
FAMILIES = [
    pytest.param((socket.AF_INET, "127.0.0.1"), id="IPv4"),
    pytest.param((socket.AF_INET6, "::1"), id="IPv6"),
]


@pytest.fixture(params=FAMILIES)
def loopback(request: pytest.FixtureRequest) -> tuple[socket.AddressFamily, str]:
    family, host = request.param
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
    except OSError as error:
        pytest.skip(f"no {host} here: {error}")
    return family, host


@pytest.fixture
def inbox(loopback: tuple[socket.AddressFamily, str]) -> Iterator[socket.socket]:
    family, host = loopback
    with socket.socket(family, socket.SOCK_DGRAM) as made:
        made.bind((host, 0))
        made.settimeout(5)
        yield made


def restore(*sockets: socket.socket) -> None:
    for make_anew in anew([each.fileno() for each in sockets]):
        make_anew()


def family_of(fd: int) -> int:
    """As the kernel knows it; a socket object remembers what it was made as."""
    with socket.socket(fileno=socket.dup(fd)) as probe:
        return probe.family


def test_connection_is_reset_and_of_the_same_family(loopback: tuple[socket.AddressFamily, str]) -> None:
    family, host = loopback
    with socket.create_server((host, 0), family=family) as server:
        made = socket.create_connection(server.getsockname()[:2])
        accepted, _ = server.accept()
    with made, accepted:
        restore(made)
        assert family_of(made.fileno()) == family
        with pytest.raises(ConnectionResetError):
            made.recv(1)


def test_socket_for_datagrams_goes_on_sending_where_it_is_connected_to(inbox: socket.socket) -> None:
    with socket.socket(inbox.family, socket.SOCK_DGRAM) as out:
        out.connect(inbox.getsockname())
        restore(out)
        out.send(b"x")
        assert inbox.recv(10) == b"x"


def test_socket_for_datagrams_that_was_never_used_is_as_good_as_new(inbox: socket.socket) -> None:
    with socket.socket(inbox.family, socket.SOCK_DGRAM) as out:
        restore(out)
        out.sendto(b"x", inbox.getsockname())
        assert inbox.recv(10) == b"x"


def test_socket_that_datagrams_are_sent_to_is_not_carried(inbox: socket.socket) -> None:
    with pytest.raises(NotWholeError, match="holds a socket for datagrams that has an address"):
        anew([inbox.fileno()])


def test_connected_socket_for_datagrams_whose_address_was_chosen_is_not_carried(inbox: socket.socket) -> None:
    with socket.socket(inbox.family, socket.SOCK_DGRAM) as out:
        out.bind((inbox.getsockname()[0], free_low_port(inbox.family)))
        out.connect(inbox.getsockname())
        with pytest.raises(NotWholeError, match="has an address"):
            anew([out.fileno()])


def free_low_port(family: socket.AddressFamily) -> int:
    """Below those that the kernel chooses by itself."""
    for port in range(20_000, 30_000):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
