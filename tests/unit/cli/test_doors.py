"""Who may reach an engine's port, and what is said when it cannot be had."""

import socket

import pytest

from lambdatui.api.auth import Access
from lambdatui.cli import doors
from lambdatui.cli.doors import Address
from lambdatui.cli.failures import CommandFailed
from lambdatui.service.invoking import ServiceError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_needs_no_token(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    doors.check(Address(host=host), insecure=False)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "build-server", ""])
def test_everywhere_else_needs_one(host: str) -> None:
    with pytest.raises(CommandFailed) as failed:
        doors.check(Address(host=host), insecure=False)
    assert failed.value.code == 2
    assert "--token" in failed.value.hint


@pytest.mark.parametrize(
    ("address", "insecure", "who"),
    [
        (Address(host="0.0.0.0", token="t"), False, "whoever knows the token"),
        (Address(host="0.0.0.0"), True, "everybody who can reach it"),
    ],
)
def test_an_open_port_is_warned_about(
    address: Address, insecure: bool, who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    doors.check(address, insecure=insecure)
    assert who in capsys.readouterr().err


INSECURE = Address(host="0.0.0.0")


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.7:9001", "localhost:9001", socket.gethostname()])
def test_a_port_without_a_token_answers_under_addresses_and_names_of_this_machine(host: str) -> None:
    Access(hosts=doors.names_of(INSECURE)).check("POST", {b"host": host.encode()})


def test_a_port_without_a_token_answers_under_the_name_it_was_opened_with() -> None:
    assert "build-server" in (doors.names_of(Address(host="Build-Server")) or ())


def test_a_port_without_a_token_does_not_answer_under_a_name_that_was_rebound_to_it() -> None:
    with pytest.raises(ServiceError):
        Access(hosts=doors.names_of(INSECURE)).check("POST", {b"host": b"evil.example"})


def test_a_port_with_a_token_answers_under_any_name() -> None:
    """Who knows the token is no page of another site; behind a proxy the name is the proxy's."""
    assert doors.names_of(Address(host="0.0.0.0", token="t")) is None
