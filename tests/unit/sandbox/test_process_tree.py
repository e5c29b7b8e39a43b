import pytest

from lambdatui.runtimes.python.process_tree import NamespaceTree


def test_signal_to_all_is_refused_outside_a_namespace() -> None:
    # Signal 0 only asks whether there is anybody: should the refusal ever be missing, nothing is harmed.
    with pytest.raises(RuntimeError, match="only process 1"):
        NamespaceTree().send(0)
