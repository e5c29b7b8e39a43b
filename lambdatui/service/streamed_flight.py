"""One invocation whose caller takes the response as it comes, where its function streams one."""

from collections.abc import Callable

from lambdatui.model.invocation import Invocation
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.service.flight import AwaitedFlight


class StreamedFlight(AwaitedFlight):
    """``on_stream`` is called at most once, before the answer, in the midst of what made the stream: it must not raise.

    The answer then is what is left to say when the stream has ended: nothing, or an error.
    """

    __slots__ = ("_on_stream",)

    def __init__(self, invocation: Invocation, on_stream: Callable[[ResponseStream], None]) -> None:
        super().__init__(invocation)
        self._on_stream = on_stream

    def stream(self, stream: ResponseStream) -> None:
        self._on_stream(stream)
