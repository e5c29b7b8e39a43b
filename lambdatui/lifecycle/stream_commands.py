"""The command that concerns a streamed response. Interpreted where all commands are, by the driver."""

from dataclasses import dataclass

from lambdatui.lifecycle.inputs import Token
from lambdatui.model.ids import RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStream:
    """Let the bytes of the stream behind ``token`` go to the caller of ``request_id``; ends in RuntimeEndedStreaming,
    which is answered with AcceptPost or RefuseRequest of the same token.
    """

    token: Token
    request_id: RequestId
