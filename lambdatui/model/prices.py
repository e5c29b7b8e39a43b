"""What Lambda costs: the only place with prices.

As AWS publishes them for us-east-1 at https://aws.amazon.com/lambda/pricing/, first tier, without the free one; taken
down from what was published in 2024. Nothing here asks AWS: look there before you decide on money.
"""

X86_64 = "x86_64"
ARM64 = "arm64"
DOLLARS_PER_GB_S = {X86_64: 0.0000166667, ARM64: 0.0000133334}
DOLLARS_PER_MILLION_REQUESTS = 0.20
REGION = "us-east-1"
AS_OF = "2024"
SOURCE = "https://aws.amazon.com/lambda/pricing/"
MB_PER_GB = 1024


def dollars_per_million(billed_ms: float, memory_mb: int, architecture: str) -> float:
    """A million invokes of this duration, requests included. Raises KeyError for an architecture without a price."""
    return dollars(billed_ms / 1000 * memory_mb / MB_PER_GB, 1, architecture) * 1_000_000


def dollars(gb_s: float, requests: int, architecture: str) -> float:
    """What so many requests cost that were billed for so much in all. Raises KeyError as ``dollars_per_million``."""
    return gb_s * DOLLARS_PER_GB_S[architecture] + requests * DOLLARS_PER_MILLION_REQUESTS / 1_000_000
