"""Logging, tracing, SnapStart, network and the runtime client, out of templates and lambdatui.toml."""
# ruff: noqa: E501  the texts are compared whole

import pytest

from lambdatui.model.function import Function, LogFormat, LoggingConfig, Project, RuntimeClient, Source
from lambdatui.project.load import load_project
from tests.unit.project.conftest import MakeProject

LEVEL_IN_TEXT = (
    'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the '
    'LogFormat to "Json" and try again.'
)


def load(make_project: MakeProject, properties: str, project_file: str = "", globals_: str = "") -> Project:
    """The function's properties stand on line 7."""
    files = {
        "template.yaml": f"""\
Globals:
  Function: {{Runtime: python3.12, Handler: app.lambda_handler, CodeUri: src{globals_}}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      {properties}
"""
    }
    if project_file:
        files["lambdatui.toml"] = project_file
    return load_project(make_project(files))


def function_of(project: Project) -> Function:
    assert [f"{problem.severity} {problem}" for problem in project.problems] == []
    return project.functions[0]


def test_a_function_that_says_nothing_logs_text_without_levels(make_project: MakeProject) -> None:
    assert function_of(load(make_project, "Timeout: 3")).logging == LoggingConfig()


def test_json_without_levels_logs_from_info_on(make_project: MakeProject) -> None:
    function = function_of(load(make_project, "LoggingConfig: {LogFormat: JSON}"))

    assert function.logging == LoggingConfig(
        log_format=LogFormat.JSON, application_log_level="INFO", system_log_level="INFO"
    )


def test_logging_of_globals_the_function_and_lambdatui_toml_is_united_key_by_key(make_project: MakeProject) -> None:
    function = function_of(
        load(
            make_project,
            "LoggingConfig: {ApplicationLogLevel: DEBUG, SystemLogLevel: WARN}",
            '[functions.Fn.logging_config]\nsystem_log_level = "DEBUG"\n',
            ", LoggingConfig: {LogFormat: JSON, LogGroup: /shop/orders}",
        )
    )

    assert function.logging == LoggingConfig(
        log_format=LogFormat.JSON,
        application_log_level="DEBUG",
        system_log_level="DEBUG",
        log_group="/shop/orders",
    )
    origins = function.origins
    assert origins["logging.log_format"].source is Source.GLOBALS
    assert origins["logging.application_log_level"].source is Source.TEMPLATE
    assert str(origins["logging.system_log_level"]) == "lambdatui.toml:2"


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        (
            "LoggingConfig: {LogFormat: json}",
            (
                "template.yaml:7: Resources.Fn.Properties.LoggingConfig.LogFormat: 1 validation error detected: Value 'json' at "
                "'loggingConfig.logFormat' failed to satisfy constraint: Member must satisfy enum value set: [Text, JSON] "
                "(did you mean 'JSON'?)"
            ),
        ),
        (
            "LoggingConfig: {SystemLogLevel: INFO}",
            (
                f"template.yaml:7: Resources.Fn.Properties.LoggingConfig.SystemLogLevel: {LEVEL_IN_TEXT} "
                "(set the log format to JSON, or remove the level)"
            ),
        ),
        (
            "LoggingConfig: {LogFormat: JSON, SystemLogLevel: ERROR}",
            (
                "template.yaml:7: Resources.Fn.Properties.LoggingConfig.SystemLogLevel: 1 validation error detected: Value 'ERROR' "
                "at 'loggingConfig.systemLogLevel' failed to satisfy constraint: Member must satisfy enum value set: [DEBUG, "
                "INFO, WARN] (use DEBUG)"
            ),
        ),
        (
            "LoggingConfig: {LogGroup: aws/lambda/mine}",
            (
                "template.yaml:7: Resources.Fn.Properties.LoggingConfig.LogGroup: Log groups starting with AWS/ are reserved for "
                "AWS. (start it with a /: /aws/lambda/mine)"
            ),
        ),
        (
            "Tracing: Activ",
            (
                "template.yaml:7: Resources.Fn.Properties.Tracing: 1 validation error detected: Value 'Activ' at "
                "'tracingConfig.mode' failed to satisfy constraint: Member must satisfy enum value set: [Active, PassThrough] "
                "(did you mean 'Active'?)"
            ),
        ),
        (
            "SnapStart: {ApplyOn: Always}",
            (
                "template.yaml:7: Resources.Fn.Properties.SnapStart.ApplyOn: 1 validation error detected: Value 'Always' at "
                "'snapStart.applyOn' failed to satisfy constraint: Member must satisfy enum value set: [PublishedVersions, "
                "None] (use PublishedVersions)"
            ),
        ),
        (
            "{SnapStart: {ApplyOn: PublishedVersions}, Runtime: python3.11}",
            (
                "template.yaml:7: Resources.Fn.Properties.SnapStart.ApplyOn: python3.11 is not supported for SnapStart enabled "
                "functions. (use python3.12 or later, java11 or later, dotnet8 or later; or leave SnapStart out)"
            ),
        ),
        (
            "{SnapStart: {ApplyOn: PublishedVersions}, EphemeralStorage: {Size: 513}}",
            (
                "template.yaml:7: Resources.Fn.Properties.SnapStart.ApplyOn: SnapStart does not work with a /tmp of more than "
                "512 MB (513 MB are configured: leave one of the two out)"
            ),
        ),
        (
            "SnapStart: PublishedVersions",
            (
                "template.yaml:7: Resources.Fn.Properties.SnapStart: must be a table with the key ApplyOn (write SnapStart: "
                "{ApplyOn: PublishedVersions})"
            ),
        ),
    ],
)
def test_what_lambda_would_refuse_is_an_error_in_its_words(
    make_project: MakeProject, properties: str, problem: str
) -> None:
    project = load(make_project, properties)

    assert [f"{found.severity} {found}" for found in project.problems] == [f"error {problem}"]
    assert project.functions == ()


