"""An invocation as something to type elsewhere: curl, the AWS CLI, boto3. Pure."""

import shlex
from enum import StrEnum


class Dialect(StrEnum):
    CURL = "curl"
    AWS_CLI = "AWS CLI"
    BOTO3 = "boto3"


def call_text(dialect: Dialect, url: str, function: str, payload: bytes) -> str:
    """``url`` is the engine's, ``http://HOST:PORT``."""
    event = payload.decode("utf-8", "replace")
    if dialect is Dialect.CURL:
        target = f"{url}/2015-03-31/functions/{function}/invocations"
        return f"curl -X POST {shlex.quote(target)} \\\n  --data-binary {shlex.quote(event)}\n"
    if dialect is Dialect.AWS_CLI:
        # Both versions of it read a file as it is; of what stands on its command line they think differently.
        return (
            f"printf %s {shlex.quote(event)} |\n"
            f"aws lambda invoke --no-sign-request --region us-east-1 --endpoint-url {shlex.quote(url)} \\\n"
            f"  --function-name {shlex.quote(function)} --payload fileb:///dev/stdin /dev/stdout\n"
        )
    return (
        "import boto3\n\n"
        f'lambda_ = boto3.client("lambda", endpoint_url={url!r}, region_name="us-east-1",\n'
        '                       aws_access_key_id="x", aws_secret_access_key="x")\n'
        f"answer = lambda_.invoke(FunctionName={function!r}, Payload={event!r})\n"
        'print(answer["Payload"].read())\n'
    )
