"""Names of things as AWS writes them."""

from lambdatui.model import limits


def function_arn(name: str, qualifier: str | None = None, *, region: str = limits.DEFAULT_REGION) -> str:
    """Unqualified when ``qualifier`` is None, as ``invoked_function_arn`` is when the caller gave none."""
    arn = f"arn:aws:lambda:{region}:{limits.ACCOUNT_ID}:function:{name}"
    return arn if qualifier is None else f"{arn}:{qualifier}"


def layer_arn(name: str, version: int = 1, *, region: str = limits.DEFAULT_REGION) -> str:
    """Of a layer that lies in this project: it has one version, the one that is there."""
    return f"arn:aws:lambda:{region}:{limits.ACCOUNT_ID}:layer:{name}:{version}"
