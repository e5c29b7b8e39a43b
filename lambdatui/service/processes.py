"""What is started in one environment: the program and the variables of its runtime and of its extensions."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from lambdatui.model.function import RuntimeClient
from lambdatui.runtime_api.instance_facts import Credentials
from lambdatui.runtime_api.runtime_api import RuntimeApi
from lambdatui.runtimes.interpreters import InterpreterNotFound, UnsupportedRuntime
from lambdatui.runtimes.python_programs import official_program
from lambdatui.sandbox.protocol import ExtensionSpec, RuntimeSpec, SandboxPaths
from lambdatui.service.environ import CREDENTIALS, Instance, extension_environ, runtime_environ
from lambdatui.service.opt_files import NoEntrypoint, custom_bootstrap
from lambdatui.service.plan import Plan

CREDENTIALS_LIVE_S = 6 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """Of one place. ``layers_dir`` is what appears at /opt, None where there are no layers. ``named_api`` is what the
    variables name: ``runtime_api``, or that of the snapshot in what is restored from it.
    """

    plan: Plan
    runtime_api: RuntimeApi
    named_api: RuntimeApi
    paths: SandboxPaths
    layers_dir: Path | None
    xray_address: str

    def environ(self) -> dict[str, str]:
        """The variables of the runtime."""
        return runtime_environ(self.plan.function, self._instance, self.paths)

    def runtime(self, generation: int) -> RuntimeSpec:
        """Raises NoEntrypoint."""
        return RuntimeSpec(
            generation=generation,
            environ=self.environ(),
            program=self._program(),
            runtime_api=self.runtime_api.address,
            obeys_wrapper=not self.plan.function.runtime.startswith("provided"),
        )

    def extension(self, name: str, generation: int) -> ExtensionSpec:
        environ = extension_environ(self.plan.function, self._instance, self.paths)
        return ExtensionSpec(generation=generation, name=name, environ=environ)

    def _program(self) -> tuple[str, ...] | None:
        """None is our own bootstrap for Python."""
        function = self.plan.function
        if function.runtime.startswith("provided"):
            return custom_bootstrap(self.plan.code_dir, self.layers_dir, self.paths)
        if function.runtime.startswith("nodejs"):
            return self._node()
        if function.runtime_client is RuntimeClient.OFFICIAL:
            return official_program(self.plan.interpreter, runtime_dir=self.paths.runtime_dir)
        return None

    def _node(self) -> tuple[str, ...]:
        from lambdatui.runtimes.node_programs import node_program

        function = self.plan.function
        try:
            _, program = node_program(
                function.runtime,
                self.plan.project_root,
                memory_mb=function.memory_mb,
                node_options=function.environment.get("NODE_OPTIONS", ""),
                runtime_dir=self.paths.runtime_dir,
            )
        except (InterpreterNotFound, UnsupportedRuntime) as error:
            raise NoEntrypoint(str(error)) from error
        return program

    @property
    def _instance(self) -> Instance:
        api, plan = self.named_api, self.plan
        return Instance(
            runtime_api=api.address,
            log_group=plan.log_group,
            log_stream=plan.log_stream,
            metadata_token=api.tokens.metadata,
            credentials_uri=api.credentials_uri,
            credentials_token=api.tokens.credentials,
            version=plan.version,
            initialization_type=plan.initialization_type,
            xray_address=self.xray_address,
        )


def credentials_of_role(wall_s: float) -> Credentials:
    """Those that an environment from a snapshot asks for: as everywhere, ones that no account knows."""
    expires = dt.datetime.fromtimestamp(wall_s + CREDENTIALS_LIVE_S, dt.UTC)
    return Credentials(
        access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        session_token=CREDENTIALS["AWS_SESSION_TOKEN"],
        expiration=expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
