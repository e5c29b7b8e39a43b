"""Which directories and zip files a function's layers are, and what people read where one is not there."""
# ruff: noqa: E501  the texts are compared whole

import zipfile
from pathlib import Path

from lambdatui.model.function import Origin, Project, Severity, Source
from lambdatui.project.load import load_project
from tests.unit.project.conftest import MakeProject

POWERTOOLS = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:7"


def template(layers: str, resources: str = "", globals_: str = "") -> str:
    """A template whose function ``Fn`` has ``Layers`` on line 9."""
    return f"""\
Globals:
  Function: {{Runtime: python3.12, Handler: app.lambda_handler, CodeUri: src{globals_}}}
Resources:
  Common: {{Type: AWS::Serverless::LayerVersion, Properties: {{LayerName: shop-common, ContentUri: layers/common}}}}
  Tools: {{Type: AWS::Lambda::LayerVersion, Properties: {{Content: layers/tools.zip}}}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Layers: {layers}
{resources}
"""


def make(make_project: MakeProject, text: str, project_file: str = "") -> Path:
    files = {"template.yaml": text, "layers/common/python/common.py": "", "local/python/p.py": ""}
    if project_file:
        files["lambdatui.toml"] = project_file
    root = make_project(files)
    with zipfile.ZipFile(root / "layers" / "tools.zip", "w") as archive:
        archive.writestr("bin/tool", "")
    return root


def layers_of(project: Project) -> list[str]:
    return [path.relative_to(project.root).as_posix() for path in project.functions[0].layers]


def lines(project: Project) -> list[str]:
    return [f"{problem.severity} {problem}" for problem in project.problems]


def test_layers_of_the_same_template_are_their_directories_and_zips_in_order(make_project: MakeProject) -> None:
    project = load_project(make(make_project, template("[!Ref Tools, !Ref Common]")))

    assert lines(project) == []
    assert layers_of(project) == ["layers/tools.zip", "layers/common"]
    assert project.functions[0].origins["layers"] == Origin(source=Source.TEMPLATE, file="template.yaml", line=9)


def test_layers_of_globals_come_before_the_functions_own(make_project: MakeProject) -> None:
    project = load_project(make(make_project, template("[!Ref Common]", globals_=", Layers: [!Ref Tools]")))

    assert layers_of(project) == ["layers/tools.zip", "layers/common"]


def test_an_if_chooses_a_layer_and_no_value_leaves_it_out(make_project: MakeProject) -> None:
    conditions = "Conditions: {Yes: !Equals [a, a], No: !Equals [a, b]}"
    text = template("[!If [No, !Ref Common, !Ref AWS::NoValue], !If [Yes, !Ref Tools, !Ref Common]]", conditions)

    assert layers_of(load_project(make(make_project, text))) == ["layers/tools.zip"]


def test_an_arn_from_elsewhere_is_a_warning_that_says_how_to_give_its_path(make_project: MakeProject) -> None:
    project = load_project(make(make_project, template(f"[!Ref Common, {POWERTOOLS}]")))

    assert lines(project) == [
        (
            f"warning template.yaml:9: Resources.Fn.Properties.Layers: layer {POWERTOOLS} is not on this machine; the "
            f'function runs without it (say where it lies: "{POWERTOOLS}" = "path/to/layer" under [layers] in '
            "lambdatui.toml, or = false to do without)"
        )
    ]
    assert layers_of(project) == ["layers/common"]


def test_the_layers_table_says_where_an_arn_lies(make_project: MakeProject) -> None:
    for name in (POWERTOOLS, POWERTOOLS.rpartition(":")[0], "AWSLambdaPowertoolsPythonV3-python312-x86_64"):
        root = make(make_project, template(f"[{POWERTOOLS}]"), f'[layers]\n"{name}" = "local"\n')
        project = load_project(root)

        assert lines(project) == []
        assert layers_of(project) == ["local"]


def test_the_layers_table_is_stronger_than_the_template_and_false_does_without(make_project: MakeProject) -> None:
    table = f'[layers]\nCommon = "local"\n"{POWERTOOLS}" = false\n'
    project = load_project(make(make_project, template(f"[!Ref Common, {POWERTOOLS}]"), table))

    assert lines(project) == []
    assert layers_of(project) == ["local"]


