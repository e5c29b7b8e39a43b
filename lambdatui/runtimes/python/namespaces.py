"""Linux system calls that older interpreters lack: namespaces, process controls and fork into a cgroup.

Thin and literal: no policy. Everything raises OSError naming the call. Importing it needs ctypes and nothing of Linux.
"""

from __future__ import annotations

import ctypes
import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_TID_ADDRESS = 40
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_POSSIBLE_CAPABILITY = 63

# The same on every architecture, as all from 424 on.
_SYS_CLONE3 = 435

_CLONE_CHILD_CLEARTID = 0x00200000
_CLONE_CHILD_SETTID = 0x01000000
_CLONE_PARENT = 0x00008000
_CLONE_INTO_CGROUP = 0x200000000
_SIGCHLD = 17

_libc = ctypes.CDLL(None, use_errno=True)
# Does not release the interpreter lock: between a fork and PyOS_AfterFork_Child nobody may touch it.
_libc_locked = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc_locked.syscall.restype = ctypes.c_long
# Looked up here, as no forked process needs to do it: the first look at a function makes an object for it.
_before_fork = ctypes.pythonapi.PyOS_BeforeFork
_after_fork_in_child = ctypes.pythonapi.PyOS_AfterFork_Child
_malloc = _libc_locked.malloc
_malloc.restype = ctypes.c_size_t
_capset: Any = getattr(_libc, "capset", None)  # of Linux alone
_CAPABILITIES_HEADER = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
_NO_CAPABILITIES = (ctypes.c_uint32 * 6)()
_CAP_SYS_CHROOT, _CAP_SYS_ADMIN = 18, 21
# What it takes to enter the namespaces of another environment.
_FOR_RESTORES = 1 << _CAP_SYS_CHROOT | 1 << _CAP_SYS_ADMIN


class _CloneArguments(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_uint64)
        for name in (
            "flags",
            "pidfd",
            "child_tid",
            "parent_tid",
            "exit_signal",
            "stack",
            "stack_size",
            "tls",
            "set_tid",
            "set_tid_size",
            "cgroup",
        )
    ]


def unshare(flags: int) -> None:
    check(_libc.unshare(flags), "unshare")


def setns(fd: int, kind: int) -> None:
    check(_libc.setns(fd, kind), "setns")


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send this signal to the process when the thread that forked it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal_number, "PR_SET_PDEATHSIG")


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1, "PR_SET_CHILD_SUBREAPER")


def set_traceable(traceable: bool) -> None:
    """Whether processes of the same user may read this one's memory."""
    _prctl(_PR_SET_DUMPABLE, int(traceable), "PR_SET_DUMPABLE")


def drop_capability_bounds() -> None:
    """Whatever this process and its descendants execute from now on gains no capability. Without CAP_SETPCAP: no-op."""
    for capability in range(_LAST_POSSIBLE_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) != 0:
            return


def drop_capabilities() -> None:
    """Give up every capability, for good."""
    check(_capset(_CAPABILITIES_HEADER, _NO_CAPABILITIES), "capset")
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, "PR_SET_NO_NEW_PRIVS")


def hold_capabilities_for_restores() -> None:
    """Give up all but two, and let those be of no effect: nothing is allowed by them, and no child gains them."""
    use_held_capabilities(False)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, "PR_SET_NO_NEW_PRIVS")


def use_held_capabilities(in_effect: bool) -> None:
    capabilities = (ctypes.c_uint32 * 6)(_FOR_RESTORES if in_effect else 0, _FOR_RESTORES)
    check(_capset(_CAPABILITIES_HEADER, capabilities), "capset")


def fork_quietly() -> int:
    """Like os.fork without the hooks of Python modules: they copy half a megabyte of memory and take a millisecond.

    The child has the state of its parent, which is sound if that has a single thread. It may go on with code that needs
    none of the hooks, or catch up with `run_fork_hooks`.
    """
    pid: int = _libc_locked.fork()
    if pid < 0:
        check(pid, "fork")
    return pid


def fork_quietly_into_cgroup(cgroup_fd: int) -> int:
    """The same, but the child is born in the cgroup of this directory descriptor.

    Moving a process into a cgroup after its birth waits for an RCU grace period: up to 20 ms on a quiet machine.
    Raises OSError, with no child made, where kernel or C library do not allow it.
    """
    return _clone(_CLONE_INTO_CGROUP, _SIGCHLD, cgroup_fd)


def fork_sibling_quietly(cgroup_fd: int | None, pid: int = 0) -> int:
    """The same, but the child is one of this process's parent, which learns of its end; None is no cgroup. `pid` is
    the number that it is to have in the process namespace that it is born into, 0 any; that needs CAP_SYS_ADMIN there.
    """
    # A sibling tells its end by the signal that this process has.
    return _clone(_CLONE_PARENT | (0 if cgroup_fd is None else _CLONE_INTO_CGROUP), 0, cgroup_fd or 0, pid)


def check_sibling_forks() -> None:
    """Raises OSError where `fork_sibling_quietly` can never work: with an old kernel, a filter of calls, or musl."""
    _thread_id_address()
    if _libc.syscall(_SYS_CLONE3, None, ctypes.c_size_t(0)) != 0 and ctypes.get_errno() != errno.EINVAL:
        check(-1, "clone3")


def _clone(flags: int, exit_signal: int, cgroup_fd: int, wanted_pid: int = 0) -> int:
    wanted = ctypes.c_int(wanted_pid)
    arguments = _CloneArguments(
        flags=flags | _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID,
        child_tid=_thread_id_address(),
        exit_signal=exit_signal,
        set_tid=ctypes.addressof(wanted) if wanted_pid else 0,
        set_tid_size=1 if wanted_pid else 0,
        cgroup=cgroup_fd,
    )
    pid: int = _libc_locked.syscall(_SYS_CLONE3, ctypes.byref(arguments), ctypes.c_size_t(ctypes.sizeof(arguments)))
    if pid < 0:
        check(pid, "clone3")
    return pid


def run_fork_hooks() -> None:
    """In the child of a quiet fork: what os.fork would have run, for new locks, random numbers and thread ids."""
    _before_fork()
    _after_fork_in_child()


def has_known_heap() -> bool:
    """Whether the C library is glibc, whose heap grows at its end when nothing in it is free."""
    return hasattr(_libc, "malloc_trim")


def allocate(size: int) -> int:
    """The address of a new block on the C library's heap; 0 where there is no memory."""
    address: int = _malloc(ctypes.c_size_t(size))
    return address


def _thread_id_address() -> int:
    """Where the C library keeps the id of this thread; its own fork has the kernel update it in the child."""
    address = ctypes.c_ulong()
    _prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), "PR_GET_TID_ADDRESS")
    if not address.value or ctypes.c_int.from_address(address.value).value != os.getpid():
        # Not glibc: musl registers the address of a lock here.
        raise OSError("the C library does not keep its thread id where the kernel clears it")
    return address.value


def _prctl(option: int, argument: object, name: str) -> None:
    value = ctypes.c_ulong(argument) if isinstance(argument, int) else argument
    check(_libc.prctl(option, value, ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)), name)


def check(result: int, what: str) -> None:
    """Raises OSError with the call's error number where its result says that it failed."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (what, os.strerror(number)))
