"""How a process of an environment ended, from the sandbox's words into the machine's.

``memory_used_mb`` is what the whole environment has used, where it could be measured.
"""

from lambdatui.lifecycle import extension_inputs, inputs
from lambdatui.model import error_types
from lambdatui.sandbox.protocol import ExtensionExit, RuntimeExit
from lambdatui.service.opt_files import fork_exec


def runtime_ended(happened: RuntimeExit, at: float, memory_used_mb: int | None) -> inputs.RuntimeInput:
    if happened.launch_error is not None:
        return launch_failed(happened.generation, fork_exec(happened.launch_error), at, memory_used_mb)
    return inputs.RuntimeExited(
        at=at,
        generation=happened.generation,
        exit_code=happened.exit_code,
        signal=happened.signal,
        memory_used_mb=memory_used_mb or happened.max_rss_mb,
        out_of_memory=happened.out_of_memory,
    )


def launch_failed(
    generation: int, reason: str, at: float, memory_used_mb: int | None = None
) -> inputs.RuntimeLaunchFailed:
    """There is no program to start, or none that the kernel would execute."""
    return inputs.RuntimeLaunchFailed(
        at=at,
        generation=generation,
        error_type=error_types.RUNTIME_INVALID_ENTRYPOINT,
        reason=reason,
        memory_used_mb=memory_used_mb,
    )


def extension_ended(happened: ExtensionExit, at: float, memory_used_mb: int | None) -> extension_inputs.ExtensionInput:
    if happened.launch_error is not None:
        return extension_inputs.ExtensionLaunchFailed(
            at=at,
            generation=happened.generation,
            name=happened.name,
            error_type=happened.launch_error,
            reason=happened.reason,
            hint=happened.hint,
            memory_used_mb=memory_used_mb,
        )
    return extension_inputs.ExtensionExited(
        at=at,
        generation=happened.generation,
        name=happened.name,
        exit_code=happened.exit_code,
        signal=happened.signal,
        memory_used_mb=memory_used_mb,
        out_of_memory=happened.out_of_memory,
    )
