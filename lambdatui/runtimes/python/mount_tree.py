"""What a process inside an environment sees as its file system.

Two steps. `build_root`, once per zygote: a root of read-only views of the host's directories, in which Lambda's own
places exist as mount points even where the host has no such directories. `enter_place`, once per environment: a
private copy of that root with the environment's directories in those places. Nothing here changes a file of the host.
"""

from __future__ import annotations

import os
import stat
import sys

from . import namespaces, network
from .place import Entered
from .powers import GID, UID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import List, Optional

    from .control_channel import Message

TASK_ROOT = "/var/task"
OPT = "/opt"
RUNTIME_DIR = "/var/runtime"
TMP = "/tmp"
BYTECODE = "/var/.bytecode"
RUN = "/run"

# The host's own root while a place is made; taken away before user code runs.
_HOST = "/.host"
# Shown instead of what nobody inside may look into.
_EMPTY = "/.empty"
_EMPTY_FILE = "/.empty_file"
# What programs and libraries are made of. Everything else is people's, or the business of the machine's services.
_SHOWN_TOP = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "sys", "nix", "gnu")
_EMPTY_TOP = ("/home", "/root", "/mnt", "/var/tmp")
_SHOWN_VAR = ("/var/lang", "/var/lib/ca-certificates", "/var/cache/fontconfig")
# Secrets, and groups, whose settings are files that belong to the user 0.
_COVERED = (
    "/sys/fs/cgroup",
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
# Its programs need libraries from all over the place.
_HOMEBREW = "/home/linuxbrew/.linuxbrew"
_RESOLVER_SETTINGS = "/etc/resolv.conf"
_HOSTS = "/etc/hosts"
_USERS = "/etc/passwd"
_GROUPS = "/etc/group"
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
# As many as ext4, which Lambda has there, makes by itself: one for every 16 KB.
_INODES_PER_MB = 64
_MOST_LINKS = 40
# A process of user 0 may write these without any capability.
_DANGEROUS_PROC = ("/proc/sys", "/proc/sysrq-trigger")


def build_root(runtime_folder: str, shown: Sequence[str] = (), own_user: bool = False) -> None:
    """Replace the root of this process. Needs its own mount namespace or the right to make one.

    Homes, projects and whatever else people keep are not there, but for what an interpreter lives of, and the folders
    `shown`. `/run` stays empty but for the settings of name resolution: it is where daemons of the host, the container
    engine among them, offer their sockets, and a read-only view keeps nobody from connecting. With `own_user` programs
    find the name of Lambda's user.
    """
    resolver_settings = os.path.realpath(_RESOLVER_SETTINGS)
    namespaces.unshare(namespaces.CLONE_NEWNS)
    namespaces.mount("none", "/", flags=namespaces.MS_REC | namespaces.MS_PRIVATE)
    namespaces.mount("lambdatui", TMP, "tmpfs", namespaces.MS_NOSUID | namespaces.MS_NODEV, "mode=755")
    os.mkdir(TMP + _HOST)
    namespaces.pivot_root(TMP, TMP + _HOST)
    os.chdir("/")
    for path in ("/proc", "/dev", TMP, OPT, "/var", TASK_ROOT, RUNTIME_DIR, BYTECODE, RUN, _EMPTY, *_EMPTY_TOP):
        os.mkdir(path)
    os.symlink(RUN, "/var/run")
    # Until an environment has one of its own. Where that would be refused, as in a container that hides a part of
    # /proc, this is too, and soon enough to do without namespaces.
    _mount_proc()
    os.close(os.open(_EMPTY_FILE, os.O_CREAT | os.O_WRONLY, 0o444))
    for name in _SHOWN_TOP:
        if os.path.lexists(_HOST + "/" + name):
            _show_entry(_HOST + "/" + name, "/" + name)
    for path in _SHOWN_VAR:
        if os.path.isdir(_HOST + path):
            _show(path)
    for path in _COVERED:
        _cover(path)
    _name_the_sandbox()
    if own_user:
        _name_the_user()
    _show_language()
    namespaces.bind(_HOST + os.path.realpath(runtime_folder), RUNTIME_DIR, read_only=True)
    _show_devices()
    for path in interpreter_paths_below("", shown):
        _show_hidden(path)
    if resolver_settings.startswith(RUN + "/"):
        _show_file_and_neighbours(resolver_settings)
    namespaces.make_read_only("/", recursive=False)


def enter_place(place: Message) -> Entered:
    """Put the directories of one environment in their places. The caller is process 1 of a new process namespace."""
    entered = Entered()
    namespaces.unshare(namespaces.CLONE_NEWNS | namespaces.CLONE_NEWIPC)
    if not place["network"]:
        entered.runtime_api_fd, entered.xray_fd = network.enter_loopback_only()
    entered.scratch_fd = _make_scratch(place)
    for path in interpreter_paths_below(TMP, place["interpreter"]):
        _show(path)
    if place["interpreter"]:
        _show_programs(place["interpreter"])
    namespaces.bind(_HOST + place["code"], TASK_ROOT, read_only=True)
    namespaces.bind(_HOST + place["bytecode"], BYTECODE, read_only=True)
    # The only way to write there, and not for user code.
    entered.bytecode_fd = os.open(_HOST + place["bytecode"], os.O_RDONLY | os.O_DIRECTORY)
    if place["runtime"]:
        # The files of another runtime than this zygote's own.
        namespaces.bind(_HOST + place["runtime"], RUNTIME_DIR, read_only=True)
    layers = place["layers"]
    if layers or place["interpreter"]:
        _show_opt(layers, interpreter_paths_below(OPT, place["interpreter"]))
    for path in place["private"]:
        _hide(path, place["interpreter"])
        _hide_inside(place["code"], TASK_ROOT, path)
        if layers:
            _hide_inside(layers, OPT, path)
    _mount_proc()
    if os.geteuid() == 0:
        for path in _DANGEROUS_PROC:
            if os.path.exists(path):
                namespaces.bind(path, path, read_only=True)
    namespaces.detach(_HOST)
    return entered


def _mount_proc() -> None:
    namespaces.mount("proc", "/proc", "proc", namespaces.MS_NOSUID | namespaces.MS_NODEV | namespaces.MS_NOEXEC)


def interpreter_paths_below(hidden: str, others: Sequence[str] = ()) -> List[str]:
    """What an environment's own directory at `hidden` would cover although an interpreter needs it; outermost first.

    The interpreter is this one; `others` are the folders of programs that the environment executes.
    """
    candidates = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, os.path.dirname(sys.executable)]
    candidates += [entry for entry in (*sys.path, *_editable_folders(), *others) if os.path.isabs(entry)]
    found: List[str] = []
    for path in sorted({path for entry in candidates for path in (os.path.abspath(entry), _real(entry))}):
        below = path.startswith(hidden + "/") and os.path.isdir(_HOST + _within_host(path))
        if below and not any(path.startswith(outer + "/") for outer in found):
            found.append(path)
    return found


