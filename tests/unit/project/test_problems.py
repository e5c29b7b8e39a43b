"""What people read when something is wrong: file, line, key, the service's text, and what to do."""
# ruff: noqa: E501  the texts are compared whole

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdatui.project.load import ProjectNotFound, load_project

MakeProject = Callable[[dict[str, str]], Path]


def problems_of(path: Path, env_vars_file: Path | None = None) -> list[str]:
    project = load_project(path, env_vars_file=env_vars_file)
    return [f"{problem.severity} {problem}" for problem in project.problems]


def function_template(properties: str) -> str:
    """A template whose function ``Fn`` has these properties from line 7 on."""
    lines = "\n".join(f"      {line}" for line in properties.splitlines())
    return f"""\
Globals:
  Function: {{Runtime: python3.12, Handler: app.lambda_handler, CodeUri: src}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
{lines}
"""


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        (
            "Timeout: 901",
            ("error template.yaml:7: Resources.Fn.Properties.Timeout: 1 validation error detected: Value '901' at "
            "'timeout' failed to satisfy constraint: Member must have value less than or equal to 900 "
            "(in seconds, from 1 to 900)"),
        ),
        (
            "Timeout: 30s",
            ("error template.yaml:7: Resources.Fn.Properties.Timeout: must be a whole number, not '30s' "
            "(in seconds, from 1 to 900)"),
        ),
        (
            "MemorySize: 64",
            ("error template.yaml:7: Resources.Fn.Properties.MemorySize: 1 validation error detected: Value '64' at "
            "'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128 "
            "(in MB, from 128 to 10240)"),
        ),
        (
            "EphemeralStorage: 1024",
            ("error template.yaml:7: Resources.Fn.Properties.EphemeralStorage: must be a table with the key Size "
            "(write EphemeralStorage: {Size: 1024})"),
        ),
        (
            "CodeUri: srcs/",
            "error template.yaml:7: Resources.Fn.Properties.CodeUri: srcs does not exist (did you mean 'src'?)",
        ),
        (
            "CodeUri: src/app.py",
            ("error template.yaml:7: Resources.Fn.Properties.CodeUri: src/app.py is neither a directory nor a zip file "
            "(point at its directory: src/)"),
        ),
        (
            "CodeUri: s3://bucket/key",
            ("error template.yaml:7: Resources.Fn.Properties.CodeUri: the code lies in a bucket, which lambdatui does "
            "not read (give its local directory: code_uri under [functions.Fn] in lambdatui.toml)"),
        ),
        (
            "Handler: ap.lambda_handler",
            "warning template.yaml:7: Resources.Fn.Properties.Handler: ap.py is not in src/ (did you mean 'app'?)",
        ),
        (
            "Handler: app.py",
            ("warning template.yaml:7: Resources.Fn.Properties.Handler: 'app.py' names a file "
            "(write it as module.function, such as app.lambda_handler)"),
        ),
        (
            "Handler: lambda_handler",
            ("warning template.yaml:7: Resources.Fn.Properties.Handler: Bad handler 'lambda_handler': not enough values "
            "to unpack (expected 2, got 1) (write it as module.function, such as app.lambda_handler)"),
        ),
        (
            "Runtime: python3.1",
            ("error template.yaml:7: Resources.Fn.Properties.Runtime: Value python3.1 at 'runtime' failed to satisfy "
            "constraint: Member must satisfy enum value set: [python3.14, python3.13, python3.12, python3.11, "
            "python3.10, nodejs24.x, nodejs22.x, java25, java21, java17, java11, java8.al2, dotnet10, dotnet8, ruby3.4, "
            "ruby3.3, provided.al2023, provided.al2] or be a valid ARN (did you mean 'python3.14'?)"),
        ),
        (
            "Runtime: python3.9",
            ("warning template.yaml:7: Resources.Fn.Properties.Runtime: The runtime parameter of python3.9 is no longer "
            "supported for creating or updating AWS Lambda functions (use python3.14; here it still runs)"),
        ),
        (
            "FunctionName: my function!",
            ("error template.yaml:7: Resources.Fn.Properties.FunctionName: 1 validation error detected: Value "
            "'my function!' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression "
            r"pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
            r"(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))? "
            "(use letters, digits, - and _, such as 'my-function')"),
        ),
        (
            f"FunctionName: {'a' * 65}",
            (f"error template.yaml:7: Resources.Fn.Properties.FunctionName: 1 validation error detected: Value '{'a' * 65}' "
            "at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64 "
            "(65 characters are 1 too many)"),
        ),
        (
            "Architectures: [x86]",
            ("error template.yaml:7: Resources.Fn.Properties.Architectures: 1 validation error detected: Value '[x86]' at "
            "'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum "
            "value set: [x86_64, arm64]] (name exactly one of the two)"),
        ),
        (
            "PackageType: Image",
            ("error template.yaml:7: Resources.Fn.Properties.PackageType: the function is a container image "
            "(container images need the docker backend, which does not exist yet)"),
        ),
        (
            "Timout: 3",
            ("warning template.yaml:7: Resources.Fn.Properties.Timout: is not a property of a function "
            "(did you mean 'Timeout'?)"),
        ),
        (
            "Timeout: 3\nTimeout: 4",
            "warning template.yaml:8: Timeout: is written twice, first on line 7; the last one counts (remove one)",
        ),
        (
            "Environment:\n  AB: x",
            ("warning template.yaml:7: Resources.Fn.Properties.Environment: has no table of Variables "
            "(write Environment: {Variables: {NAME: value}})"),
        ),
        (
            "Environment:\n  Variables:\n    AWS_REGION: x",
            ("error template.yaml:9: Resources.Fn.Properties.Environment.Variables.AWS_REGION: Lambda was unable to "
            "configure your environment variables because the environment variables you have provided contains reserved "
            "keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION "
            "(remove it; Lambda sets it itself)"),
        ),
        (
            "Environment:\n  Variables:\n    MY-KEY: x",
            ("error template.yaml:9: Resources.Fn.Properties.Environment.Variables.MY-KEY: 1 validation error detected: "
            "Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member "
            "must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+] "
            "(start with a letter, then letters, digits or _)"),
        ),
        (
            f"Environment:\n  Variables:\n    AB: x\n    BIG: {'y' * 4096}",
            ("error template.yaml:10: Resources.Fn.Properties.Environment.Variables.BIG: Lambda was unable to configure "
            "your environment variables because the environment variables you have provided exceeded the 4KB limit. "
            'String measured: {"AB":"x","BIG":"' + "y" * 103 + "… "
            "(4,115 bytes as JSON, 4,096 allowed; the largest is BIG)"),
        ),
        (
            "Environment:\n  Variables:\n    TABLE: !GetAtt Fn.Arn",
            ("warning template.yaml:9: Resources.Fn.Properties.Environment.Variables.TABLE: !GetAtt Fn.Arn is known only "
            "after a deployment; the function sees '{GetAtt Fn.Arn}' "
            "(set TABLE under [functions.Fn.environment] in lambdatui.toml, or with --env-vars)"),
        ),
        (
            "MemorySize: !Ref Nowhere",
            ("warning template.yaml:7: Resources.Fn.Properties.MemorySize: !Ref Nowhere names nothing in this template; "
            "using 128 (set it under [functions.Fn] in lambdatui.toml)"),
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_template_is_told_with_its_place_and_its_fix(
    make_project: MakeProject, properties: str, problem: str
) -> None:
    assert problems_of(make_project({"template.yaml": function_template(properties)})) == [problem]


def test_a_function_without_a_handler_is_told_at_its_resource(make_project: MakeProject) -> None:
    template = "Resources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: python3.12}\n"

    assert problems_of(make_project({"template.yaml": template})) == [
        (
            "error template.yaml:2: Resources.Fn: the function has no Handler "
            "(add Handler, as module.function, such as app.lambda_handler)"
        )
    ]


def test_two_functions_of_one_name_keep_the_first(make_project: MakeProject) -> None:
    template = """\
Globals: {Function: {Runtime: python3.12, Handler: app.lambda_handler, CodeUri: src}}
Resources:
  One: {Type: AWS::Serverless::Function, Properties: {FunctionName: same, Timeout: 1}}
  Two: {Type: AWS::Serverless::Function, Properties: {FunctionName: same, Timeout: 2}}
"""
    root = make_project({"template.yaml": template})

    assert problems_of(root) == [
        (
            "error template.yaml:4: Resources.Two.Properties.FunctionName: Function already exist: same "
            "(give one of the two another name)"
        )
    ]
    assert [function.timeout_s for function in load_project(root).functions] == [1]


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (
            "Resources:\n\tFn: 1\n",
            ("error template.yaml:2: it is not YAML: found character that cannot start any token while scanning for the "
            "next token (indent with spaces, not tabs, and quote values that start with @, ` or %)"),
        ),
        (
            "Resources:\n  Fn: a: b\n",
            ("error template.yaml:2: it is not YAML: mapping values are not allowed in this context "
            "(quote values that contain ': ')"),
        ),
        (
            "Resourses:\n  Fn: {}\n",
            "error template.yaml: the template has no Resources (did you mean 'Resourses'?)",
        ),
        ("Resources: {}\n", ("warning template.yaml:1: Resources: the template declares no functions "
         "(add a resource of type AWS::Serverless::Function or AWS::Lambda::Function)")),
        ("a: 1\n---\nb: 2\n", ("error template.yaml:2: it holds a second document "
         "(keep one document per file: remove the '---')")),
        ("{\n  \"Resources\": {},\n  x}", ("error template.yaml:3: it is not JSON: Expecting property name enclosed in "
         "double quotes (JSON wants double quotes, and no comma after the last entry)")),
        ("a: *nowhere\n", ("error template.yaml:1: *nowhere refers to an anchor that does not exist "
         "(define it first with &nowhere)")),
        ("a: &a [*a]\n", "error template.yaml:1: *a refers to itself (define it first with &a)"),
        ("? [a, b]\n: c\n", ("error template.yaml:1: a key must be a plain word, not a list or a table "
         "(quote it if it is a word)")),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_is_told_with_its_line(
    make_project: MakeProject, template: str, problem: str
) -> None:
    assert problems_of(make_project({"template.yaml": template})) == [problem]


def test_bytes_that_are_not_utf8_are_told_with_their_line(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": ""})
    (root / "template.yaml").write_bytes(b"Resources:\n  Caf\xe9: {}\n")

    assert problems_of(root) == ["error template.yaml:2: byte 0xe9 is not UTF-8 (save the file as UTF-8)"]


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        (
            '[functions.api]\nhandler = "app.lambda_handler"\ncode_uri = "src"\ntimout = 3\n',
            "error lambdatui.toml:4: functions.api.timout: unknown key in [functions.api] (did you mean 'timeout'?)",
        ),
        (
            '[functions.api]\nhandler = "app.lambda_handler"\ncode_uri = "src"\ntimeout = "30"\n',
            "error lambdatui.toml:4: functions.api.timeout: must be a whole number, not '30' (remove the quotes)",
        ),
        (
            '[functions.api]\nhandler = "app.lambda_handler"\ncode_uri = "src"\n\n[functions.api.environment]\nAB = [1]\n',
            ("error lambdatui.toml:6: functions.api.environment.AB: must be a text, a number, true or false "
            '(write AB = "…")'),
        ),
        (
            '[functions.api]\nhandler = "app.lambda_handler"\ncode_uri = "zzz"\n',
            ("error lambdatui.toml:3: functions.api.code_uri: zzz does not exist "
            "(create it, or correct the path; it is relative to {root})"),
        ),
        (
            '[functions.api]\nhandler = app\n',
            "error lambdatui.toml:2: it is not TOML: Invalid value (texts need quotes, tables need [brackets])",
        ),
        (
            '[funktions.api]\nhandler = "app.lambda_handler"\n',
            "error lambdatui.toml:1: funktions: unknown key in lambdatui.toml (did you mean 'functions'?)",
        ),
        (
            "functions = 3\n",
            "error lambdatui.toml:1: functions: must be a table (write [functions.NAME])",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_the_project_file_is_told_with_its_place_and_its_fix(
    make_project: MakeProject, toml: str, problem: str
) -> None:
    root = make_project({"lambdatui.toml": toml, "src/app.py": "x = 1\n"})

    assert problem.replace("{root}", str(root)) in problems_of(root)


def test_an_override_of_a_function_that_does_not_exist_names_the_near_one(make_project: MakeProject) -> None:
    files = {"template.yaml": function_template("Timeout: 3"), "lambdatui.toml": "[functions.Fnx]\ntimeout = 5\n"}

    assert problems_of(make_project(files)) == [
        "error lambdatui.toml:1: functions.Fnx: there is no function called 'Fnx' to override (did you mean 'Fn'?)"
    ]


def test_an_env_vars_file_that_names_an_unknown_function_is_a_warning(make_project: MakeProject) -> None:
    text = json.dumps({"Fnx": {"AB": "x"}, "Parameters": {"CD": "y"}, "EF": "z"}, indent=2)
    root = make_project({"template.yaml": function_template("Timeout: 3"), "env.json": text})

    assert problems_of(root, root / "env.json") == [
        (
            "warning env.json:8: EF: must be an object of variables "
            '(write {"Parameters": {"EF": …}} for all functions, or a function\'s name and its variables)'
        ),
        "warning env.json:2: Fnx: there is no function called 'Fnx' (did you mean 'Fn'?)",
    ]


def test_a_reserved_variable_in_dotenv_is_ignored_with_one_warning(make_project: MakeProject) -> None:
    dotenv = "AB=1\n\nAWS_SECRET_ACCESS_KEY=s\nX=1\nEMPTY\n"
    root = make_project({"template.yaml": function_template("Timeout: 3"), ".env": dotenv})

    assert problems_of(root) == [
        "warning .env:3: AWS_SECRET_ACCESS_KEY: is reserved by Lambda (it is ignored; Lambda sets this one itself)",
        (
            "warning .env:4: X: is not a name that Lambda allows "
            "(it is ignored; names start with a letter and have two or more letters, digits or _)"
        ),
        "warning .env:5: EMPTY: has no value (write EMPTY=)",
    ]
    assert load_project(root).functions[0].environment == {"AB": "1"}


def test_a_path_that_does_not_exist_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFound) as raised:
        load_project(tmp_path / "nowhere" / "deeper")

    assert raised.value.message == f"there is nothing at {tmp_path}/nowhere/deeper"
    assert raised.value.hint == (
        "give the path of a directory, a template, a lambdatui.toml or a Python file; "
        f"the nearest directory that exists is {tmp_path}"
    )


def test_an_empty_directory_says_how_to_begin(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == [
        (
            f"error no functions found in {tmp_path} "
            "(write def lambda_handler(event, context) in a .py file, or a template.yaml, or a lambdatui.toml)"
        )
    ]


def test_a_file_of_another_kind_says_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")

    assert problems_of(tmp_path / "notes.txt") == [
        "error notes.txt: it is not a template, a lambdatui.toml or a Python file (give its directory instead)"
    ]


def test_everything_that_is_wrong_with_a_function_is_told_at_once(make_project: MakeProject) -> None:
    properties = "Runtime: python3.99\nCodeUri: missing\nTimeout: 901\nMemorySize: 64"
    root = make_project({"template.yaml": function_template(properties), "src/app.py": ""})
    project = load_project(root)
    keys = [problem.key.rpartition(".")[2] for problem in project.problems if problem.key]
    assert sorted(keys) == ["CodeUri", "MemorySize", "Runtime", "Timeout"]
    assert project.functions == ()


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        (
            "{Type: AWS::Serverless::Functio}",
            (
                "warning template.yaml:3: Resources.Other.Type: AWS::Serverless::Functio is no type of resource "
                "(did you mean 'AWS::Serverless::Function'?)"
            ),
        ),
        (
            "later",
            (
                "warning template.yaml:3: Resources.Other: is no resource "
                "(write its Type and Properties below it, indented; until then it is left out)"
            ),
        ),
        ("{Type: AWS::CloudFront::Function}", None),
        ("{Type: AWS::Lambda::Version}", None),
        ("{Properties: {}}", None),
    ],
)
def test_what_was_meant_to_be_a_function_is_told(make_project: MakeProject, resource: str, problem: str | None) -> None:
    function = "{Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: app.h, CodeUri: .}}"
    text = f"Resources:\n  Fn: {function}\n  Other: {resource}\n"
    root = make_project({"template.yaml": text, "app.py": ""})
    assert problems_of(root) == ([] if problem is None else [problem])


def test_a_property_that_is_none_is_its_functions_problem(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": function_template("Timout: 3"), "src/app.py": "def lambda_handler(e, c): 1"})
    assert [problem.function for problem in load_project(root).problems] == ["Fn"]