def test_a_misspelt_member_is_a_warning(make_project: MakeProject) -> None:
    project = load(make_project, "LoggingConfig: {LogFormt: JSON}")

    assert [str(problem) for problem in project.problems] == [
        (
            "template.yaml:7: Resources.Fn.Properties.LoggingConfig.LogFormt: is not a part of LoggingConfig (did you mean "
            "'LogFormat'?)"
        )
    ]


@pytest.mark.parametrize(
    ("properties", "active"),
    [
        ("Tracing: Active", True),
        ("Tracing: PassThrough", False),
        ("Tracing: Disabled", False),
    ],
)
def test_tracing_of_a_sam_function(make_project: MakeProject, properties: str, active: bool) -> None:
    assert function_of(load(make_project, properties)).active_tracing is active


def test_tracing_of_a_cloudformation_function(make_project: MakeProject) -> None:
    template = """\
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Handler: app.lambda_handler, Code: src, TracingConfig: {Mode: Active}}
"""
    function = function_of(load_project(make_project({"template.yaml": template})))

    assert function.active_tracing
    assert function.origins["active_tracing"].line == 4


def test_snap_start_of_a_template_is_known_by_its_origin(make_project: MakeProject) -> None:
    function = function_of(load(make_project, "SnapStart: {ApplyOn: PublishedVersions}"))

    assert function.snap_start
    assert function.origins["snap_start"].source is Source.TEMPLATE


