from dataclasses import replace

import pytest

from lambdatui.model.capability import Capability, Enforcement
from lambdatui.sandbox.process.capability_table import Findings, report

ALL_THERE = Findings(
    refusal=None,
    cgroup_path="/sys/fs/cgroup/own",
    cgroup_refusal="",
    as_root=True,
    shared_user=None,
    memory_group="cgroup v2",
    cpu_group="cgroup v1 below /cpu",
)
NOTHING = Findings(
    refusal="unshare: Operation not permitted", cgroup_path=None, cgroup_refusal="not mounted", as_root=False
)


@pytest.mark.parametrize("findings", [ALL_THERE, NOTHING])
def test_every_capability_has_exactly_one_row_with_a_mechanism_or_reason(findings: Findings) -> None:
    rows = report(findings)
    assert sorted(row.capability for row in rows) == sorted(Capability)
    assert all(row.how for row in rows)


def test_rows_without_namespaces_give_the_kernels_reason() -> None:
    rows = {row.capability: row for row in report(NOTHING)}
    for capability in (Capability.OWN_TMP, Capability.READ_ONLY_CODE, Capability.OWN_PROCESSES):
        assert rows[capability].enforcement is Enforcement.MISSING
        assert "unshare: Operation not permitted" in rows[capability].how


def test_what_would_allow_namespaces_is_told_once() -> None:
    advised = report(replace(NOTHING, advice="sudo sysctl x=1 allows them"))
    assert [row.capability for row in advised if "sudo sysctl x=1" in row.how] == [Capability.OWN_TMP]


@pytest.mark.parametrize(("as_root", "words"), [(True, "user 0 without"), (False, "this user without")])
def test_whose_rights_functions_have_depends_on_the_user(as_root: bool, words: str) -> None:
    rows = {row.capability: row for row in report(replace(ALL_THERE, as_root=as_root))}
    assert words in rows[Capability.OWN_USER].how


def test_user_that_is_shared_is_told_with_the_kernels_reason_and_what_it_allows() -> None:
    rows = {row.capability: row for row in report(replace(ALL_THERE, shared_user="unshare: No space left"))}
    assert rows[Capability.OWN_USER].enforcement is rows[Capability.ONE_SNAPSHOT].enforcement is Enforcement.MISSING
    assert "unshare: No space left" in rows[Capability.OWN_USER].how
    assert "makes user and cgroup namespaces" in rows[Capability.FREEZE].how


def test_user_who_can_make_namespaces_is_not_said_to_make_none() -> None:
    rows = {row.capability: row for row in report(replace(ALL_THERE, closed_user=False))}
    assert "makes no namespaces" not in rows[Capability.OWN_USER].how
    assert "makes user and cgroup namespaces" in rows[Capability.FREEZE].how


def test_shared_ports_are_told_with_the_setting_that_ends_it() -> None:
    rows = {row.capability: row for row in report(ALL_THERE)}
    assert rows[Capability.OWN_PORTS].enforcement is Enforcement.MISSING
    assert "network = false" in rows[Capability.OWN_PORTS].how


def test_freezer_names_the_group_it_uses_or_why_there_is_none() -> None:
    how = {findings: {row.capability: row.how for row in report(findings)} for findings in (ALL_THERE, NOTHING)}
    assert "/sys/fs/cgroup/own" in how[ALL_THERE][Capability.FREEZE]
    assert "not mounted" in how[NOTHING][Capability.FREEZE]


def test_limits_name_the_group_that_keeps_them() -> None:
    rows = {row.capability: row for row in report(ALL_THERE)}
    assert "cgroup v2" in rows[Capability.MEMORY_LIMIT].how
    assert rows[Capability.CPU_SHARE].enforcement is Enforcement.MEASURED
    assert "below /cpu" in rows[Capability.CPU_SHARE].how


def test_limits_without_namespaces_and_groups_say_what_is_missing() -> None:
    rows = {row.capability: row for row in report(NOTHING)}
    for capability in (Capability.TMP_QUOTA, Capability.NETWORK_OFF):
        assert rows[capability].enforcement is Enforcement.MISSING
        assert "unshare: Operation not permitted" in rows[capability].how
    assert "no group with a cpu controller" in rows[Capability.CPU_SHARE].how
