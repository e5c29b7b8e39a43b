"""The environment variables a runtime starts with: Lambda's own, then the function's; never the developer's.

Source: defined runtime environment variables of the developer guide, values as observed on python3.14 in 2026.
"""

from dataclasses import dataclass

from lambdatui.model import limits
from lambdatui.model.function import Function
from lambdatui.model.ids import LATEST
from lambdatui.sandbox.protocol import SandboxPaths

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "ASIALAMBDATUILOCAL00",
    "AWS_SECRET_ACCESS_KEY": "lambdatui/local/credentials/that/no/account/knows",
    "AWS_SESSION_TOKEN": "lambdatui-local-session",
}
"""Placeholders: an SDK finds these first and so never looks for the developer's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What differs from one environment to the next. ``runtime_api`` is ``host:port``."""

    runtime_api: str
    log_group: str
    log_stream: str
    region: str = limits.DEFAULT_REGION


def runtime_environ(function: Function, instance: Instance, paths: SandboxPaths) -> dict[str, str]:
    """Complete: nothing else reaches the runtime. The function's own values override only unreserved names."""
    reserved = _reserved(function, instance, paths)
    own = {key: value for key, value in function.environment.items() if not key.startswith("_")}
    return {**_unreserved(paths), **own, **reserved}


def _unreserved(paths: SandboxPaths) -> dict[str, str]:
    task, opt, runtime = paths.task_root, paths.opt, paths.runtime_dir
    return {
        "LANG": "en_US.UTF-8",
        "LC_CTYPE": "C.UTF-8",
        "TZ": ":UTC",
        "PATH": f"/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:{opt}/bin",
        "LD_LIBRARY_PATH": (f"/var/lang/lib:/lib64:/usr/lib64:{runtime}:{runtime}/lib:{task}:{task}/lib:{opt}/lib"),
        "PYTHONPATH": runtime,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    } | _moved(paths)


def _moved(paths: SandboxPaths) -> dict[str, str]:
    """Where /tmp or /opt cannot be mounted. The bootstrap removes the second before user code runs."""
    moved = {} if paths.tmp == "/tmp" else {"TMPDIR": paths.tmp}
    return moved if paths.opt == "/opt" else {**moved, "_LAMBDATUI_OPT_ROOT": paths.opt}


def _reserved(function: Function, instance: Instance, paths: SandboxPaths) -> dict[str, str]:
    return {
        **CREDENTIALS,
        "AWS_REGION": instance.region,
        "AWS_DEFAULT_REGION": instance.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": LATEST,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": instance.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": instance.log_stream,
        "AWS_LAMBDA_RUNTIME_API": instance.runtime_api,
        "LAMBDA_TASK_ROOT": paths.task_root,
        "LAMBDA_RUNTIME_DIR": paths.runtime_dir,
        "PWD": paths.task_root,
        "SHLVL": "0",
        "_HANDLER": function.handler,
        "_AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1",
        "_AWS_XRAY_DAEMON_PORT": "2000",
    }
