"""Files of a control group as the kernel writes them, in an ordinary directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdatui.sandbox.process.cgroups_limits import MemoryGroup, MemoryStatistics, limit_cpu, limit_processes

MB = 1 << 20


@pytest.fixture
def second_version(tmp_path: Path) -> Path:
    """As Linux 6.12 has it for a group with a little of everything."""
    content = {
        "memory.max": "max\n",
        "memory.swap.max": "max\n",
        "memory.current": f"{90 * MB}\n",
        "memory.peak": f"{120 * MB}\n",
        "memory.stat": f"anon {40 * MB}\nfile {50 * MB}\nkernel 1000\nshmem {20 * MB}\n",
        "memory.events": "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 0\n",
    }
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def group(second_version: Path) -> Iterator[MemoryGroup]:
    made = MemoryGroup(second_version, 2)
    yield made
    made.close()


def test_what_is_counted_is_read_from_the_files_of_version_2(group: MemoryGroup) -> None:
    assert (group.usage_bytes(), group.peak_bytes(), group.oom_kills()) == (90 * MB, 120 * MB, 1)
    assert group.statistics() == MemoryStatistics(anonymous_bytes=40 * MB, shared_bytes=20 * MB, cached_bytes=50 * MB)


def test_limit_is_written_and_swapping_is_off(group: MemoryGroup, second_version: Path) -> None:
    group.limit(128 * MB)
    assert (second_version / "memory.max").read_text() == str(128 * MB)
    assert (second_version / "memory.swap.max").read_text() == "0"


def test_kernel_that_keeps_no_peak_has_none(second_version: Path) -> None:
    (second_version / "memory.peak").unlink()
    group = MemoryGroup(second_version, 2)
    assert group.peak_bytes() == 0
    group.close()


def test_group_without_the_controller_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        MemoryGroup(tmp_path, 2)


def test_share_of_a_processor_is_a_part_of_every_tenth_of_a_second(tmp_path: Path) -> None:
    limit_cpu(tmp_path, 1, 128 / 1769)
    limit_cpu(tmp_path, 2, 1.5)
    assert (tmp_path / "cpu.cfs_quota_us").read_text() == "7236"
    assert (tmp_path / "cpu.max").read_text() == "150000 100000"


def test_number_of_processes_is_written(tmp_path: Path) -> None:
    limit_processes(tmp_path, 1024)
    assert (tmp_path / "pids.max").read_text() == "1024"
