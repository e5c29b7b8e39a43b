"""Where one environment runs, and what belongs to that place: its network, its variables, its logs and its /tmp.

Opened once and closed once. Decides nothing; of what happens in it the listener of the sandbox hears.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from lambdatui.model.function import LogFormat
from lambdatui.model.ids import RequestId
from lambdatui.model.records import Record
from lambdatui.runtime_api.runtime_api import RuntimeApi
from lambdatui.sandbox.protocol import Network, Sandbox, SandboxListener
from lambdatui.service.driver_ports import DriverPorts
from lambdatui.service.opt_files import lay_out_layers
from lambdatui.service.plan import Plan
from lambdatui.service.process_logs import ProcessLogs
from lambdatui.service.processes import Processes
from lambdatui.service.scratch import ScratchWatch, read_scratch

SCRATCH_READ_BYTES = 1024 * 1024


class DriverPlace:
    """Of one driver. ``runtime_api`` is told by it when to begin and when to end; what processes write is published as
    of the request that ``request_id`` names, and files in /tmp while ``invoked`` is so.
    """

    def __init__(
        self,
        plan: Plan,
        ports: DriverPorts,
        runtime_api: RuntimeApi,
        *,
        publish: Callable[[Record], None],
        request_id: Callable[[], RequestId | None],
        invoked: Callable[[], bool],
    ) -> None:
        self._plan = plan
        self._ports = ports
        self._runtime_api = runtime_api
        self._xray: asyncio.DatagramTransport | None = None
        self._xray_address = ports.xray.address
        self.logs = ProcessLogs(publish, request_id, lambda: ports.bus.congested)
        self.scratch = ScratchWatch(plan.tmp_dir, publish, invoked)
        self.sandbox: Sandbox | None = None
        self.processes: Processes | None = None

    async def open(self, listener: SandboxListener) -> tuple[str, ...]:
        """The names of the extensions in it. Raises SandboxError, CodeUnusable, OSError."""
        plan, network = self._plan, self._plan.function.network
        if network:
            await self._runtime_api.start()
        layers_dir, names = await lay_out_layers(plan, self._ports.files)
        spec = plan.place(layers_dir, cpu_share=self._ports.cpu_share, has_extensions=bool(names))
        self.sandbox = await self._ports.backend.create(spec, listener)
        if not network:
            await self._open_network(self.sandbox.network)
        self.processes = Processes(
            plan=plan,
            runtime_api=self._runtime_api,
            named_api=plan.api_of_snapshot or self._runtime_api,
            paths=self.sandbox.paths,
            layers_dir=layers_dir,
            xray_address=self._xray_address,
        )
        json_lines = plan.function.logging.log_format is LogFormat.JSON
        self.logs.follow_runtime(self.sandbox.log_fd, json_lines=json_lines)
        return names

    async def close(self) -> None:
        """Everything in it is over. Idempotent."""
        self.scratch.close()
        self._runtime_api.close()
        if self._xray is not None:
            self._xray.close()
        self.logs.close()
        if self.sandbox is not None:
            await self.sandbox.close()

    @property
    def opened(self) -> Sandbox:
        """Raises RuntimeError where it is not."""
        if self.sandbox is None:
            raise RuntimeError(f"environment {self._plan.environment_id} has no place yet")
        return self.sandbox

    @property
    def why_alone(self) -> str:
        """Why a snapshot that is taken in it is for it alone; empty where that is to be seen."""
        return self._plan.why_alone or self.opened.why_alone

    def start_runtime(self, generation: int) -> None:
        """Raises NoEntrypoint."""
        # With variables of its own, even where an earlier one was restored.
        self.processes = replace(self._launch, named_api=self._runtime_api)
        self.opened.start_runtime(self._launch.runtime(generation))

    def restore_runtime(self, generation: int) -> None:
        self.opened.restore_runtime(self._launch.runtime(generation))

    def start_extensions(self, names: Sequence[str], generation: int) -> None:
        for name in names:
            self.opened.start_extension(self._launch.extension(name, generation))
            with contextlib.suppress(KeyError):  # no pipe could be made, so it was not started either
                self.logs.follow_extension(name, self.opened.extension_log_fd(name))

    async def read_scratch(self, path: str) -> bytes:
        """The first MB of a file in its /tmp. Raises FileNotFoundError."""
        read = partial(read_scratch, self._plan.tmp_dir, path, SCRATCH_READ_BYTES)
        return await asyncio.get_running_loop().run_in_executor(self._ports.files, read)

    @property
    def _launch(self) -> Processes:
        if self.processes is None:
            raise RuntimeError(f"environment {self._plan.environment_id} has no place yet")
        return self.processes

    async def _open_network(self, own: Network | None) -> None:
        """Raises OSError. Where it was asked for one of its own, but has none, everything is as for the others."""
        if own is None:
            await self._runtime_api.start()
            return
        await self._runtime_api.start(own.runtime_api)
        self._xray = await self._ports.xray.listen(own.xray)
        host, port = own.xray.getsockname()
        self._xray_address = f"{host}:{port}"
