"""The shape of ``lambdatui.toml``. Only shapes and types: what a value may be is decided in ``checks``.

Imported only when a project file exists, because pydantic takes longer to import than a template takes to read.
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _scalar(value: object) -> object:
    if not isinstance(value, str | int | float | bool):
        raise ValueError("not a scalar")
    return value


EnvironmentValue = Annotated[object, AfterValidator(_scalar)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FunctionTable(_Strict):
    """``[functions.NAME]``; ``timeout`` is in seconds, ``memory_size`` and ``ephemeral_storage`` are in MB."""

    handler: str | None = None
    code_uri: str | None = None
    runtime: str | None = None
    memory_size: int | None = None
    timeout: int | None = None
    environment: dict[str, EnvironmentValue] | None = None
    ephemeral_storage: int | None = None
    architectures: list[str] | None = None
    reserved_concurrent_executions: int | None = None
    description: str | None = None


class ProjectTable(_Strict):
    name: str | None = None


class ProjectFile(_Strict):
    project: ProjectTable | None = None
