"""Fills the free blocks between the objects of a warm interpreter, before other processes are forked from it.

A forked process owns each page that it writes to, and shares the others. What it allocates would go to such blocks,
one here and one there, and each would cost it a page. Without gaps all that it allocates lies together.
"""

from __future__ import annotations

import sys

from .powers import linux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import List

# Python's own allocator: blocks of one size fill a pool, the first of them behind its header.
_POOL_BYTES = 16384 if sys.version_info >= (3, 10) else 4096
_POOL_HEADER_BYTES = 48
_EMPTY_BYTES = sys.getsizeof(b"")
_POOLED_SIZES = range(512, _EMPTY_BYTES, -16)
# The C library's, for all that is larger or not Python's. Still larger blocks are mappings of their own.
_HEAP_SIZES = (65536, 32768, 16384, 8192, 4096, 2048, *range(1032, 8, -16))
# Far more than there are of one size, and in all: an allocator that has no end of them is another than is known here.
_MOST_OF_ONE_SIZE = 8192
_MOST_HEAP_BYTES = 4 * 1024 * 1024
# The heap and the mappings of large blocks are at two ends of the address space.
_FAR_BYTES = 1 << 32

_kept: List[bytes] = []


def fill() -> None:
    """For good. What is freed afterwards is a gap again, so this comes last. Does nothing with unknown allocators."""
    for size in _POOLED_SIZES:
        if not _fill_pools(size):
            _kept.clear()
            return
    if linux is not None and linux.has_known_heap():
        _fill_heap(linux.allocate)


def _fill_pools(size: int) -> bool:
    """Until a pool was filled from its first block to its last: that one was empty, and is given back.

    False as soon as a block lies where Python's own allocator puts none.
    """
    capacity = (_POOL_BYTES - _POOL_HEADER_BYTES) // size
    in_a_row = before = 0
    for _ in range(_MOST_OF_ONE_SIZE):
        _kept.append(bytes(size - _EMPTY_BYTES))
        address = id(_kept[-1])
        place, offset = divmod(address % _POOL_BYTES - _POOL_HEADER_BYTES, size)
        if offset:
            return False
        if place == 0:
            in_a_row = 1
        elif in_a_row and address == before + size:
            in_a_row += 1
        else:
            in_a_row = 0
        if in_a_row == capacity:
            del _kept[-capacity:]
            return True
        before = address
    return False


def _fill_heap(allocate: Callable[[int], int]) -> None:
    """The largest gaps first. A block that lies behind all others is from the end of the heap: none was left for it.

    The same is true of one that was mapped, far from the heap.
    """
    highest = start = allocate(_HEAP_SIZES[-1])
    left_bytes = _MOST_HEAP_BYTES
    for size in _HEAP_SIZES:
        while left_bytes >= size:
            left_bytes -= size
            address = allocate(size)
            if abs(address - start) > _FAR_BYTES:
                break
            if address > highest:
                highest = address
                break
