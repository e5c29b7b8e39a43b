"""Why a handler failed, as its runtime tells X-Ray: what the function's segment has as its ``cause``."""

from lambdatui.model.value import value


@value
class StackFrame:
    """Where one call was made."""

    path: str = ""
    line: int = 0
    label: str = ""


@value
class CauseException:
    """One exception, with its calls from the innermost on, or as its runtime orders them."""

    message: str = ""
    type: str = ""
    stack: tuple[StackFrame, ...] = ()


@value
class ErrorCause:
    """At least one field says something."""

    exceptions: tuple[CauseException, ...] = ()
    working_directory: str = ""
    paths: tuple[str, ...] = ()
    message: str = ""

    @property
    def headline(self) -> str:
        """One line for people: the first exception, or the message."""
        if not self.exceptions:
            return self.message
        first = self.exceptions[0]
        return ": ".join(part for part in (first.type, first.message) if part)
