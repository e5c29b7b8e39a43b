"""Error types with AWS's spelling, and one plain sentence each for people."""

RUNTIME_EXIT_ERROR = "Runtime.ExitError"
RUNTIME_OUT_OF_MEMORY = "Runtime.OutOfMemory"
RUNTIME_UNKNOWN = "Runtime.Unknown"
FUNCTION_UNKNOWN = "Function.Unknown"
RUNTIME_INVALID_ENTRYPOINT = "Runtime.InvalidEntrypoint"
RUNTIME_TRUNCATED_RESPONSE = "Runtime.TruncatedResponse"
RUNTIME_INVALID_RESPONSE_MODE = "Runtime.InvalidResponseModeHeader"
RESPONSE_SIZE_TOO_LARGE = "Function.ResponseSizeTooLarge"
SANDBOX_TIMEDOUT = "Sandbox.Timedout"
"""The cloud's spelling, as recorded; the interface emulator writes Sandbox.Timeout."""
SANDBOX_FAILURE = "Sandbox.Failure"
EXTENSION_INIT_ERROR = "Extension.InitError"
EXTENSION_EXIT_ERROR = "Extension.ExitError"
EXTENSION_CRASH = "Extension.Crash"
EXTENSION_LAUNCH_ERROR = "Extension.LaunchError"
RESTORE_TIMEOUT = "Runtime.RestoreHookUserTimeout"
INTERRUPTED = "Interrupted"
"""Ours: the engine was killed before the invocation had an answer."""

EXPLANATIONS = {
    RUNTIME_EXIT_ERROR: "The runtime process ended before it answered. Lambda resets the environment; /tmp stays.",
    SANDBOX_TIMEDOUT: "The handler was still running at its timeout. Lambda kills the runtime, keeps /tmp and runs "
    "init again inside the next invoke.",
    RESPONSE_SIZE_TOO_LARGE: "The response is over 6 MB, the most a buffered response may be.",
    RUNTIME_TRUNCATED_RESPONSE: "The runtime closed the connection in the middle of its response.",
    RUNTIME_INVALID_RESPONSE_MODE: "The runtime asked for a response mode other than streaming.",
    RUNTIME_INVALID_ENTRYPOINT: "There is no executable to start as the runtime.",
    RUNTIME_OUT_OF_MEMORY: "The environment used more memory than the function has: Lambda kills it.",
    EXTENSION_INIT_ERROR: "An extension said that it could not initialise, and ended.",
    EXTENSION_EXIT_ERROR: "An extension said that it cannot go on, and ended.",
    EXTENSION_CRASH: "An extension's process ended by itself; Lambda then resets the whole environment.",
    EXTENSION_LAUNCH_ERROR: "A file in /opt/extensions could not be executed, or there are more than ten extensions.",
    RESTORE_TIMEOUT: "The hooks after a restore took longer than the 10 s that a restore may take.",
    INTERRUPTED: "The engine that ran it was killed, so nobody was answered. An asynchronous event is run again.",
    SANDBOX_FAILURE: "The place to run the function in could not be made.",
    "QueueNotWritable": "The queue on disk could not be written, so the event was not run: is the disk full? It is "
    "tried again.",
    "Runtime.ImportModuleError": "The handler's module could not be imported: look at the import it names.",
    "Runtime.HandlerNotFound": "The module was imported but has no function of the handler's name.",
    "Runtime.UserCodeSyntaxError": "The handler's module is not valid Python.",
    "Runtime.MalformedHandlerName": "A handler is written module.function.",
    "Runtime.MarshalError": "The handler returned something that cannot be written as JSON.",
    "Runtime.UnmarshalError": "The event is not JSON.",
}