def test_lambdatui_toml_sets_what_templates_set_and_what_they_cannot(make_project: MakeProject) -> None:
    table = '[functions.Fn]\ntracing = "Active"\nsnap_start = true\nnetwork = false\nruntime_client = "official"\n'
    function = function_of(load(make_project, "Timeout: 3", table))

    assert (function.active_tracing, function.snap_start, function.network) == (True, True, False)
    assert function.runtime_client is RuntimeClient.OFFICIAL
    assert [str(function.origins[name]) for name in ("snap_start", "network", "runtime_client")] == [
        "lambdatui.toml:3",
        "lambdatui.toml:4",
        "lambdatui.toml:5",
    ]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (
            'runtime_client = "offical"',
            (
                "error lambdatui.toml:2: functions.Fn.runtime_client: must be 'built-in' or 'official', not 'offical' (did you "
                "mean 'official'?)"
            ),
        ),
        (
            'network = "false"',
            "error lambdatui.toml:2: functions.Fn.network: must be true or false, not 'false' (remove the quotes)",
        ),
        (
            "logging_config = {log_level = 3}",
            (
                "error lambdatui.toml:2: functions.Fn.logging_config.log_level: unknown key in [functions.Fn.logging_config] "
                "(did you mean 'system_log_level'?)"
            ),
        ),
    ],
)
def test_a_wrong_value_in_lambdatui_toml_is_named(make_project: MakeProject, table: str, problem: str) -> None:
    project = load(make_project, "Timeout: 3", f"[functions.Fn]\n{table}\n")

    assert [f"{found.severity} {found}" for found in project.problems] == [problem]


def test_a_vpc_is_a_note_until_the_project_file_speaks_of_the_network(make_project: MakeProject) -> None:
    vpc = "VpcConfig: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}"

    (note,) = load(make_project, vpc).problems
    assert str(note) == (
        "template.yaml:7: Resources.Fn.Properties.VpcConfig: the function is in a VPC; here it has the network of this "
        "machine (network = false under [functions.Fn] in lambdatui.toml takes it away, network = true ends this note)"
    )
    assert function_of(load(make_project, vpc, "[functions.Fn]\nnetwork = true\n")).network
    assert not function_of(load(make_project, vpc, "[functions.Fn]\nnetwork = false\n")).network


def test_no_vpc_is_no_note(make_project: MakeProject) -> None:
    assert function_of(load(make_project, "VpcConfig: !Ref AWS::NoValue")).network


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ("{Runtime: provided.al2023, Handler: x}", "src/bootstrap does not exist"),
        ("{Runtime: nodejs22.x, Handler: indx.handler}", "indx.js or .mjs or .cjs is not in src/"),
    ],
)
def test_a_program_that_is_missing_is_a_warning(make_project: MakeProject, properties: str, problem: str) -> None:
    project = load(make_project, properties)

    assert [found.message for found in project.problems] == [problem]
    assert len(project.functions) == 1


def test_a_bootstrap_needs_no_handler_and_must_be_executable(make_project: MakeProject) -> None:
    template = "Resources: {Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: provided.al2, CodeUri: go}}}\n"
    root = make_project({"template.yaml": template, "go/bootstrap": "#!/bin/sh\n"})

    assert [str(problem) for problem in load_project(root).problems] == [
        "template.yaml:1: Resources.Fn.Properties.Runtime: go/bootstrap is not executable (chmod +x go/bootstrap)"
    ]
    (root / "go" / "bootstrap").chmod(0o755)
    assert function_of(load_project(root)).handler == "bootstrap"


def test_the_official_client_is_for_python(make_project: MakeProject) -> None:
    root = make_project(
        {
            "template.yaml": "Resources: {Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs22.x, "
            "Handler: i.h, CodeUri: src}}}\n",
            "src/i.js": "",
            "lambdatui.toml": '[functions.Fn]\nruntime_client = "official"\n',
        }
    )

    assert [problem.message for problem in load_project(root).problems] == [
        "only Python functions can run the official runtime client, not nodejs22.x"
    ]


@pytest.mark.parametrize(
    ("name", "log_group", "problems"),
    [
        ("LogGroupName: !Sub '/shop/${AWS::Region}'", "/shop/us-east-1", []),
        (
            "RetentionInDays: 7",
            None,
            ["!Ref Logs is known only after a deployment; using /aws/lambda/Fn"],
        ),
    ],
)
def test_a_log_group_of_the_template_is_its_name_if_it_has_one(
    make_project: MakeProject, name: str, log_group: str | None, problems: list[str]
) -> None:
    template = f"""\
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {{{name}}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.lambda_handler
      CodeUri: src
      LoggingConfig: {{LogGroup: !Ref Logs}}
"""
    project = load_project(make_project({"template.yaml": template}))

    assert project.functions[0].logging.log_group == log_group
    assert [problem.message for problem in project.problems] == problems
