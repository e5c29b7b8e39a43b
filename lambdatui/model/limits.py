"""The numbers Lambda itself enforces. Units stand in the names; sources: Lambda quotas page and the Runtime API."""

MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100
"""Largest buffered response the Runtime API accepts; the same constant bounds the event it hands out."""
MAX_REQUEST_BYTES = 6 * 1024 * 1024
"""Largest payload of a synchronous Invoke."""
MAX_REQUEST_HEAD_BYTES = 1024 * 1024
"""Request line and headers of a call."""
MAX_ASYNC_REQUEST_BYTES = 1024 * 1024
"""Largest payload of an asynchronous Invoke."""
MAX_CLIENT_CONTEXT_BYTES = 3583
LOG_TAIL_BYTES = 4 * 1024
"""X-Amz-Log-Result carries this much of the end of an invocation's log."""

DEFAULT_TIMEOUT_S = 3
MIN_TIMEOUT_S, MAX_TIMEOUT_S = 1, 900
DEFAULT_MEMORY_MB = 128
MIN_MEMORY_MB, MAX_MEMORY_MB = 128, 10_240
DEFAULT_EPHEMERAL_STORAGE_MB = 512
MIN_EPHEMERAL_STORAGE_MB, MAX_EPHEMERAL_STORAGE_MB = 512, 10_240
MAX_ENVIRONMENT_BYTES = 4 * 1024
MAX_FUNCTION_NAME_CHARS = 64

INIT_TIMEOUT_S = 10.0
"""On-demand init phase; longer inits are run again inside the first invoke, under the function's timeout."""
MIN_AHEAD_INIT_TIMEOUT_S, MAX_AHEAD_INIT_TIMEOUT_S = 130.0, 900.0
"""Init ahead of any invoke, for provisioned concurrency or a snapshot: the function's own timeout, within these."""
RESTORE_TIMEOUT_S = 10.0
"""Load of a snapshot and hooks after it, together."""
ACCOUNT_CONCURRENCY = 1000
ASYNC_RETRY_DELAYS_S = (60.0, 120.0)
"""Waits before the second and third attempt of an asynchronous event whose function failed."""
MAX_EVENT_AGE_S = 21_600.0
"""Six hours: Lambda's MaximumEventAgeInSeconds where none was configured."""

MIN_PROVISIONED_CONCURRENCY = 1
MIN_UNRESERVED_CONCURRENCY = 100
"""What an account keeps for functions that reserve and provision nothing."""

ACCOUNT_ID = "123456789012"
"""The account every local ARN belongs to, as in AWS's own examples."""
DEFAULT_REGION = "us-east-1"
