"""The command that concerns a streamed response. Interpreted where all commands are, by the driver."""

from lambdatui.lifecycle.inputs import Token
from lambdatui.model.ids import RequestId
from lambdatui.model.value import value


@value
class ReadStream:
    """Let the bytes of the stream behind ``token`` go to the caller of ``request_id``; ends in RuntimeEndedStreaming,
    which is answered with AcceptPost or RefuseRequest of the same token.
    """

    token: Token
    request_id: RequestId