def _make_scratch(place: Message) -> int:
    """A /tmp of its own size, for which a descriptor is returned; or the host's directory, and -1."""
    options = "mode=1777,size=%dm,nr_inodes=%d" % (place["tmp_mb"], place["tmp_mb"] * _INODES_PER_MB)
    try:
        namespaces.mount("lambdatui", TMP, "tmpfs", namespaces.MS_NOSUID | namespaces.MS_NODEV, options)
    except OSError:
        namespaces.bind(_HOST + place["tmp"], TMP, read_only=False)
        return -1
    return os.open(TMP, os.O_RDONLY | os.O_DIRECTORY)


def _show_opt(layers: Optional[str], needed: List[str]) -> None:
    if not needed:
        if layers:
            namespaces.bind(_HOST + layers, OPT, read_only=True)
        return
    # The interpreter itself lives in /opt: it keeps its place among what the layers bring.
    namespaces.mount("lambdatui", OPT, "tmpfs", namespaces.MS_NOSUID | namespaces.MS_NODEV, "mode=755")
    for path in needed:
        _show(path)
    if layers:
        _show_entries(_HOST + layers, OPT, {path[len(OPT) + 1 :].split("/")[0] for path in needed})
    namespaces.make_read_only(OPT)


def _hide(path: str, interpreter: Sequence[str]) -> None:
    """Cover a directory, except for what an interpreter needs of it."""
    if not os.path.isdir(path):
        return
    needed = interpreter_paths_below(path, interpreter)
    if not needed:
        # A bind is cheaper than a file system of its own, and as read-only as the root is.
        namespaces.mount(_EMPTY, path, flags=namespaces.MS_BIND)
        return
    namespaces.mount("lambdatui", path, "tmpfs", namespaces.MS_NOSUID | namespaces.MS_NODEV, "mode=755")
    for entry in needed:
        _show(entry)
    namespaces.make_read_only(path)


