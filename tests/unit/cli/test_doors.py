"""Who may reach an engine's port, and what is said when it cannot be had."""

import pytest

from lambdatui.cli import doors
from lambdatui.cli.doors import Address
from lambdatui.cli.failures import CommandFailed


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
