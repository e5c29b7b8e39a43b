"""What a user keeps between sessions: the keymap, which they write, and the theme, which the screen remembers.

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

    @classmethod
    def of_user(cls, environ: Mapping[str, str], home: Path) -> "Preferences":
        """Where XDG wants them: what people write is configuration, what the program remembers is state."""
        config = _place(environ.get("XDG_CONFIG_HOME"), home / ".config")
        state = _place(environ.get("XDG_STATE_HOME"), home / ".local" / "state")
        return cls(keymap_file=config / "lambdatui" / "keymap.toml", theme_file=state / "lambdatui" / "theme")

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
        try:
            self.theme_file.parent.mkdir(parents=True, exist_ok=True)
            self.theme_file.write_text(f"{name}\n", encoding="utf-8")
        except OSError as error:
            return f"the theme is not remembered: {error}"
        return ""


def _place(given: str | None, usual: Path) -> Path:
    """XDG: what is not absolute is to be ignored."""
    return Path(given) if given and Path(given).is_absolute() else usual
