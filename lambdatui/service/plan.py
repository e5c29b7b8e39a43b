"""What an environment is to be: made once, by the pool that starts it; carried out by its driver."""

from dataclasses import dataclass
from pathlib import Path

from lambdatui.lifecycle.reporting import Identity
from lambdatui.model.function import Function, RuntimeClient
from lambdatui.model.ids import LATEST, EnvironmentId
from lambdatui.model.phase import InitializationType
from lambdatui.runtime_api.extension_answers import FunctionIdentity
from lambdatui.runtime_api.runtime_api import RuntimeApi
from lambdatui.sandbox.protocol import Sandbox, SandboxSpec

_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"


def why_alone(function: Function) -> str:
    """Why a snapshot of it cannot be for many environments; only our own runtime knows how to be forked."""
    if not function.runtime.startswith("python"):
        return f"{function.runtime} cannot be forked, as Python can"
    if function.runtime_client is not RuntimeClient.BUILT_IN:
        return "AWS's own runtime interface client cannot be forked"
    return "it runs under a wrapper script" if function.environment.get(_WRAPPER) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``interpreter`` is the function's Python, empty for another language; ``executables`` are the other programs of
    this machine that it runs. ``runtime_dir`` appears at /var/runtime, None is that of the Python bootstrap.

    ``takes_snapshot``: others may be restored from what is initialised in it; ``restores`` is the place of such a one,
    and ``api_of_snapshot`` what its variables name.
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
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    takes_snapshot: bool = False
    restores: Sandbox | None = None
    api_of_snapshot: RuntimeApi | None = None

    @property
    def identity(self) -> Identity:
        """What its machine has to know of it."""
        function = self.function
        return Identity(
            function_name=function.name,
            version=self.version,
            memory_mb=function.memory_mb,
            instance_id=self.log_stream,
            runtime_version=self.runtime_version,
            timeout_s=function.timeout_s,
            initialization_type=self.initialization_type,
            active_tracing=function.active_tracing,
            restores=self.restores is not None,
        )

    @property
    def why_alone(self) -> str:
        """Why its snapshot, if it takes one, is for itself only; empty where that is to be seen."""
        return why_alone(self.function)

    @property
    def told_to_extensions(self) -> FunctionIdentity:
        """When they register."""
        return FunctionIdentity(name=self.function.name, version=self.version, handler=self.function.handler)

    def place(self, layers_dir: Path | None, *, cpu_share: bool, has_extensions: bool = False) -> SandboxSpec:
        """What its place must hold; ``layers_dir`` has the merged layers. External extensions start first."""
        function = self.function
        return SandboxSpec(
            environment_id=self.environment_id,
            interpreter=self.interpreter,
            code_dir=self.code_dir,
            layers_dir=layers_dir,
            executables=self.executables,
            runtime_dir=self.runtime_dir,
            tmp_dir=self.tmp_dir,
            bytecode_dir=self.bytecode_dir,
            private_dirs=self.private_dirs,
            memory_mb=function.memory_mb,
            ephemeral_storage_mb=function.ephemeral_storage_mb,
            network=function.network,
            cpu_share=cpu_share,
            may_be_restored=self.takes_snapshot,
            restores=self.restores,
            bootstrap_first=not (self.takes_snapshot or self.restores or self.why_alone or has_extensions),
        )
