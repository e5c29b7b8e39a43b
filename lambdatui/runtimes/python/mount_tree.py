"""The root of a zygote, which every environment gets a private copy of: read-only views of the host's directories.

Lambda's own places exist in it as mount points, even where the host has no such directories; what one environment has
in them is the affair of `place_mounts`. Nothing here changes a file of the host.
"""

from __future__ import annotations

import os
import stat
import sys

from .host_folders import HOST, as_named_and_real, below, on_host, own_folders
from .mounts import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    Detached,
    Mount,
    ReadOnly,
    make,
    pivot_root,
    view,
)
from .namespaces import CLONE_NEWNS, unshare
from .powers import GID, UID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import List

TASK_ROOT = "/var/task"
OPT = "/opt"
RUNTIME_DIR = "/var/runtime"
TMP = "/tmp"
BYTECODE = "/var/.bytecode"
RUN = "/run"

# Shown instead of what nobody inside may look into.
EMPTY = "/.empty"
_EMPTY_FILE = "/.empty_file"
# What programs and libraries are made of. Everything else is people's, or the business of the machine's services.
_SHOWN_TOP = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "sys", "nix", "gnu")
_EMPTY_TOP = ("/home", "/root", "/mnt", "/var/tmp")
_SHOWN_VAR = ("/var/lang", "/var/lib/ca-certificates", "/var/cache/fontconfig")
# Secrets, and groups, whose settings are files that belong to the user 0.
_GROUPS_OF_PROCESSES = "/sys/fs/cgroup"
_COVERED = (
    _GROUPS_OF_PROCESSES,
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/ssh",
    "/etc/ssl/private",
    "/etc/docker",
    "/etc/kubernetes",
    "/etc/letsencrypt",
    "/etc/NetworkManager",
    "/etc/wireguard",
)
_RESOLVER_SETTINGS = "/etc/resolv.conf"
_HOSTS = "/etc/hosts"
_USERS = "/etc/passwd"
_GROUPS = "/etc/group"
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}


