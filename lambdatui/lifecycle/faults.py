"""Lines that the platform adds to the log for people: what AWS tells by a type only, and what to do about it."""

import re

from lambdatui.model.ids import RequestId
from lambdatui.model.records import PlatformFault


def launch_fault(extension: str, reason: str, hint: str, request_id: RequestId | None) -> PlatformFault:
    """Why an external extension could not be executed; its EXTENSION line has only the type."""
    message = f"Extension {extension} could not be started: {reason}"
    return PlatformFault(request_id=request_id, message=f"{message} ({hint})" if hint else message)


_LOOKED_THROUGH_BYTES = 64 * 1024
_NODE_PACKAGE = re.compile(rb"Cannot find (?:module|package) '(@(?:aws-sdk|smithy|aws-crypto)/[a-z0-9-]+)[^']*'")
_PYTHON_PACKAGE = re.compile(rb"No module named '(boto3|botocore|s3transfer|jmespath)['.]")


def missing_package_fault(document: bytes, request_id: RequestId | None) -> PlatformFault | None:
    """Where an error is that a package is missing which Lambda's own runtimes bring along: it would work there."""
    head = document[:_LOOKED_THROUGH_BYTES]
    if (found := _NODE_PACKAGE.search(head)) is not None:
        runtime, remedy = "Node", "npm install {} beside its code"
    elif (found := _PYTHON_PACKAGE.search(head)) is not None:
        runtime, remedy = "Python", "pip install {} into the Python that runs it"
    else:
        return None
    package = found[1].decode("ascii")
    message = f"Lambda's {runtime} runtimes have {package}, this function here does not: {remedy.format(package)}"
    return PlatformFault(request_id=request_id, message=message)
