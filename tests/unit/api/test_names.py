import pytest

from lambdatui.api.constraints import FUNCTION_NAME_PATTERN, QUALIFIER_PATTERN, Violations
from lambdatui.api.names import FunctionReference, parse_reference, refuse_unpublished
from lambdatui.model.ids import LATEST, FunctionName
from lambdatui.service.invoking import ServiceError

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


def parse(name: str, qualifier: str | None = None) -> FunctionReference:
    return parse_reference(name, qualifier, Violations())


def refusal(name: str, qualifier: str | None = None) -> ServiceError:
    with pytest.raises(ServiceError) as raised:
        parse(name, qualifier)
    return raised.value


@pytest.mark.parametrize(
    ("name", "qualifier", "expected"),
    [
        ("orders", None, ("orders", None)),
        ("orders:$LATEST", None, ("orders", "$LATEST")),
        ("orders:live", None, ("orders", "live")),
        ("function:orders", None, ("orders", None)),
        ("123456789012:function:orders", None, ("orders", None)),
        ("123456789012:orders", None, ("orders", None)),
        ("us-east-1:123456789012:function:orders:7", None, ("orders", "7")),
        (f"{ARN}orders", None, ("orders", None)),
        (f"{ARN}orders:$LATEST", None, ("orders", "$LATEST")),
        (f"{ARN}orders:$LATEST", "$LATEST", ("orders", "$LATEST")),
        ("orders", "$latest", ("orders", "$latest")),
        ("orders", "$LATEST.PUBLISHED", ("orders", "$LATEST.PUBLISHED")),
        ("a" * 65, None, ("a" * 65, None)),
        ("arn:aws:lambda:us-east-1:123456789012:function", None, ("function", None)),
        ("function", None, ("function", None)),
        ("with.dot", None, ("with.dot", None)),
    ],
)
def test_accepted_spelling_names_the_function_and_qualifier(
    name: str, qualifier: str | None, expected: tuple[str, str | None]
) -> None:
    assert parse(name, qualifier) == FunctionReference(name=FunctionName(expected[0]), qualifier=expected[1])


@pytest.mark.parametrize(
    "name",
    [
        "*",
        "",
        "my-function!",
        "invalid-account:function:my-function",
        "arn:aws:lambda:invalid-region:123456789012:function:my-function",
        "arn:aws:ec2:us-east-1:123456789012:instance:i-1234567890abcdef0",
        f"{ARN}my-function:1:2",
        "function:my-function:$LATEST:extra",
        "arn:aws:lambda::123456789012:function:my-function",
        "arn:aws:lambda:us-east-1::function:my-function",
        f"{ARN}my-function:$LATES",
        "١٢٣٤٥٦٧٨٩٠١٢:function:x",
    ],
)
def test_name_off_the_pattern_is_a_validation_exception_that_prints_the_pattern(name: str) -> None:
    error = refusal(name)
    assert (error.status_code, error.name, error.type) == (400, "ValidationException", None)
    assert error.message == (
        f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {FUNCTION_NAME_PATTERN}"
    )


@pytest.mark.parametrize(
    ("qualifier", "constraint"),
    [
        ("invalid!", f"Member must satisfy regular expression pattern: {QUALIFIER_PATTERN}"),
        ("a" * 129, "Member must have length less than or equal to 128"),
        ("", "Member must have length greater than or equal to 1"),
    ],
)
def test_qualifier_off_its_constraint_is_named(qualifier: str, constraint: str) -> None:
    assert refusal("orders", qualifier).message == (
        f"1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy constraint: {constraint}"
    )


def test_two_bad_members_are_counted_and_joined() -> None:
    error = refusal("*", "a" * 129)
    assert error.message.startswith("2 validation errors detected: Value '*' at 'functionName'")
    assert "; Value 'aaa" in error.message


@pytest.mark.parametrize(("name", "qualifier"), [(f"{ARN}orders:$LATEST", "1"), ("orders:1", "2")])
def test_qualifier_of_name_and_parameter_must_agree(name: str, qualifier: str) -> None:
    error = refusal(name, qualifier)
    assert (error.status_code, error.name, error.type, error.message_key) == (
        400,
        "InvalidParameterValueException",
        "User",
        "message",
    )
    assert error.message == "The derived qualifier from the function name does not match the specified qualifier."


def test_arn_of_another_region_is_not_reachable() -> None:
    error = refusal("arn:aws:lambda:ap-southeast-1:123456789012:function:orders")
    assert (error.status_code, error.name, error.message_key) == (404, "ResourceNotFoundException", "Message")
    assert error.message == "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')"


def test_arn_of_another_account_is_denied_without_a_text() -> None:
    error = refusal("arn:aws:lambda:us-east-1:999999999999:function:orders")
    assert (error.status_code, error.name, error.message) == (403, "AccessDeniedException", "")


@pytest.mark.parametrize("qualifier", ["1221", "aliasdoesnotexist", "$latest", "$LATEST.PUBLISHED"])
def test_unpublished_version_or_alias_is_not_found_under_its_qualified_arn(qualifier: str) -> None:
    with pytest.raises(ServiceError) as raised:
        refuse_unpublished(parse("orders", qualifier))
    assert (raised.value.status_code, raised.value.message) == (404, f"Function not found: {ARN}orders:{qualifier}")


@pytest.mark.parametrize("qualifier", [None, LATEST])
def test_latest_is_the_one_version_there_is(qualifier: str | None) -> None:
    refuse_unpublished(parse("orders", qualifier))
