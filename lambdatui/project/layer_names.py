"""What a layer version may be called: by its ARN, by its ARN without the version, by its name alone."""

import re

_ARN = re.compile(r"(arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:([a-zA-Z0-9_-]+))(:\d+)?\Z")


def layer_names(arn: str) -> tuple[str, ...]:
    """Most exact first; of what is no layer's ARN, only itself."""
    found = _ARN.match(arn)
    if found is None:
        return (arn,)
    return tuple(dict.fromkeys((arn, found[1], found[2])))


def is_layer_arn(text: str) -> bool:
    return _ARN.match(text) is not None
