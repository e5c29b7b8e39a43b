"""Error types with AWS's spelling, and one plain sentence each for people."""

RUNTIME_EXIT_ERROR = "Runtime.ExitError"
RUNTIME_UNKNOWN = "Runtime.Unknown"
FUNCTION_UNKNOWN = "Function.Unknown"
RUNTIME_INVALID_ENTRYPOINT = "Runtime.InvalidEntrypoint"
RUNTIME_TRUNCATED_RESPONSE = "Runtime.TruncatedResponse"
RUNTIME_INVALID_RESPONSE_MODE = "Runtime.InvalidResponseModeHeader"
RESPONSE_SIZE_TOO_LARGE = "Function.ResponseSizeTooLarge"
SANDBOX_TIMEDOUT = "Sandbox.Timedout"
"""The cloud's spelling, as recorded; the interface emulator writes Sandbox.Timeout."""
SANDBOX_FAILURE = "Sandbox.Failure"

EXPLANATIONS = {
    RUNTIME_EXIT_ERROR: "The runtime process ended before it answered. Lambda resets the environment; /tmp stays.",
    SANDBOX_TIMEDOUT: "The handler was still running at its timeout. Lambda kills the runtime, keeps /tmp and runs "
    "init again inside the next invoke.",
    RESPONSE_SIZE_TOO_LARGE: "The response is over 6 MB, the most a buffered response may be.",
    RUNTIME_TRUNCATED_RESPONSE: "The runtime closed the connection in the middle of its response.",
    RUNTIME_INVALID_RESPONSE_MODE: "The runtime asked for a response mode other than streaming.",
    RUNTIME_INVALID_ENTRYPOINT: "There is no executable to start as the runtime.",
    SANDBOX_FAILURE: "The place to run the function in could not be made.",
    "QueueNotWritable": "The queue on disk could not be written, so the event was not run: is the disk full? It is tried again.",
    "Runtime.ImportModuleError": "The handler's module could not be imported: look at the import it names.",
    "Runtime.HandlerNotFound": "The module was imported but has no function of the handler's name.",
    "Runtime.UserCodeSyntaxError": "The handler's module is not valid Python.",
    "Runtime.MalformedHandlerName": "A handler is written module.function.",
    "Runtime.MarshalError": "The handler returned something that cannot be written as JSON.",
    "Runtime.UnmarshalError": "The event is not JSON.",
}
