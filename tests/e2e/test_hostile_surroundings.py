"""Projects that cannot be written to, streams that are closed, terminals that must not be harmed."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import RUNTIME, MakeProject
from tests.e2e.support.program import PROGRAM, Ran, clean_environ, run, serving

STRANGER = ("unshare", "--user", "--map-user=54321")
READ_ONLY = 'mount --bind "$PWD" "$PWD" && mount -o remount,ro,bind "$PWD" && cd "$PWD" && exec "$@"'


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """A project that nothing can be written to; ``state_home`` is where the user's own state goes."""

    root: Path
    state_home: Path

    def run(self, *arguments: str) -> Ran:
        command = [str(PROGRAM), *arguments]
        if os.geteuid() == 0:  # whom permissions do not stop
            command = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", *command]
        environ = {**clean_environ(), "XDG_STATE_HOME": str(self.state_home)}
        done = subprocess.run(command, cwd=self.root, env=environ, capture_output=True, timeout=60, check=False)
        return Ran(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture
def read_only(orders: Path, tmp_path: Path) -> Iterator[ReadOnly]:
    if (
        os.geteuid() == 0
        and subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no mount namespaces: nothing here can be made read-only")
    mode = orders.stat().st_mode
    orders.chmod(0o555)
    yield ReadOnly(orders, tmp_path / "state")
    orders.chmod(mode)


def test_a_project_that_cannot_be_written_to_runs_and_keeps_its_state_elsewhere(read_only: ReadOnly) -> None:
    first = read_only.run("invoke", "orders-api", "-e", "http-get")
    second = read_only.run("invoke", "orders-api", "-e", "http-get")
    logged = read_only.run("logs", "orders-api")
    assert (first.code, second.code) == (0, 0)
    (place,) = (read_only.state_home / "lambdatui").iterdir()
    assert first.err.splitlines()[0].endswith(f"cannot be written to; its history is kept in {place}")
    assert "cannot be written to" not in second.err
    assert logged.out.count(b"REPORT RequestId: ") == 2
    assert not (read_only.root / ".lambdatui").exists()


@pytest.mark.parametrize("command", ["ls", "doctor", "tour"])
def test_looking_at_a_project_that_cannot_be_written_to_works(read_only: ReadOnly, command: str) -> None:
    assert read_only.run(command).code == 0


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take no such name")
@pytest.mark.parametrize("name", [b"pro [bold] $(id) \xe6\x97\xa5", b"caf\xe9", b"two\nlines"])
@pytest.mark.parametrize("command", ["invoke orders-api -e http-get", "ls", "doctor", "tour"])
def test_a_project_may_be_called_anything(orders: Path, name: bytes, command: str) -> None:
    strange = orders.rename(orders.with_name(os.fsdecode(name)))
    ran = run(*command.split(), cwd=strange)
    assert ran.code == 0, ran.err


@dataclass(frozen=True, slots=True)
class Stranger:
    """A user whom the machine does not know and whom permissions stop, even where root runs the tests."""

    root: Path

    def run(self, *arguments: str, **environ: str) -> Ran:
        bare = {name: value for name, value in clean_environ().items() if name not in ("HOME", "XDG_STATE_HOME")}
        command = [*STRANGER, str(PROGRAM), *arguments]
        done = subprocess.run(
            command, cwd=self.root, env={**bare, **environ}, capture_output=True, timeout=60, check=False
        )
        return Ran(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture
def stranger(orders: Path) -> Stranger:
    if (
        shutil.which("unshare") is None
        or subprocess.run([*STRANGER, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no user namespaces: nobody here can be somebody else")
    return Stranger(orders)


@pytest.mark.parametrize("command", ["invoke orders-api -e http-get", "ls", "doctor", "logs", "history"])
def test_a_user_without_a_home_is_no_failure(stranger: Stranger, command: str) -> None:
    ran = stranger.run(*command.split())
    assert ran.code == 0, ran.err


def test_where_neither_project_nor_home_can_be_written_to_both_are_named_and_the_way_out(
    stranger: Stranger, tmp_path: Path
) -> None:
    locked = tmp_path / "home"
    locked.mkdir(mode=0)
    stranger.root.chmod(0o555)
    ran = stranger.run("invoke", "orders-api", "-e", "http-get", HOME=str(locked))
    looked = [stranger.run(command, HOME=str(locked)).code for command in ("ls", "doctor", "logs", "history")]
    elsewhere = stranger.run("invoke", "orders-api", "-e", "http-get", XDG_STATE_HOME=str(tmp_path / "state"))
    stranger.root.chmod(0o755)
    assert (ran.code, looked, elsewhere.code) == (3, [0, 0, 0, 0], 0)
    assert f"neither {stranger.root} nor {locked}/.local/state/lambdatui can be written to" in ran.err
    assert "point XDG_STATE_HOME at" in ran.err


@pytest.mark.parametrize("command", ["invoke orders-api -e http-get", "tour", "serve --port 0"])
def test_a_file_where_the_state_belongs_is_named_and_how_to_move_it(orders: Path, command: str) -> None:
    (orders / ".lambdatui").touch()
    ran = run(*command.split(), cwd=orders)
    assert (ran.code, ran.out) == (2, b"")
    assert f"{orders}/.lambdatui is a file" in ran.err
    assert "mv " in ran.err


def test_a_path_that_is_too_long_is_a_usage_error(orders: Path) -> None:
    for arguments in (["ls", "a" * 300], ["ls", "a/" * 3000], ["invoke", "orders-api", "-e", "a" * 300]):
        ran = run(*arguments, cwd=orders)
        assert ran.code == 2
        assert "the path is too long" in ran.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("command", ["ls", "invoke orders-api -e http-get", "tour"])
def test_a_full_disk_is_told_as_such(orders: Path, command: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAM, *command.split()],
            cwd=orders,
            env=clean_environ(),
            stdout=full,
            stderr=-1,
            timeout=60,
            check=False,
        )
    assert done.returncode == 3
    assert b"no space is left on the disk" in done.stderr
    assert b"bug" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["ls", "invoke -e -"])
def test_closed_streams_are_no_failure(project: MakeProject, closed: str, command: str) -> None:
    root = project("def handler(event, context):\n    print('said')\n    return event\n")
    line = f"{shlex.quote(str(PROGRAM))} {command} {closed}"
    done = subprocess.run(
        ["sh", "-c", line], cwd=root, env=clean_environ(), capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert b"error" not in done.stderr


def test_a_damaged_history_is_put_aside_and_told(orders: Path) -> None:
    (orders / ".lambdatui").mkdir()
    (orders / ".lambdatui" / "history.db").write_bytes(b"not a database" * 100)
    with serving(orders) as engine:
        assert run("invoke", "orders-api", "-e", "http-get", cwd=orders).code == 0
        ended = engine.end()
    assert "warning: " in ended.err
    assert "history.db.damaged-1" in ended.err


def test_a_single_invoke_puts_a_damaged_history_aside_too(orders: Path) -> None:
    (orders / ".lambdatui").mkdir()
    (orders / ".lambdatui" / "history.db").write_bytes(b"not a database" * 100)
    ran = run("invoke", "orders-api", "-e", "http-get", cwd=orders)
    assert ran.code == 0
    assert "history.db.damaged-1" in ran.err


def test_a_response_is_printed_although_the_history_could_not_be_written(project: MakeProject) -> None:
    root = project("def handler(event, context):\n    print('x' * 1_000_000)\n    return 'it ran'\n")
    line = f"ulimit -f 400; exec {shlex.quote(str(PROGRAM))} invoke"  # no file may grow as far as that log
    done = subprocess.run(
        ["sh", "-c", line], cwd=root, env=clean_environ(), capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, b'"it ran"')
    assert b"disk I/O error; check that the disk is not full" in done.stderr


HOSTILE = "def handler(event, context):\n    print('\\x1b[2Jcleared')\n    return '\\u009b2J'\n"


def test_a_terminal_shows_control_characters_and_a_pipe_passes_them_on(project: MakeProject) -> None:
    root = project(HOSTILE)
    piped = run("invoke", cwd=root)
    assert "\x1b[2Jcleared" in piped.err
    if shutil.which("script") is None:
        pytest.skip("script (util-linux) makes the terminal")
    line = f"{shlex.quote(str(PROGRAM))} invoke; {shlex.quote(str(PROGRAM))} logs"
    shown = subprocess.run(
        ["script", "-qec", line, "/dev/null"],
        cwd=root,
        env=clean_environ(),
        capture_output=True,
        timeout=60,
        check=True,
    ).stdout
    assert shown.count(b"\\x1b[2Jcleared") == 3
    assert b"\x1b[2J" not in shown


def test_the_terminal_ui_wants_all_three_streams_to_be_a_terminal(orders: Path) -> None:
    if shutil.which("script") is None:
        pytest.skip("script (util-linux) makes the terminal")
    for elsewhere in ("2>error", ">out", "</dev/null"):
        line = f"{shlex.quote(str(PROGRAM))} . {elsewhere}"
        done = subprocess.run(
            ["script", "-qec", line, "/dev/null"], cwd=orders, env=clean_environ(), capture_output=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert done.returncode == 2
    assert "the terminal UI needs a terminal" in (orders / "error").read_text()


def test_a_project_so_deep_that_no_database_can_be_opened_there_runs(
    orders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    deep = tmp_path.joinpath(*["d" * 200] * 5)
    deep.mkdir(parents=True)
    ran = run("invoke", "orders-api", "-e", "http-get", cwd=orders.rename(deep / "orders"))
    assert ran.code == 0, ran.err


def test_places_that_may_not_be_read_are_named_and_hide_no_function(stranger: Stranger) -> None:
    closed = stranger.root / "closed"
    closed.mkdir()
    functions = "\n".join(
        f"  {name}: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: {code}, Handler: app.handler}}}}"
        for name, code in (("Open", "."), ("Closed", "closed"), ("Below", "closed/deeper"))
    )
    nested = "  Nested: {Type: AWS::Serverless::Application, Properties: {Location: closed/template.yaml}}"
    (stranger.root / "template.yaml").write_text(
        f"Globals: {{Function: {{Runtime: {RUNTIME}}}}}\nResources:\n{functions}\n{nested}\n"
    )
    closed.chmod(0)
    listed = stranger.run("ls")
    closed.chmod(0o755)
    assert listed.code == 2
    assert [line.split()[1] for line in listed.out.decode().splitlines()] == ["RUNTIME", RUNTIME, "-", "-"]
    assert listed.err.count(f"{closed} may not be read: permission denied") == 3
    assert f"template.yaml:4: error: Resources.Closed.Properties.CodeUri: {closed} may not be read" in listed.err


def test_a_directory_that_may_not_be_read_is_named_where_functions_are_looked_for(stranger: Stranger) -> None:
    (stranger.root / "app.py").write_text("def handler(event, context):\n    pass\n")
    for file in ("template.yaml", "lambdatui.toml"):
        (stranger.root / file).unlink(missing_ok=True)
    closed = stranger.root / "closed"
    closed.mkdir(mode=0)
    listed = stranger.run("ls")
    closed.chmod(0o755)
    assert listed.code == 0
    assert b"app.handler" in listed.out
    assert f"warning: {closed} may not be read: permission denied" in listed.err
