"""The trap: with SnapStart, init runs once, and every environment goes on from a copy of what it left.

An id, a seed or a token that was made in init is the same in all of them. What has to be unique is made in the handler,
or in a hook that runs after each restore.
"""

import random
import time
import uuid

INSTANCE = uuid.uuid4().hex[:8]


def handler(event, context):
    time.sleep(0.3)  # long enough for a second environment
    return {"instance": INSTANCE, "order number": random.randrange(1_000_000)}
