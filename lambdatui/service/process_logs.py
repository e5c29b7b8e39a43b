"""What the processes of one environment write, as records: the runtime by one pipe, each external extension by its own.

A line belongs to the request that it fell into; whose turn it is to be read is the driver's to say.
"""

from collections.abc import Callable
from functools import partial

from lambdatui.model.ids import RequestId
from lambdatui.model.records import ExtensionLog, FunctionLog, Record
from lambdatui.service.log_reader import LogReader


class ProcessLogs:
    """``request_id`` is asked with every record; while ``held_back`` says so, only what must be is read."""

    def __init__(
        self,
        publish: Callable[[Record], None],
        request_id: Callable[[], RequestId | None],
        held_back: Callable[[], bool],
    ) -> None:
        self._publish = publish
        self._request_id = request_id
        self._held_back = held_back
        self._runtime: LogReader | None = None
        self._extensions: dict[str, tuple[int, LogReader]] = {}

    def follow_runtime(self, fd: int, *, json_lines: bool) -> None:
        """``json_lines``: the function's log format is JSON, where the runtime labels its lines."""
        on_labelled = self._runtime_wrote if json_lines else None
        self._runtime = LogReader(fd, self._runtime_wrote, self._held_back, on_labelled=on_labelled)

    def follow_extension(self, name: str, fd: int) -> None:
        """From its start on. A pipe that outlives a restart goes on being read."""
        known = self._extensions.get(name)
        if known is not None:
            if known[0] == fd:
                return
            known[1].close()
        self._extensions[name] = fd, LogReader(fd, partial(self._extension_wrote, name), self._held_back)

    def drain_runtime(self, *, flush: bool = False) -> None:
        """As ``LogReader.drain``, as the following ones."""
        if self._runtime is not None:
            self._runtime.drain(flush=flush)

    def drain_extensions(self, *, flush: bool = False) -> None:
        for _, reader in self._extensions.values():
            reader.drain(flush=flush)

    def drain_all(self) -> None:
        """Nobody is left who writes, or could complete what was begun."""
        if self._runtime is not None:
            self._runtime.drain(writers_gone=True)
        for _, reader in self._extensions.values():
            reader.drain(writers_gone=True)

    def close(self) -> None:
        """Idempotent."""
        if self._runtime is not None:
            self._runtime.close()
        for _, reader in self._extensions.values():
            reader.close()
        self._extensions.clear()

    def _runtime_wrote(self, lines: tuple[str, ...], levels: tuple[str, ...] | None = None) -> None:
        self._publish(FunctionLog(request_id=self._request_id(), lines=lines, levels=levels))

    def _extension_wrote(self, name: str, lines: tuple[str, ...]) -> None:
        self._publish(ExtensionLog(extension=name, request_id=self._request_id(), lines=lines))
