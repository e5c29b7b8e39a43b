"""Provisioned concurrency out of templates and lambdatui.toml, and what a deployment would refuse about it."""
# ruff: noqa: E501  the texts are compared whole

import pytest

from lambdatui.model.function import Project, Source
from lambdatui.project.load import load_project
from tests.unit.project.conftest import MakeProject

ALIAS = "AutoPublishAlias: live, "
TWO = "ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}"


def load(make_project: MakeProject, properties: str, project_file: str = "") -> Project:
    """The properties stand on line 5."""
    template = f"""\
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      {{Runtime: python3.12, Handler: app.lambda_handler, CodeUri: src, {properties}}}
"""
    files = {"template.yaml": template}
    return load_project(make_project(files | ({"lambdatui.toml": project_file} if project_file else {})))


def test_template_with_an_alias_provisions(make_project: MakeProject) -> None:
    project = load(make_project, ALIAS + TWO)
    assert project.problems == ()
    (function,) = project.functions
    assert function.provisioned_concurrency == 2
    assert function.origins["provisioned_concurrency"].source is Source.TEMPLATE


def test_project_file_provisions_without_an_alias(make_project: MakeProject) -> None:
    project = load(make_project, "Timeout: 3", "[functions.Fn]\nprovisioned_concurrency = 3\n")
    assert project.problems == ()
    assert project.functions[0].provisioned_concurrency == 3


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        (
            TWO,
            "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function (add AutoPublishAlias: live)",
        ),
        (
            ALIAS + "ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 0}",
            "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1 (leave it out where nothing is to be provisioned)",
        ),
        (
            ALIAS + TWO + ", SnapStart: {ApplyOn: PublishedVersions}",
            "Provisioned Concurrency is not supported for SnapStart enabled functions. (leave one of the two out)",
        ),
        (
            ALIAS + TWO + ", ReservedConcurrentExecutions: 1",
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function (1 are reserved: reserve more, or provision less)",
        ),
        (
            ALIAS + "ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 901}",
            "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100]. (provision at most 900)",
        ),
        (
            ALIAS + "ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 1001}",
            "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000]. (provision at most 900)",
        ),
    ],
)
def test_what_a_deployment_would_refuse_is_an_error_in_its_words(
    make_project: MakeProject, properties: str, problem: str
) -> None:
    project = load(make_project, properties)
    key = "Resources.Fn.Properties.ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions"
    assert [f"{each.severity} {each}" for each in project.problems] == [f"error template.yaml:5: {key}: {problem}"]
    assert project.functions == ()


def test_config_that_is_no_table_is_told_with_an_example(make_project: MakeProject) -> None:
    (problem,) = load(make_project, ALIAS + "ProvisionedConcurrencyConfig: 2").problems
    assert problem.hint == "write ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 1}"
