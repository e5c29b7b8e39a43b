"""Lines of the platform for people, where an error document alone does not say what to do here."""

import json

import pytest

from lambdatui.lifecycle.faults import missing_package_fault
from lambdatui.model.ids import RequestId
from lambdatui.model.records import PlatformFault
from tests.unit.lifecycle.stage import Stage, names, records, warm


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("Error: Cannot find module '@aws-sdk/client-s3'\nRequire stack:\n- /var/task/index.js", "@aws-sdk/client-s3"),
        ("Cannot find package '@aws-sdk/lib-dynamodb' imported from /var/task/index.mjs", "@aws-sdk/lib-dynamodb"),
        ("Cannot find module '@aws-sdk/client-s3/dist/x.js'", "@aws-sdk/client-s3"),
        ("Unable to import module 'app': No module named 'boto3'", "boto3"),
        ("No module named 'boto3.dynamodb'", "boto3"),
    ],
)
def test_package_that_lambda_has_is_named_with_the_command_that_installs_it(message: str, remedy: str) -> None:
    fault = missing_package_fault(json.dumps({"errorMessage": message}).encode(), RequestId("req-1"))
    assert fault is not None
    assert f"install {remedy} " in fault.message


@pytest.mark.parametrize(
    "message",
    [
        "Cannot find module 'aws-sdk'",
        "Cannot find module './helper'",
        "Cannot find module '@acme/aws-sdk'",
        "No module named 'requests'",
        "No module named 'boto3_helpers'",
        "",
    ],
)
def test_package_that_lambda_does_not_have_either_is_the_projects_own_affair(message: str) -> None:
    assert missing_package_fault(json.dumps({"errorMessage": message}).encode(), None) is None


MISSING = b'{"errorMessage":"No module named \'boto3\'"}'


def test_hint_stands_in_the_log_of_an_init_that_fails_of_it() -> None:
    stage = Stage()
    stage.sandbox_ready()
    assert names(stage.posts_init_error(payload=MISSING))[:2] == ["AcceptPost", "platform.fault"]


def test_hint_stands_in_the_log_of_an_invoke_that_fails_of_it() -> None:
    stage = warm()
    stage.assigned()
    (fault,) = [each for each in records(stage.posts_error(MISSING)) if isinstance(each, PlatformFault)]
    assert fault.request_id == "req-1"
