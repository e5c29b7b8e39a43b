"""What a user keeps between sessions: the keymap, which they write, and what the screen remembers: theme and tour.

A file that cannot be read or written costs the preference, never the session; the screen says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Paths only; nothing has to exist."""

    keymap_file: Path
    theme_file: Path
    tour_file: Path

    @classmethod
    def of_user(cls, environ: Mapping[str, str], home: Path) -> "Preferences":
        """Where XDG wants them: what people write is configuration, what the program remembers is state."""
        config = _place(environ.get("XDG_CONFIG_HOME"), home / ".config")
        state = _place(environ.get("XDG_STATE_HOME"), home / ".local" / "state")
        remembered = state / "lambdatui"
        return cls(
            keymap_file=config / "lambdatui" / "keymap.toml",
            theme_file=remembered / "theme",
            tour_file=remembered / "tour",
        )

    def keymap_text(self) -> tuple[str, str]:
        """The file's content, and why there is none, if it is there and cannot be read."""
        try:
            return self.keymap_file.read_text(encoding="utf-8"), ""
        except FileNotFoundError:
            return "", ""
        except (OSError, UnicodeDecodeError) as error:
            return "", f"it cannot be read: {error}"

    def theme(self) -> str | None:
        """The name of the theme that was chosen last; None where none was."""
        try:
            return self.theme_file.read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None  # the default theme is as good a start

    def remember_theme(self, name: str) -> str:
        """Returns why it could not be, empty when it is remembered."""
        problem = _write(self.theme_file, name)
        return f"the theme is not remembered: {problem}" if problem else ""

    def claim_tour(self) -> bool:
        """True once: for whoever has not seen the tour. Never where it could not be remembered."""
        try:
            return not self.tour_file.exists() and not _write(self.tour_file, "shown")
        except OSError:
            return False


def _write(file: Path, text: str) -> str:
    """Returns why it could not be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        return str(error)
    return ""


def _place(given: str | None, usual: Path) -> Path:
    """XDG: what is not absolute is to be ignored."""
    return Path(given) if given and Path(given).is_absolute() else usual
