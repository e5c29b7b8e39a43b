"""The environment variables that processes start with: Lambda's own, then the function's; never the developer's.

Source: defined runtime environment variables of the developer guide, values as observed on python3.14 in 2026.
"""

from dataclasses import dataclass

from lambdatui.model import limits
from lambdatui.model.function import Function, LogFormat
from lambdatui.model.ids import LATEST
from lambdatui.model.phase import InitializationType
from lambdatui.sandbox.protocol import SandboxPaths

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "ASIALAMBDATUILOCAL00",
    "AWS_SECRET_ACCESS_KEY": "lambdatui/local/credentials/that/no/account/knows",
    "AWS_SESSION_TOKEN": "lambdatui-local-session",
}
"""Placeholders: an SDK finds these first and so never looks for the developer's own."""

_NOT_FOR_EXTENSIONS = frozenset(
    {
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What differs from one environment to the next. ``runtime_api`` and ``xray_address`` are ``host:port``; with
    SnapStart credentials come from ``credentials_uri``, for ``credentials_token``.
    """

    runtime_api: str
    log_group: str
    log_stream: str
    metadata_token: str
    xray_address: str
    credentials_uri: str = ""
    credentials_token: str = ""
    version: str = LATEST
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    region: str = limits.DEFAULT_REGION


def runtime_environ(function: Function, instance: Instance, paths: SandboxPaths) -> dict[str, str]:
    """Complete: nothing else reaches the runtime. The function's own values override only unreserved names."""
    reserved = _reserved(function, instance, paths)
    own = {key: value for key, value in function.environment.items() if not key.startswith("_")}
    return {**_unreserved(function, instance, paths), **own, **reserved}


def extension_environ(function: Function, instance: Instance, paths: SandboxPaths) -> dict[str, str]:
    """What a runtime gets, without what is the runtime's alone."""
    whole = runtime_environ(function, instance, paths)
    return {key: value for key, value in whole.items() if not key.startswith("_") and key not in _NOT_FOR_EXTENSIONS}


def _unreserved(function: Function, instance: Instance, paths: SandboxPaths) -> dict[str, str]:
    task, opt, runtime = paths.task_root, paths.opt, paths.runtime_dir
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": f"/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:{opt}/bin",
        "LD_LIBRARY_PATH": (f"/var/lang/lib:/lib64:/usr/lib64:{runtime}:{runtime}/lib:{task}:{task}/lib:{opt}/lib"),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": instance.xray_address,
        **_of_language(function, paths),
        **_logging(function),
        **_moved(paths),
    }


def _of_language(function: Function, paths: SandboxPaths) -> dict[str, str]:
    if function.runtime.startswith("nodejs"):
        from lambdatui.runtimes.node_programs import node_path

        path = node_path(function.runtime, opt=paths.opt, runtime_dir=paths.runtime_dir, task_root=paths.task_root)
        return {"NODE_PATH": path}
    if function.runtime.startswith("python"):
        # The interpreter makes up the first by itself, where there is no locale en_US.
        return {"LC_CTYPE": "C.UTF-8", "PYTHONPATH": paths.runtime_dir}
    return {}


def _logging(function: Function) -> dict[str, str]:
    """The format is told to runtimes where it is not the one they have by themselves, and levels only with JSON."""
    config = function.logging
    if config.log_format is LogFormat.TEXT:
        return {}
    level = {} if config.application_log_level is None else {"AWS_LAMBDA_LOG_LEVEL": config.application_log_level}
    return {"AWS_LAMBDA_LOG_FORMAT": config.log_format, **level}


def _moved(paths: SandboxPaths) -> dict[str, str]:
    """Where /tmp or /opt cannot be mounted. The bootstrap removes the second before user code runs."""
    moved = {} if paths.tmp == "/tmp" else {"TMPDIR": paths.tmp}
    return moved if paths.opt == "/opt" else {**moved, "_LAMBDATUI_OPT_ROOT": paths.opt}


def _reserved(function: Function, instance: Instance, paths: SandboxPaths) -> dict[str, str]:
    xray_host, _, xray_port = instance.xray_address.rpartition(":")
    return {
        **_identified(instance),
        **_of_runtime(function),
        "AWS_REGION": instance.region,
        "AWS_DEFAULT_REGION": instance.region,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": instance.version,
        "AWS_LAMBDA_RUNTIME_API": instance.runtime_api,
        "AWS_LAMBDA_METADATA_API": instance.runtime_api,
        "AWS_LAMBDA_METADATA_TOKEN": instance.metadata_token,
        "LAMBDA_TASK_ROOT": paths.task_root,
        "LAMBDA_RUNTIME_DIR": paths.runtime_dir,
        "PWD": paths.task_root,
        "SHLVL": "0",
        "_HANDLER": function.handler,
        "_AWS_XRAY_DAEMON_ADDRESS": xray_host,
        "_AWS_XRAY_DAEMON_PORT": xray_port,
    }


def _identified(instance: Instance) -> dict[str, str]:
    """A snapshot outlives credentials and log streams: one asks for those, and does not know these."""
    if instance.initialization_type is InitializationType.SNAP_START:
        return {
            "AWS_LAMBDA_INITIALIZATION_TYPE": InitializationType.SNAP_START,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": instance.credentials_uri,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": instance.credentials_token,
        }
    return {
        **CREDENTIALS,
        "AWS_LAMBDA_INITIALIZATION_TYPE": instance.initialization_type,
        "AWS_LAMBDA_LOG_GROUP_NAME": instance.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": instance.log_stream,
    }


def _of_runtime(function: Function) -> dict[str, str]:
    """A custom runtime is told of no execution environment."""
    return {} if function.runtime.startswith("provided") else {"AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}"}
