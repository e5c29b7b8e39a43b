"""Changes for a session, from words to calls of a running engine."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.cli import projects
from lambdatui.cli.client_errors import failed
from lambdatui.cli.failures import CommandFailed, engine_failed
from lambdatui.client import ClientError, EngineClient
from lambdatui.model.settings import Changes, SettingView, WrittenSettings, key_of
from lambdatui.service import rendezvous

ALL = "all"
_TRUTHS = {"on": True, "off": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``undo`` are keys, or ALL; ``secrets`` are to be written too. ``speed`` and ``reloading`` are the engine's; None
    leaves them.
    """

    function: str | None = None
    changes: Changes = field(default_factory=dict)
    undo: tuple[str, ...] = ()
    write: bool = False
    secrets: bool = False
    speed: float | None = None
    reloading: bool | None = None

    @property
    def of_function(self) -> bool:
        """Whether a function is meant, named or not: by a word, or because nothing else is asked."""
        engine = self.speed is not None or self.reloading is not None
        return bool(self.function or self.changes or self.undo or self.write) or not engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    rows: tuple[SettingView, ...] = ()
    written: WrittenSettings | None = None


def read_words(words: Sequence[str], *, unset: Sequence[str], undo: Sequence[str], write: bool, secrets: bool) -> Asked:
    """Raises CommandFailed for what is neither a function nor NAME=VALUE."""
    named = [word for word in words if "=" not in word]
    if len(named) > 1:
        raise CommandFailed(f"'{named[1]}' is no setting", "write NAME=VALUE, such as memory=512 or env.STAGE=test")
    given = dict(word.split("=", 1) for word in words if "=" in word)
    speed, reload = given.pop("speed", None), given.pop("reload", None)
    changes: dict[str, str | None] = {key_of(word): text for word, text in given.items()}
    return Asked(
        function=named[0] if named else None,
        changes=changes | {key_of(word): None for word in unset},
        undo=tuple(ALL if word == ALL else key_of(word) for word in undo),
        write=write or secrets,
        secrets=secrets,
        speed=None if speed is None else _speed(speed),
        reloading=None if reload is None else _truth(reload),
    )


async def carry_out(root: Path, asked: Asked) -> Done:
    """Raises CommandFailed, also where no engine runs."""
    running = rendezvous.find(root)
    if running is None:
        raise engine_failed(
            "no engine of this project runs, and settings of a session last as long as one",
            "start one with `lambdatui serve`, or change the project's files",
        )
    try:
        async with EngineClient.at(running) as client:
            if asked.speed is not None or asked.reloading is not None:
                await client.change_engine(speed=asked.speed, reloading=asked.reloading)
            return await _change(client, asked) if asked.of_function else Done()
    except ClientError as error:
        raise failed(error) from error


async def _change(client: EngineClient, asked: Asked) -> Done:
    project = await client.functions()
    name = projects.choose_function(asked.function, [each.name for each in project.functions], project.problems)
    if asked.undo:
        await client.undo_settings(name, () if ALL in asked.undo else asked.undo)
    if asked.changes:
        await client.change_settings(name, asked.changes)
    written = await client.write_settings(name, secrets=asked.secrets) if asked.write else None
    return Done(rows=await client.settings(name), written=written)


def _speed(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise CommandFailed(f"speed={text} is no number", "write speed=60, or speed=1 for real time") from None


def _truth(text: str) -> bool:
    if text not in _TRUTHS:
        raise CommandFailed(f"reload={text} is neither on nor off", "write reload=on or reload=off")
    return _TRUTHS[text]
