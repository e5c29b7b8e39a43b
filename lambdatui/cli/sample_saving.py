"""An event of the history becomes a sample event of the project, with what can be wrong about it in words."""

from pathlib import Path

from lambdatui.cli import diagnostics
from lambdatui.cli.failures import CommandFailed, engine_failed
from lambdatui.events.saving import BadSampleName, NoEvent, SampleExists, save_sample
from lambdatui.telemetry.payload_redaction import holds_hidden


def save_event(root: Path, name: str, body: bytes, *, force: bool) -> str:
    """The file, relative to the project. Raises CommandFailed."""
    try:
        file = save_sample(root, name, body, replace=force)
    except SampleExists as error:
        raise CommandFailed(str(error), "choose another name, or --force to replace it") from error
    except (BadSampleName, NoEvent) as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise engine_failed(f"the event cannot be saved: {error}", "make the project's directory writable") from error
    if holds_hidden(body):
        diagnostics.warning(f"{file} has ******** where the history hid secrets: put in what the function needs")
    return file
