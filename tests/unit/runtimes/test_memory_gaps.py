"""Where objects come to lie after the gaps in an interpreter's memory were filled."""

import platform
import subprocess
import sys

import pytest

# Every second of many blocks is freed: new ones of their size then lie where those lay, unless the gaps were filled.
_PROGRAM = """
import sys
from lambdatui.runtimes.python import memory_gaps

size = int(sys.argv[1])
blocks = [bytes(size) for _ in range(1000)]
gaps = {id(block) for block in blocks[::2]}
del blocks[::2]
memory_gaps.fill()
print(len(gaps.intersection([id(block) for block in [bytes(size) for _ in range(10)]])))
"""


def reused_gaps(size: int) -> int:
    return int(subprocess.run([sys.executable, "-c", _PROGRAM, str(size)], capture_output=True, check=True).stdout)


@pytest.mark.parametrize("size", [16, 100, 400])
def test_small_objects_lie_in_no_gap_of_pythons_own_allocator(size: int) -> None:
    assert reused_gaps(size) == 0


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library arranges its heap in another way")
@pytest.mark.parametrize("size", [600, 1500, 20_000])
def test_large_objects_lie_in_no_gap_of_the_c_librarys_heap(size: int) -> None:
    assert reused_gaps(size) == 0
