"""Templates: what is read, and where each value came from."""

import json
from collections.abc import Callable
from pathlib import Path

from lambdatui.model.function import Origin, Source
from lambdatui.project.load import load_project

MakeProject = Callable[[dict[str, str]], Path]

ORDERS = """\
Parameters:
  Stage:
    Type: String
    Default: dev
Globals:
  Function:
    Runtime: python3.12
    Timeout: 10
    Environment:
      Variables:
        STAGE: !Ref Stage
        LEVEL: INFO
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub "${AWS::StackName}-orders-${Stage}"
      CodeUri: src/
      Handler: app.lambda_handler
      MemorySize: 256
      Timeout: 30
      Description: Takes orders
      EphemeralStorage:
        Size: 1024
      Architectures: [arm64]
      ReservedConcurrentExecutions: 5
      Environment:
        Variables:
          LEVEL: DEBUG
      Events:
        Api:
          Type: HttpApi
        Again:
          Type: HttpApi
        Queue:
          Type: SQS
      FunctionUrlConfig:
        AuthType: NONE
"""


def test_every_supported_property_of_a_sam_function_is_read(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": ORDERS})

    project = load_project(root)

    assert project.problems == ()
    (function,) = project.functions
    assert (function.name, function.logical_id) == ("shop-orders-dev", "Orders")
    assert (function.handler, function.runtime) == ("app.lambda_handler", "python3.12")
    assert (function.timeout_s, function.memory_mb, function.ephemeral_storage_mb) == (30, 256, 1024)
    assert (function.architectures, function.reserved_concurrency) == (("arm64",), 5)
    assert function.description == "Takes orders"
    assert function.code_path == root / "src"
    assert function.environment == {"STAGE": "dev", "LEVEL": "DEBUG"}
    assert function.events == ("HttpApi", "SQS", "FunctionUrl")


def test_each_value_says_which_line_of_which_section_decided_it(make_project: MakeProject) -> None:
    (function,) = load_project(make_project({"template.yaml": ORDERS})).functions

    def template(line: int) -> Origin:
        return Origin(source=Source.TEMPLATE, file="template.yaml", line=line)

    def from_globals(line: int) -> Origin:
        return Origin(source=Source.GLOBALS, file="template.yaml", line=line)

    assert function.origins == {
        "name": template(17),
        "code_path": template(18),
        "handler": template(19),
        "memory_mb": template(20),
        "timeout_s": template(21),
        "description": template(22),
        "ephemeral_storage_mb": template(24),
        "architectures": template(25),
        "reserved_concurrency": template(26),
        "runtime": from_globals(7),
        "environment.STAGE": from_globals(11),
        "environment.LEVEL": template(29),
    }


def test_a_plain_cloudformation_function_with_local_code_is_read_without_globals(make_project: MakeProject) -> None:
    template = {
        "Globals": {"Function": {"Timeout": 99}},
        "Resources": {
            "Plain": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Code": "./src", "Handler": "app.lambda_handler", "Runtime": "python3.13"},
            }
        },
    }
    root = make_project({"template.json": json.dumps(template, indent="\t")})

    project = load_project(root)

    (function,) = project.functions
    assert project.problems == ()
    assert (function.name, function.timeout_s, function.code_path) == ("Plain", 3, root / "src")
    assert function.origins["handler"] == Origin(source=Source.TEMPLATE, file="template.json", line=12)


def test_a_cdk_asset_is_found_through_its_metadata(make_project: MakeProject) -> None:
    template = """\
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Code: {S3Bucket: cdk-assets, S3Key: abc.zip}
      Handler: app.lambda_handler
      Runtime: python3.12
    Metadata:
      aws:asset:path: asset.abc
"""
    root = make_project({"cdk.out/stack.template.json": template, "cdk.out/asset.abc/app.py": ""})

    project = load_project(root / "cdk.out" / "stack.template.json")

    assert project.problems == ()
    assert project.functions[0].code_path == root / "cdk.out" / "asset.abc"


