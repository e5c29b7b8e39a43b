"""Intrinsic functions: what is known locally, and what stays a named placeholder."""
# ruff: noqa: E501  the texts are compared whole

import pytest

from lambdatui.project.documents import parse_yaml
from lambdatui.project.intrinsics import NO_VALUE, Intrinsics
from lambdatui.project.located import Table

TEMPLATE = """\
Parameters:
  Stage: {Type: String, Default: dev}
  Zones: {Type: CommaDelimitedList, Default: "a, b"}
  Secret: {Type: String}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path/in/store}
Mappings:
  Sizes:
    dev: {memory: 128, names: [x, y]}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Not [!Condition IsDev]
  Both: !And [!Condition IsDev, !Condition IsProd]
  Either: !Or [!Condition IsDev, !Condition IsProd]
  Unknown: !Equals [!Ref Secret, x]
  EitherOrUnknown: !Or [!Condition IsDev, !Condition Unknown]
  Itself: !Condition Itself
Resources:
  Orders: {Type: AWS::DynamoDB::Table}
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "shop-${Stage}"}}
  Circle: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Circle}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
"""


def intrinsics() -> Intrinsics:
    root, _ = parse_yaml(TEMPLATE)
    assert isinstance(root, Table)
    pseudo = {"AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012", "AWS::StackName": "shop"}
    return Intrinsics(root, pseudo)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Stage", "dev"),
        ("{Ref: Stage}", "dev"),
        ("!Ref Zones", ["a", "b"]),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref Named", "shop-dev"),
        ("!Sub '${AWS::StackName}-${Stage}'", "shop-dev"),
        ("!Sub 'literal ${!Stage} $${Stage}'", "literal ${Stage} $dev"),
        ("!Sub ['${Name}-${Stage}', {Name: !Ref AWS::Region}]", "eu-west-1-dev"),
        ("!Join ['-', [a, !Ref Stage, b]]", "a-dev-b"),
        ("!Join [',', !Ref Zones]", "a,b"),
        ("!Select [1, !Ref Zones]", "b"),
        ("!Select [0, !Split ['.', 'x.y']]", "x"),
        ("!FindInMap [Sizes, !Ref Stage, memory]", "128"),
        ("!FindInMap [Sizes, dev, names]", ["x", "y"]),
        ("!FindInMap [Sizes, prod, memory, {DefaultValue: 512}]", "512"),
        ("!If [IsDev, one, two]", "one"),
        ("!If [IsProd, one, two]", "two"),
        ("!If [Both, one, two]", "two"),
        ("!If [Either, one, two]", "one"),
        ("!If [EitherOrUnknown, one, two]", "one"),
        ("!If [IsProd, one, !Ref AWS::NoValue]", NO_VALUE),
        ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ("{kept: a, gone: !Ref AWS::NoValue}", {"kept": "a"}),
        ("!Base64 hello", "aGVsbG8="),
    ],
)
def test_an_expression_that_is_known_locally_has_its_value(expression: str, value: object) -> None:
    resolved = intrinsics().resolve(parse_yaml(expression)[0])

    assert resolved.value == value
    assert resolved.unresolved == ()


@pytest.mark.parametrize(
    ("expression", "value", "named", "reason"),
    [
        ("!Ref Orders", "{Ref Orders}", "!Ref Orders", "is known only after a deployment"),
        ("!Ref Topic", "{Ref Topic}", "!Ref Topic", "is known only after a deployment"),
        ("!Ref Circle", "{Ref Circle}", "!Ref Circle", "is known only after a deployment"),
        ("!GetAtt Orders.Arn", "{GetAtt Orders.Arn}", "!GetAtt Orders.Arn", "is known only after a deployment"),
        ("{'Fn::GetAtt': [Orders, Arn]}", "{GetAtt Orders.Arn}", "!GetAtt Orders.Arn", "is known only after a deployment"),
        ("!Sub 'a-${Orders.Arn}-${Stage}'", "a-{GetAtt Orders.Arn}-dev", "!GetAtt Orders.Arn", "is known only after a deployment"),
        ("!Ref Secret", "{Ref Secret}", "!Ref Secret", "is a parameter without a Default"),
        ("!Ref Image", "{Ref Image}", "!Ref Image", "is read from the Parameter Store at deployment"),
        ("!Ref Stagee", "{Ref Stagee}", "!Ref Stagee", "names nothing in this template"),
        ("!ImportValue shared", "{ImportValue shared}", "!ImportValue shared", "is not evaluated locally"),
        ("!If [Unknown, one, two]", "{If Unknown}", "!If Unknown", "depends on something only a deployment knows"),
        ("!If [Itself, one, two]", "{If Itself}", "!If Itself", "depends on something only a deployment knows"),
        ("!If [Nowhere, one, two]", "{If Nowhere}", "!If Nowhere", "names no condition of this template"),
        ("!FindInMap [Sizes, prod, memory]", "{FindInMap Sizes prod memory}", "!FindInMap Sizes prod memory", "is not in Mappings"),
        ("!Select [9, !Ref Zones]", "{Select}", "!Select", "picks an entry that is not there"),
        ("'{{resolve:ssm:/a}}'", "{{resolve:ssm:/a}}", "{{resolve:ssm:/a}}", "is read from AWS at deployment"),
    ],
)  # fmt: skip
def test_an_expression_that_only_a_deployment_knows_stays_a_named_placeholder(
    expression: str, value: str, named: str, reason: str
) -> None:
    resolved = intrinsics().resolve(parse_yaml(expression)[0])

    assert resolved.value == value
    assert [(part.expression, part.reason) for part in resolved.unresolved] == [(named, reason)]


def test_a_misspelt_reference_names_the_near_one() -> None:
    resolved = intrinsics().resolve(parse_yaml("!Ref Stagee")[0])

    assert resolved.unresolved[0].hint == "did you mean 'Stage'?"


def test_nested_substitutions_that_double_their_text_are_given_up() -> None:
    expression = "!Sub aaaaaaaaaa"
    for _ in range(20):
        expression = "{'Fn::Sub': ['${A}${A}', {A: " + expression + "}]}"

    resolved = intrinsics().resolve(parse_yaml(expression)[0])

    assert resolved.unresolved[0].reason == "grows to more than 100,000 characters"


def test_a_long_chain_of_conditions_is_given_up_instead_of_overflowing() -> None:
    chain = "\n".join(f"  C{number}: !Condition C{number + 1}" for number in range(5_000))
    root, _ = parse_yaml(f"Conditions:\n{chain}\n")
    assert isinstance(root, Table)

    assert Intrinsics(root, {}).holds("C0") is None
