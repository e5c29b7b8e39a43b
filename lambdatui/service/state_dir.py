"""What lambdatui keeps of a project on disk: what lies where in its directory; kept out of version control."""

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.model.ids import EnvironmentId
from lambdatui.service.removal import remove_tree
from lambdatui.service.state_place import place_of


@dataclass(frozen=True, slots=True)
class StateDir:
    """``root`` is the directory itself; ``run`` names this engine's part of it: its pid and a random end."""

    root: Path
    run: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(4)}")

    @classmethod
    def of_project(cls, project_root: Path) -> "StateDir":
        """Made where it is missing; ignored by git through a file of its own."""
        root = place_of(project_root)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore = root / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        return cls(root)

    @property
    def history(self) -> Path:
        return self.root / "history.db"

    @property
    def engine_log(self) -> Path:
        return self.root / "engine.log"

    @property
    def unpacked_code(self) -> Path:
        return self.root / "code"

    def environment_dir(self, environment_id: EnvironmentId) -> Path:
        """Below the run, so that engines of one project never touch each other's environments."""
        return self.root / "environments" / self.run / environment_id

    def make_tmp(self, environment_id: EnvironmentId) -> Path:
        """The directory that becomes an environment's /tmp; made empty, writable for everybody inside."""
        directory = self.environment_dir(environment_id)
        directory.mkdir(parents=True, exist_ok=True)
        tmp = directory / "tmp"
        tmp.mkdir()
        tmp.chmod(0o1777)
        return tmp

    def remove_environment(self, environment_id: EnvironmentId) -> None:
        """Lambda's /tmp dies with its environment, so does ours."""
        remove_tree(self.environment_dir(environment_id))

    def remove_leftovers(self) -> None:
        """Directories of environments whose engine was killed before it could remove them."""
        for directory in (self.root / "environments").glob("*"):
            if directory.name != self.run and not _alive(directory.name.partition("-")[0]):
                remove_tree(directory)

    def bytecode_of(self, interpreter: str, code_dir: Path) -> Path:
        """Compiled modules of one code directory under one interpreter."""
        key = hashlib.sha256(os.fsencode(f"{interpreter}\0{code_dir}")).hexdigest()[:16]
        directory = self.root / "bytecode" / key
        if not directory.is_dir():
            directory.mkdir(parents=True, exist_ok=True)
        return directory


def _alive(pid: str) -> bool:
    """Whether another process has this pid; in a container every engine has had ours."""
    if pid == str(os.getpid()):
        return False
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