def test_inline_code_is_carried_with_the_function(make_project: MakeProject) -> None:
    template = """\
Resources:
  Tiny:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.12
      Code:
        ZipFile: |
          def handler(event, context):
              return 1
"""
    project = load_project(make_project({"template.yaml": template}))

    assert project.problems == ()
    assert project.functions[0].inline_code == "def handler(event, context):\n    return 1\n"


def test_a_function_whose_condition_is_false_is_left_out(make_project: MakeProject) -> None:
    template = """\
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
Globals: {Function: {Runtime: python3.12, Handler: app.lambda_handler, CodeUri: src}}
Resources:
  Prod: {Type: AWS::Serverless::Function, Condition: IsProd}
  Dev: {Type: AWS::Serverless::Function, Condition: IsDev}
"""
    project = load_project(make_project({"template.yaml": template}))

    assert [function.name for function in project.functions] == ["Dev"]
    assert project.problems == ()


def test_whole_tables_can_depend_on_a_condition(make_project: MakeProject) -> None:
    template = """\
Conditions: {Local: !Equals [a, a]}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.lambda_handler
      Runtime: python3.12
      Environment:
        Variables: !If [Local, {STAGE: local}, {STAGE: cloud}]
"""
    project = load_project(make_project({"template.yaml": template}))

    assert project.problems == ()
    assert project.functions[0].environment == {"STAGE": "local"}


def test_values_reach_the_environment_as_they_are_written(make_project: MakeProject) -> None:
    template = """\
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.lambda_handler
      Runtime: python3.12
      Environment:
        Variables:
          VERSION: 3.10
          OCTAL: 0755
          DATE: 2024-01-01
          TIME: 12:30
          FLAG: yes
          QUOTED: "yes"
          BIG: 123456789012345678901234567890
"""
    (function,) = load_project(make_project({"template.yaml": template})).functions

    assert function.environment == {
        "VERSION": "3.10",
        "OCTAL": "0755",
        "DATE": "2024-01-01",
        "TIME": "12:30",
        "FLAG": "true",
        "QUOTED": "yes",
        "BIG": "123456789012345678901234567890",
    }


def test_anchors_and_merge_keys_are_followed(make_project: MakeProject) -> None:
    template = """\
Common: &common
  Handler: app.lambda_handler
  Runtime: python3.12
  CodeUri: src
  Timeout: 7
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      <<: *common
      Timeout: 9
"""
    (function,) = load_project(make_project({"template.yaml": template})).functions

    assert function.timeout_s == 9
    assert function.origins["handler"].line == 2
    assert function.origins["timeout_s"].line == 11


def test_one_broken_function_does_not_hide_the_others(make_project: MakeProject) -> None:
    template = """\
Globals: {Function: {Runtime: python3.12, Handler: app.lambda_handler, CodeUri: src}}
Resources:
  Broken: {Type: AWS::Serverless::Function, Properties: {Timeout: soon}}
  Fine: {Type: AWS::Serverless::Function}
"""
    project = load_project(make_project({"template.yaml": template}))

    assert [function.name for function in project.functions] == ["Fine"]
    assert [problem.function for problem in project.problems] == ["Broken"]


def test_a_function_of_another_language_is_listed_with_a_warning(make_project: MakeProject) -> None:
    template = """\
Resources:
  Ruby: {Type: AWS::Serverless::Function, Properties: {Runtime: ruby3.4, Handler: app.handler, CodeUri: src}}
"""
    project = load_project(make_project({"template.yaml": template}))

    assert [function.name for function in project.functions] == ["Ruby"]
    assert [str(problem.severity) for problem in project.problems] == ["warning"]


def test_the_template_that_sam_build_wrote_is_not_preferred_to_the_sources(make_project: MakeProject) -> None:
    template = "Resources: {Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b}}}"
    root = make_project({"template.yaml": template, ".aws-sam/build/template.yaml": "Resources: {}"})

    assert [function.code_path for function in load_project(root).functions] == [root]
    built = load_project(root / ".aws-sam" / "build" / "template.yaml")
    assert "changes of your sources will not be seen" in str(built.problems[-1])
