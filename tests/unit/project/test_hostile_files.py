"""No content of a file raises, hangs or fills the memory."""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatui.project.load import load_project

WORDS = st.sampled_from(
    [
        "Resources",
        "Globals",
        "Function",
        "Type",
        "Properties",
        "AWS::Serverless::Function",
        "Handler",
        "CodeUri",
        "Runtime",
        "Environment",
        "Variables",
        "!Ref",
        "!Sub",
        "!GetAtt",
        "!If",
        "!Join",
        "Fn::Sub",
        "Parameters",
        "Conditions",
        "Default",
        ":",
        ":",
        ":",
        "-",
        "-",
        "{",
        "}",
        "[",
        "]",
        ",",
        '"',
        "'",
        "&",
        "*",
        "<<",
        "|",
        ">",
        "#",
        "${a.b}",
        "\\n",
        "functions",
        ".",
        "=",
        "handler",
        "timeout",
        "[functions.a]",
        "lambda_handler",
        "def",
        "handler(event,context):",
        "~",
        "null",
        "yes",
        "0x1",
        "1e9",
    ]
)
SOUP = st.lists(st.one_of(WORDS, st.sampled_from(["\n", "\n  ", "\n    ", " "])), max_size=60).map("".join)
TEXT = st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
CONTENT = st.one_of(st.binary(max_size=200), SOUP.map(str.encode), TEXT)


@pytest.mark.parametrize(
    "name", ["template.yaml", "template.json", "lambdatui.toml", "samconfig.toml", ".env", "app.py", "vars.json"]
)
def test_arbitrary_content_is_read_or_told(name: str) -> None:
    @settings(max_examples=150, deadline=None)
    @given(CONTENT)
    def read(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, name)
            path.write_bytes(content)
            is_variables = name == "vars.json"
            project = load_project(Path(directory), env_vars_file=path if is_variables else None)
            assert project.functions or project.problems
            for problem in project.problems:
                assert problem.message
                assert problem.hint

    read()


SCRIPT = """
import pathlib, sys
from lambdatui.project.load import load_project
print(load_project(pathlib.Path(sys.argv[1])).problems[0].message)
"""

BOMBS = {
    "billion-laughs": "a0: &a0 [x, x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 2_000)),
    "merge-bomb": "a0: &a0 {k: v}\n"
    + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], k{n}: v}}\n" for n in range(1, 2_000)),
    "open-lists": "[" * 100_000,
    "open-tables": "{" * 100_000,
    "open-json": '{"a":' * 20_000,
    "nested-json": '{"a":' + "[" * 50_000 + "]" * 50_000 + "}",
    "nested-blocks": "- " * 50_000,
    "complex-keys": "? " * 50_000,
    "indentation": "\n".join(" " * depth + "a:" for depth in range(440)),
    "long-key": "a" * 100_000 + ": 1",
    "long-number": "Resources: " + "9" * 100_000,
    "many-keys": "{" + ",".join(f"k{n}: 1" for n in range(11_000)) + "}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_template_of_100_kb_costs_neither_time_nor_memory(name: str, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(BOMBS[name][:100_000])
    limit = 512 * 1024 * 1024

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )

    assert done.stderr == ""
    assert done.stdout


ODD_FILES = {
    "samconfig.toml": [
        "default = 1\n",
        "[default]\ndeploy = 1\n",
        "[default.deploy]\nparameters = []\n",
        "[default.deploy.parameters]\nparameter_overrides = 1\ntemplate_file = 2\n",
        "[default.deploy.parameters]\nparameter_overrides = [1, {a = 1}]\n",
        '[default.deploy.parameters]\nparameter_overrides = ""\n',
        '[default.deploy.parameters]\ntemplate_file = "."\n',
        '[default.deploy.parameters]\nparameter_overrides = "A=\\"unclosed B=2"\n',
        "\x00",
    ],
    "lambdatui.toml": [
        "layers = 1\n",
        "[layers]\na = 1\nb = true\nc = []\n",
        "[functions.Fn]\nlayers = 1\n",
        "[functions.Fn]\nlayers = [1, []]\n",
        '[functions.Fn]\nlayers = ["", ".", "/", "arn:", "\\u0000"]\n',
        "[functions.Fn]\nlogging_config = 1\n",
        "[functions.Fn]\nnetwork = 0\nsnap_start = 'x'\n",
    ],
    "template.yaml": [
        "Resources: {Fn: {Type: FN, Properties: {Layers: {a: 1}}}}\n",
        "Resources: {Fn: {Type: FN, Properties: {Layers: [[], {}, null, !Ref Fn, !Ref [a]]}}}\n",
        "Resources: {Fn: {Type: FN, Properties: {LoggingConfig: [], SnapStart: x, VpcConfig: 1}}}\n",
        "Resources: {L: {Type: AWS::Serverless::LayerVersion}, Fn: {Type: FN, Properties: {Layers: [!Ref L]}}}\n",
        "Resources: {A: {Type: AWS::Serverless::Application}, B: {Type: AWS::CloudFormation::Stack, Properties: []}}\n",
        "Resources: {A: {Type: AWS::Serverless::Application, Properties: {Location: ., Parameters: []}}}\n",
        "Resources: {A: {Type: AWS::Serverless::Application, Properties: {Location: \"a\\0b\"}}}\n",
        "Resources: {Fn::Transform: {Name: AWS::Include}}\n",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in ODD_FILES.items() for text in texts])
def test_values_of_unexpected_shapes_never_raise(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(
        "Resources: {Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b}}}\n"
    )
    (tmp_path / name).write_text(text.replace("FN", "AWS::Serverless::Function"))

    project = load_project(tmp_path)

    assert project.functions or project.problems
