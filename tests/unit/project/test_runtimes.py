import botocore.session
import pytest
from botocore.model import StringShape

from lambdatui.project import runtimes


def test_every_runtime_of_the_service_model_is_known() -> None:
    shape = botocore.session.get_session().get_service_model("lambda").shape_for("Runtime")

    assert isinstance(shape, StringShape)
    assert set(shape.enum) - {"custom"} == set(runtimes.KNOWN)


@pytest.mark.parametrize(
    ("deprecated", "current"),
    [("python3.8", "python3.14"), ("nodejs16.x", "nodejs24.x"), ("java8", "java25"), ("dotnetcore3.1", "dotnet10"),
     ("ruby2.7", "ruby3.4"), ("go1.x", "provided.al2023"), ("provided", "provided.al2023")],
)  # fmt: skip
def test_a_deprecated_runtime_has_a_replacement_of_its_language(deprecated: str, current: str) -> None:
    assert runtimes.replacement(deprecated) == current
