"""What an environment is to be: made once, by the pool that starts it; carried out by its driver."""

from dataclasses import dataclass
from pathlib import Path

from lambdatui.model.function import Function
from lambdatui.model.ids import LATEST, EnvironmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``interpreter`` is the function's Python, empty for another language; ``executables`` are the other programs of
    this machine that it runs. ``runtime_dir`` appears at /var/runtime, None is that of the Python bootstrap.

    ``layers_into`` is where merged layers are kept. ``log_group`` and ``log_stream`` are names only.
    """

    environment_id: EnvironmentId
    function: Function
    project_root: Path
    revision: int
    interpreter: str
    code_dir: Path
    layers_into: Path
    tmp_dir: Path
    bytecode_dir: Path
    private_dirs: tuple[Path, ...]
    log_group: str
    log_stream: str
    runtime_version: str | None
    executables: tuple[str, ...] = ()
    runtime_dir: Path | None = None
    version: str = LATEST
