from pathlib import Path

import pytest

from lambdatui.sandbox.process.namespace_advice import how_to_allow


def machine(root: Path, **files: str) -> Path:
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


@pytest.mark.parametrize(
    ("name", "content", "setting"),
    [
        ("proc__sys__user__max_user_namespaces", "0\n", "user.max_user_namespaces=15000"),
        ("proc__sys__kernel__unprivileged_userns_clone", "0\n", "kernel.unprivileged_userns_clone=1"),
        (
            "proc__sys__kernel__apparmor_restrict_unprivileged_userns",
            "1\n",
            "kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    ],
)
def test_setting_that_forbids_namespaces_is_named_with_the_command(
    tmp_path: Path, name: str, content: str, setting: str
) -> None:
    assert how_to_allow(machine(tmp_path, **{name: content})) == f"sudo sysctl {setting} allows them"


def test_settings_that_forbid_nothing_are_not_to_blame(tmp_path: Path) -> None:
    allowing = {
        "proc__sys__user__max_user_namespaces": "15000\n",
        "proc__sys__kernel__unprivileged_userns_clone": "1\n",
        "proc__sys__kernel__apparmor_restrict_unprivileged_userns": "0\n",
    }
    assert how_to_allow(machine(tmp_path, **allowing)) is None


@pytest.mark.parametrize("mark", [".dockerenv", "run__.containerenv"])
def test_container_is_told_its_own_options_because_it_cannot_set_the_hosts(tmp_path: Path, mark: str) -> None:
    root = machine(tmp_path, **{mark: "", "proc__sys__user__max_user_namespaces": "0\n"})
    assert "seccomp=unconfined" in str(how_to_allow(root))
