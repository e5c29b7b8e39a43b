"""What a runtime finds when it starts, and what is reported when it ends."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from lambdatui.sandbox.process import Isolation
from tests.contract.sandbox.stage import Stage, StagedEnvironment


@pytest.mark.parametrize(
    ("program", "exit_code", "signal_number"),
    [
        ("pass", 0, None),
        ("raise SystemExit(3)", 3, None),
        ("raise SystemExit('text')", 1, None),
        ("1 / 0", 1, None),
        ("import os; os._exit(42)", 42, None),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", None, signal.SIGSEGV),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", None, signal.SIGKILL),
    ],
)
async def test_end_of_a_runtime_is_reported_as_the_interpreter_ends(
    environment: StagedEnvironment, program: str, exit_code: int | None, signal_number: int | None
) -> None:
    happened = await environment.run(program, generation=7)
    assert (happened.generation, happened.exit_code, happened.signal) == (7, exit_code, signal_number)


async def test_peak_memory_is_reported_with_the_end(environment: StagedEnvironment) -> None:
    happened = await environment.run("block = bytearray(64 * 1024 * 1024)")
    assert happened.max_rss_mb is not None
    assert 64 < happened.max_rss_mb < 128


async def test_uncaught_exception_is_printed_like_an_interpreter_does(environment: StagedEnvironment) -> None:
    await environment.run("1 / 0")
    lines = [await environment.line()]
    while "ZeroDivisionError" not in lines[-1]:
        lines.append(await environment.line())
    assert lines[0] == "Traceback (most recent call last):"


async def test_threads_and_exit_functions_run_before_the_process_ends(environment: StagedEnvironment) -> None:
    await environment.run(
        "import atexit, threading\n"
        "gate = threading.Event()\n"
        "atexit.register(print, 'exit function')\n"
        "threading.Thread(target=lambda: (gate.wait(), print('thread'))).start()\n"
        "gate.set()"
    )
    assert [await environment.line(), await environment.line()] == ["thread", "exit function"]


async def test_environment_variables_are_exactly_the_given_ones(
    environment: StagedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVELOPERS_SECRET", "hunter2")
    await environment.run(
        "import json, os, subprocess\n"
        "print(json.dumps(dict(os.environ)))\n"
        "print(subprocess.run(['/usr/bin/env'], stdout=subprocess.PIPE, text=True).stdout.split())",
        {"STAGE": "tést", "EMPTY": ""},
    )
    seen = json.loads(await environment.line())
    assert seen == {"PATH": os.defpath, "STAGE": "tést", "EMPTY": "", "_LAMBDA_TELEMETRY_LOG_FD": "3"}
    assert "STAGE=tést" in await environment.line()


async def test_variables_of_the_engine_are_not_in_proc_either(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVELOPERS_SECRET", "hunter2")
    environment = await stage.environment(stage.spec(sys.executable))
    await environment.run("print(b'hunter2' in open('/proc/self/environ', 'rb').read())")
    assert await environment.line() == "False"


async def test_only_standard_streams_and_descriptors_of_the_runtime_are_open(
    environment: StagedEnvironment, isolation: Isolation
) -> None:
    await environment.run(
        "import os\n"
        "listing = os.open('/proc/self/fd', os.O_RDONLY)\n"
        "print(sorted(int(fd) for fd in os.listdir(listing) if int(fd) < listing))"
    )
    # The fourth is for reports of what has to be compiled.
    assert await environment.line() == ("[0, 1, 2, 3, 4]" if isolation is Isolation.NAMESPACES else "[0, 1, 2, 3]")


async def test_process_leads_its_own_session_in_the_task_root_without_privileges(
    environment: StagedEnvironment,
) -> None:
    await environment.run(
        "import os, resource\n"
        "print(os.getsid(0) == os.getpid() == os.getpgrp(), os.getcwd(), resource.getrlimit(resource.RLIMIT_NOFILE))\n"
        "status = open('/proc/self/status').read()\n"
        "print([line.split()[1] for line in status.splitlines() if line.startswith(('CapEff', 'CapPrm', 'NoNew'))])"
    )
    assert await environment.line() == f"True {environment.sandbox.paths.task_root} (1024, 1024)"
    assert await environment.line() == "['0000000000000000', '0000000000000000', '1']"


async def test_signals_have_their_default_actions(environment: StagedEnvironment) -> None:
    await environment.run(
        "import signal\n"
        "print([signal.getsignal(number) is signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGCHLD)],\n"
        "      signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    )
    assert await environment.line() == "[True, True] True"


async def test_main_module_and_arguments_are_those_of_the_bootstrap(environment: StagedEnvironment) -> None:
    await environment.run("import __main__, sys; print(__main__.__file__, sys.argv)")
    script = f"{environment.sandbox.paths.runtime_dir}/bootstrap.py"
    assert await environment.line() == f"{script} ['{script}']"


async def test_two_runtimes_of_one_zygote_draw_different_random_numbers(environment: StagedEnvironment) -> None:
    for generation in (1, 2):
        await environment.run("import random, uuid; print(random.random(), uuid.uuid4())", generation=generation)
    first, second = await environment.line(), await environment.line()
    assert set(first.split()).isdisjoint(second.split())


async def test_printed_text_and_log_records_keep_their_order(environment: StagedEnvironment) -> None:
    await environment.run(
        "import os, sys\n"
        "log = int(os.environ['_LAMBDA_TELEMETRY_LOG_FD'])\n"
        "for n in range(500):\n"
        "    print(n * 3, flush=True)\n"
        "    os.write(log, b'%d\\n' % (n * 3 + 1))\n"
        "    print(n * 3 + 2, file=sys.stderr)"
    )
    assert [await environment.line() for _ in range(1500)] == [str(n) for n in range(1500)]


async def test_second_generation_finds_files_but_no_globals(environment: StagedEnvironment) -> None:
    tmp = environment.sandbox.paths.tmp
    await environment.run(f"import json; json.touched = True; open('{tmp}/kept', 'w').write('kept')")
    await environment.run(f"import json; print(open('{tmp}/kept').read(), hasattr(json, 'touched'))", generation=2)
    assert await environment.line() == "kept False"


async def test_second_generation_imports_a_module_called_resource_of_its_own(environment: StagedEnvironment) -> None:
    tmp = environment.sandbox.paths.tmp
    await environment.run(f"open('{tmp}/resource.py', 'w').write('MINE = 7')")
    await environment.run(
        f"import sys; sys.path.insert(0, '{tmp}'); import resource; print(resource.MINE)", generation=2
    )
    assert await environment.line() == "7"


async def test_stdout_left_non_blocking_does_not_harm_the_next_generation(environment: StagedEnvironment) -> None:
    await environment.run("import os; os.set_blocking(1, False)")
    await environment.run("import os; print(os.get_blocking(1))", generation=2)
    assert await environment.line() == "True"


async def test_modules_that_only_the_zygote_needed_are_loaded_anew(environment: StagedEnvironment) -> None:
    await environment.run(
        "import sys\n"
        "print([n for n in ('ctypes', 'socket', 'lambdatui_runtime.zygote_loop', 'json') if n in sys.modules])\n"
        "import importlib, ctypes, signal, socket\n"
        "print(hasattr(importlib, 'util'), ctypes.CDLL(None).getpid(), signal.getsignal(signal.SIGTERM).name)\n"
        "print([end.close() for end in socket.socketpair()])"
    )
    assert await environment.line() == "[]"
    assert (await environment.line()).startswith("False ")
    assert await environment.line() == "[None, None]"


async def test_python_path_of_the_function_is_searched(environment: StagedEnvironment) -> None:
    library = environment.spec.code_dir / "library"
    library.mkdir()
    (library / "shared_words.py").write_text("word = 'found'\n")
    path = f"{environment.sandbox.paths.runtime_dir}:{environment.sandbox.paths.task_root}/library"
    await environment.run("import shared_words; print(shared_words.word)", {"PYTHONPATH": path})
    assert await environment.line() == "found"


async def test_wrapper_script_gets_interpreter_and_bootstrap(environment: StagedEnvironment) -> None:
    wrapper = environment.spec.code_dir / "wrapper"
    wrapper.write_text('#!/bin/sh\nfor last in "$@"; do :; done\necho "$1 $last"\nexec "$@"\n')
    wrapper.chmod(0o755)
    paths = environment.sandbox.paths
    happened = await environment.run(
        "print('inside'); raise SystemExit(5)", {"AWS_LAMBDA_EXEC_WRAPPER": f"{paths.task_root}/wrapper"}
    )
    assert await environment.line() == f"{sys.executable} {paths.runtime_dir}/bootstrap.py"
    assert await environment.line() == "inside"
    assert happened.exit_code == 5


async def test_missing_wrapper_script_ends_with_status_127(environment: StagedEnvironment) -> None:
    happened = await environment.run("pass", {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/no-such-wrapper"})
    assert happened.exit_code == 127
    assert await environment.line() == "/opt/no-such-wrapper: does not exist"


async def test_wrapper_that_is_no_executable_ends_with_status_126(environment: StagedEnvironment) -> None:
    (environment.spec.code_dir / "wrapper").write_text('#!/bin/sh\nexec "$@"\n')
    path = f"{environment.sandbox.paths.task_root}/wrapper"
    happened = await environment.run("pass", {"AWS_LAMBDA_EXEC_WRAPPER": path})
    assert happened.exit_code == 126
    assert await environment.line() == f"{path}: is not an executable"


async def test_interpreter_that_cannot_be_a_zygote_is_executed_in_the_place(stage: Stage, tmp_path: Path) -> None:
    stubborn = tmp_path / "stubborn-python"
    stubborn.write_text(f'#!/bin/sh\n[ "$1" = -I ] && exit 9\nexec {sys.executable} "$@"\n')
    stubborn.chmod(0o755)
    environment = await stage.environment(stage.spec(str(stubborn)))
    happened = await environment.run("print('inside'); raise SystemExit(5)")
    assert (await environment.line(), happened.exit_code) == ("inside", 5)
