"""Where objects come to lie after the gaps in an interpreter's memory were filled, and what that may cost."""

import os
import platform
import subprocess
import sys

import pytest

# Every second of many blocks is freed: new ones of their size then lie where those lay, unless the gaps were filled.
_PROGRAM = """
import sys
from lambdatui.runtimes.python import memory_gaps

size = int(sys.argv[1])
blocks = [bytes(size) for _ in range(200)]
gaps = {id(block) for block in blocks[::2]}
del blocks[::2]
memory_gaps.fill()
print(len(gaps.intersection([id(block) for block in [bytes(size) for _ in range(10)]])))
"""

_TELLS_GROWTH = """
from lambdatui.runtimes.python import memory_gaps

def resident_pages():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1])

before = resident_pages()
memory_gaps.fill()
print(resident_pages() - before)
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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how large a process is at this moment")
@pytest.mark.parametrize(
    "variable",
    ["PYTHONMALLOC=malloc", "PYTHONMALLOC=debug", "MALLOC_MMAP_THRESHOLD_=4096", "MALLOC_MMAP_THRESHOLD_=0"],
)
def test_an_allocator_of_another_kind_is_given_up_before_it_costs_a_megabyte(variable: str) -> None:
    name, value = variable.split("=")
    environment = {**os.environ, name: value}

    run = subprocess.run([sys.executable, "-c", _TELLS_GROWTH], env=environment, capture_output=True, check=True)

    assert int(run.stdout) * os.sysconf("SC_PAGE_SIZE") < 1_000_000