def build_root(runtime_folder: str, shown: Sequence[str] = (), own_user: bool = False) -> None:
    """Replace the root of this process. Needs its own mount namespace or the right to make one.

    Homes, projects and whatever else people keep are not there, but for what an interpreter lives of, and the folders
    `shown`. `/run` stays empty but for the settings of name resolution: it is where daemons of the host, the container
    engine among them, offer their sockets, and a read-only view keeps nobody from connecting. With `own_user` programs
    find the name of Lambda's user.
    """
    resolver_settings = os.path.realpath(_RESOLVER_SETTINGS)
    unshare(CLONE_NEWNS)
    Mount("none", "/", flags=MS_REC | MS_PRIVATE)()
    Mount("lambdatui", TMP, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")()
    os.mkdir(TMP + HOST)
    pivot_root(TMP, TMP + HOST)
    os.chdir("/")
    for path in ("/proc", "/dev", TMP, OPT, "/var", TASK_ROOT, RUNTIME_DIR, BYTECODE, RUN, EMPTY, *_EMPTY_TOP):
        os.mkdir(path)
    os.symlink(RUN, "/var/run")
    # Until an environment has one of its own. Where that would be refused, as in a container that hides a part of
    # /proc, this is too, and soon enough to do without namespaces.
    proc()()
    os.close(os.open(_EMPTY_FILE, os.O_CREAT | os.O_WRONLY, 0o444))
    for name in _SHOWN_TOP:
        if os.path.lexists(HOST + "/" + name):
            _show_entry(HOST + "/" + name, "/" + name)
    for path in _SHOWN_VAR:
        if os.path.isdir(HOST + path):
            show(path)
    for path in (HOST + "/proc", HOST + "/sys", _GROUPS_OF_PROCESSES):
        _take_away(path)
    for path in _COVERED:
        _cover(path)
    _name_the_sandbox()
    if own_user:
        _name_the_user()
    _show_language()
    make(view(HOST + os.path.realpath(runtime_folder), RUNTIME_DIR))
    _show_devices()
    for path in below("", sorted({*own_folders(), *as_named_and_real(shown)})):
        if lies_hidden(path):
            show(path)
    if resolver_settings.startswith(RUN + "/"):
        _show_file_and_neighbours(resolver_settings)
    ReadOnly("/", recursive=False)()


def proc() -> Mount:
    """Prepared: processes, of the namespace of whoever makes it."""
    return Mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def show(path: str) -> None:
    """A directory of the host, where the host has it."""
    os.makedirs(path, exist_ok=True)
    make(view(on_host(path), path))


def show_entries(source: str, target: str, but: set[str]) -> None:
    """What is in one directory in another one, which is writable."""
    for name in os.listdir(source):
        if name not in but:
            _show_entry(source + "/" + name, target + "/" + name)


def lies_hidden(path: str) -> bool:
    """Whether it is outside everything that the root shows of the host; /tmp comes with the environment."""
    return path.split("/")[1] not in (*_SHOWN_TOP, "tmp", "proc", "dev")


def _show_file_and_neighbours(path: str) -> None:
    """Its directory, because such files are replaced when they change; not if that is the whole of `/run`."""
    folder = os.path.dirname(path)
    if folder == RUN:
        if os.path.exists(HOST + path):
            _show_entry(HOST + path, path)
    elif os.path.isdir(HOST + folder):
        show(folder)


def _name_the_sandbox() -> None:
    """Extensions listen for their telemetry at `sandbox.localdomain`: the environment itself."""
    if os.path.isfile(_HOSTS):
        _show_instead(_HOSTS, [*_lines_of(_HOSTS), b"127.0.0.1 sandbox.localdomain sandbox"])


def _name_the_user() -> None:
    """As on Lambda, where its group has no name."""
    user = b"sbx_user1051:x:%d:%d::/home/sbx_user1051:/sbin/nologin" % (UID, GID)
    if os.path.isfile(_USERS):
        _show_instead(_USERS, [user, *(line for line in _lines_of(_USERS) if line.split(b":")[2:3] != [b"%d" % UID])])
    if os.path.isfile(_GROUPS):
        _show_instead(_GROUPS, [line for line in _lines_of(_GROUPS) if line.split(b":")[2:3] != [b"%d" % GID]])


def _lines_of(path: str) -> List[bytes]:
    with open(path, "rb") as file:
        return file.read().splitlines()


def _show_instead(path: str, lines: List[bytes]) -> None:
    own = "/." + os.path.basename(path)
    with open(own, "wb") as file:
        file.write(b"\n".join(lines) + b"\n")
    make(view(own, path))


def _show_language() -> None:
    """Lambda's interpreter is in /var/lang/bin, first on PATH, and is also called `python`."""
    folder = "/var/lang/bin"
    if os.path.isdir("/var/lang"):
        return
    os.makedirs(folder)
    for name in ("python", "python3", "python%d.%d" % sys.version_info[:2]):
        os.symlink(sys.executable, folder + "/" + name)


def _take_away(path: str) -> None:
    """What nobody needs, with all that is mounted below it: every environment makes a copy of each mount."""
    try:
        Detached(path)()
    except OSError:
        # No mount point, or one that came from a more privileged namespace, and stays.
        pass


def _cover(path: str) -> None:
    """Read-only by itself: the root, whose directory it is, becomes so only later."""
    if os.path.isdir(path):
        make(view(EMPTY, path))
    elif os.path.isfile(path):
        make(view(_EMPTY_FILE, path))


def _show_entry(source: str, target: str) -> None:
    mode = os.lstat(source).st_mode
    if stat.S_ISLNK(mode):
        os.symlink(os.readlink(source), target)
        return
    if stat.S_ISDIR(mode):
        os.mkdir(target)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    try:
        make(view(source, target))
    except OSError:
        # Something that this user may not even look at: an empty entry says as much.
        pass


def _show_devices() -> None:
    Mount("lambdatui", "/dev", "tmpfs", MS_NOSUID, "mode=755")()
    for name in _DEVICES:
        if os.path.exists(HOST + "/dev/" + name):
            os.close(os.open("/dev/" + name, os.O_CREAT | os.O_WRONLY))
            Mount(HOST + "/dev/" + name, "/dev/" + name, flags=MS_BIND)()
    for name, target in _DEVICE_LINKS.items():
        os.symlink(target, "/dev/" + name)
    ReadOnly("/dev", recursive=False)()