def _hide_inside(source: str, target: str, path: str) -> None:
    """The same for `path` where it is seen below `target`, which shows the host's directory `source`."""
    if path.startswith(source.rstrip("/") + "/"):
        _hide(target + path[len(source.rstrip("/")) :], ())


def _show_file_and_neighbours(path: str) -> None:
    """Its directory, because such files are replaced when they change; not if that is the whole of `/run`."""
    folder = os.path.dirname(path)
    if folder == RUN:
        if os.path.exists(_HOST + path):
            _show_entry(_HOST + path, path)
    elif os.path.isdir(_HOST + folder):
        _show(folder)


def _real(path: str) -> str:
    """Where links lead on the host; whole, for what is known to be of no use in parts."""
    if os.path.isdir(_HOST):
        # The links are the host's, and its absolute ones must not lead out of it.
        real = _within_host(path)
    else:
        real = os.path.realpath(path)
    return _HOMEBREW if real.startswith(_HOMEBREW + "/") else real


def _within_host(path: str) -> str:
    resolved = ""
    pending = path.split("/")[::-1]
    links = 0
    while pending:
        name = pending.pop()
        if name in ("", "."):
            continue
        if name == "..":
            resolved = resolved.rpartition("/")[0]
            continue
        link = _HOST + resolved + "/" + name
        if os.path.islink(link) and links < _MOST_LINKS:
            links += 1
            target = os.readlink(link)
            resolved = "" if target.startswith("/") else resolved
            pending += target.split("/")[::-1]
            continue
        resolved += "/" + name
    return resolved


def _editable_folders() -> List[str]:
    """Where packages are that were installed to be edited in place, if they are found by other means than a path."""
    found: List[str] = []
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            found += [str(path) for path in getattr(module, "MAPPING", {}).values()]
    return found


def _show_programs(folders: Sequence[str]) -> None:
    """What this environment alone executes. Others get to see its mount points in the root they share, but empty."""
    hidden = [path for path in interpreter_paths_below("", folders) if not os.path.isdir(path)]
    if hidden:
        namespaces.make_writable("/")
        for path in hidden:
            _show_hidden(path)
        namespaces.make_read_only("/", recursive=False)


def _show_hidden(path: str) -> None:
    """Show a directory that is outside everything that is shown anyway; /tmp comes with the environment."""
    if path.split("/")[1] not in (*_SHOWN_TOP, "tmp", "proc", "dev"):
        _show(path)


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
    namespaces.bind(own, path, read_only=True)


def _show_language() -> None:
    """Lambda's interpreter is in /var/lang/bin, first on PATH, and is also called `python`."""
    folder = "/var/lang/bin"
    if os.path.isdir("/var/lang"):
        return
    os.makedirs(folder)
    for name in ("python", "python3", "python%d.%d" % sys.version_info[:2]):
        os.symlink(sys.executable, folder + "/" + name)


def _cover(path: str) -> None:
    """Read-only by itself: the root, whose directory it is, becomes so only later."""
    if os.path.isdir(path):
        namespaces.bind(_EMPTY, path, read_only=True)
    elif os.path.isfile(path):
        namespaces.bind(_EMPTY_FILE, path, read_only=True)


def _show(path: str) -> None:
    os.makedirs(path, exist_ok=True)
    namespaces.bind(_HOST + _within_host(path), path, read_only=True)


def _show_entries(source: str, target: str, but: set[str]) -> None:
    for name in os.listdir(source):
        if name not in but:
            _show_entry(source + "/" + name, target + "/" + name)


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
        namespaces.bind(source, target, read_only=True)
    except OSError:
        # Something that this user may not even look at: an empty entry says as much.
        pass


def _show_devices() -> None:
    namespaces.mount("lambdatui", "/dev", "tmpfs", namespaces.MS_NOSUID, "mode=755")
    for name in _DEVICES:
        if os.path.exists(_HOST + "/dev/" + name):
            os.close(os.open("/dev/" + name, os.O_CREAT | os.O_WRONLY))
            namespaces.mount(_HOST + "/dev/" + name, "/dev/" + name, flags=namespaces.MS_BIND)
    for name, target in _DEVICE_LINKS.items():
        os.symlink(target, "/dev/" + name)
    namespaces.make_read_only("/dev", recursive=False)