def test_layers_of_lambdatui_toml_replace_those_of_the_template(make_project: MakeProject) -> None:
    table = '[functions.Fn]\nlayers = ["local", "own"]\n\n[layers]\nown = "layers/tools.zip"\n'
    project = load_project(make(make_project, template("[!Ref Common]"), table))

    assert layers_of(project) == ["local", "layers/tools.zip"]
    assert project.functions[0].origins["layers"] == Origin(source=Source.PROJECT_FILE, file="lambdatui.toml", line=2)


def test_a_path_that_does_not_exist_is_named_where_it_is_written(make_project: MakeProject) -> None:
    project = load_project(make(make_project, template("[]"), '[functions.Fn]\nlayers = ["locl"]\n'))

    assert lines(project) == [
        "error lambdatui.toml:2: functions.Fn.layers: locl does not exist (did you mean 'local'?)"
    ]


def test_six_layers_are_refused_in_the_services_words(make_project: MakeProject) -> None:
    six = "[" + ", ".join(f"arn:aws:lambda:eu-west-1:123456789012:layer:l{number}:1" for number in range(6)) + "]"
    project = load_project(make(make_project, template(six)))

    errors = [problem for problem in project.problems if problem.severity is Severity.ERROR]
    assert [error.message for error in errors] == ["Cannot reference more than 5 layers."]
    assert project.functions == ()


def test_two_versions_of_one_layer_are_refused_in_the_services_words(make_project: MakeProject) -> None:
    older = POWERTOOLS.replace(":7", ":6")
    project = load_project(
        make(make_project, template(f"[{older}, {POWERTOOLS}]"), f'[layers]\n"{older[:-2]}" = false\n')
    )

    assert [problem.message for problem in project.problems] == [
        (
            "Two different versions of the same layer are not allowed to be referenced in the same function. "
            f"{older} and {POWERTOOLS} are versions of the same layer."
        )
    ]


def test_a_layer_in_a_bucket_says_where_to_name_its_directory(make_project: MakeProject) -> None:
    resource = "  Far: {Type: AWS::Lambda::LayerVersion, Properties: {Content: {S3Bucket: b, S3Key: k}}}"
    project = load_project(make(make_project, template("[!Ref Far]", resource)))

    assert lines(project) == [
        (
            "error template.yaml:9: Resources.Fn.Properties.Layers: layer Far lies in a bucket, which lambdatui does not read "
            '(say where it lies: Far = "path/to/layer" under [layers] in lambdatui.toml)'
        )
    ]


def test_a_layer_that_sam_has_to_build_is_taken_from_where_sam_built_it(make_project: MakeProject) -> None:
    resource = """\
  Deps:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: python3.12}
    Properties: {ContentUri: deps}
"""
    root = make(make_project, template("[!Ref Deps]", resource))
    (root / "deps").mkdir()
    (root / "deps" / "requirements.txt").write_text("requests\n")

    (problem,) = load_project(root).problems
    assert "layer Deps has to be built first (BuildMethod python3.12)" in problem.message
    assert problem.hint.startswith("run sam build, or")

    (root / ".aws-sam" / "build" / "Deps" / "python").mkdir(parents=True)
    assert layers_of(load_project(root)) == [".aws-sam/build/Deps"]


def test_layers_that_a_parameter_lists_are_looked_up_one_by_one(make_project: MakeProject) -> None:
    parameters = f"Parameters: {{Arns: {{Type: CommaDelimitedList, Default: '{POWERTOOLS}'}}}}"
    project = load_project(
        make(make_project, template("!Ref Arns", parameters), f'[layers]\n"{POWERTOOLS}" = "local"\n')
    )

    assert lines(project) == []
    assert layers_of(project) == ["local"]


def test_a_layer_known_only_after_a_deployment_is_left_out_with_a_warning(make_project: MakeProject) -> None:
    project = load_project(make(make_project, template("[!ImportValue shared-layer]")))

    (problem,) = project.problems
    assert problem.severity is Severity.WARNING
    assert "!ImportValue shared-layer is not evaluated locally; the function runs without it" in problem.message
    assert layers_of(project) == []
