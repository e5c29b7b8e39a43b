"""Which function a caller means: names, partial and full ARNs, and qualifiers, resolved as Lambda resolves them.

Pure: it knows the grammar and the refusals, not which functions exist.
"""

import re
from functools import lru_cache

from lambdatui.api.constraints import FUNCTION_NAME_PATTERN, MAX_QUALIFIER_CHARS, QUALIFIER_PATTERN, Violations
from lambdatui.model import limits
from lambdatui.model.arn import function_arn
from lambdatui.model.ids import LATEST, FunctionName
from lambdatui.model.value import value
from lambdatui.service.invoking import ServiceError, function_not_found

_REGION_GROUP, _ACCOUNT_GROUP, _NAME_GROUP, _QUALIFIER_GROUP = 3, 9, 11, 13


@value
class FunctionReference:
    """What a caller named. ``qualifier`` is None when neither the name nor the query gave one."""

    name: FunctionName
    qualifier: str | None


def parse_reference(name: str, qualifier: str | None, violations: Violations) -> FunctionReference:
    """The function and qualifier that ``name`` (percent-decoded) and the ``Qualifier`` parameter mean together.

    Raises ServiceError: ValidationException with everything in ``violations``, 404 for another region, 403 for another
    account, 400 where name and parameter disagree about the qualifier.
    """
    match = _matched(name) or violations.pattern("functionName", name, FUNCTION_NAME_PATTERN)
    if qualifier is not None and violations.length("qualifier", qualifier, at_least=1, at_most=MAX_QUALIFIER_CHARS):
        violations.pattern("qualifier", qualifier, QUALIFIER_PATTERN)
    violations.check()
    assert match is not None
    _refuse_other_places(match.group(_REGION_GROUP), match.group(_ACCOUNT_GROUP))
    derived: str | None = match.group(_QUALIFIER_GROUP)
    if derived is not None and qualifier is not None and derived != qualifier:
        raise ServiceError(
            "InvalidParameterValueException",
            400,
            "The derived qualifier from the function name does not match the specified qualifier.",
        )
    return FunctionReference(name=FunctionName(match.group(_NAME_GROUP)), qualifier=qualifier or derived)


@lru_cache(maxsize=256)
def _matched(name: str) -> re.Match[str] | None:
    """The pattern takes its time, and callers name the same few functions again and again."""
    return Violations().pattern("functionName", name, FUNCTION_NAME_PATTERN)


def refuse_unpublished(reference: FunctionReference) -> None:
    """Only ``$LATEST`` exists: raise AWS's 404 for every other version or alias."""
    if reference.qualifier not in (None, LATEST):
        raise function_not_found(function_arn(reference.name, reference.qualifier))


def _refuse_other_places(region: str | None, account: str | None) -> None:
    if account is not None and account.rstrip(":") != limits.ACCOUNT_ID:
        # AWS sends this refusal without any text.
        raise ServiceError("AccessDeniedException", 403, "", type_=None, message_key="Message")
    if region is not None and region.rstrip(":") != limits.DEFAULT_REGION:
        raise ServiceError(
            "ResourceNotFoundException",
            404,
            f"Functions from '{region.rstrip(':')}' are not reachable in this region ('{limits.DEFAULT_REGION}')",
            message_key="Message",
        )
