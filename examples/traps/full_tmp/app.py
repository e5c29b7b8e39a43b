"""The trap: /tmp is kept from one invoke to the next, and it is small.

Each invoke leaves 200 MB behind. On a laptop's disk nobody notices; here the third warm invoke fails with "No space
left on device", and so does every one after it, until the environment ends.
"""

import shutil
import uuid

MB = 1024 * 1024


def handler(event, context):
    path = f"/tmp/export-{uuid.uuid4()}.csv"
    with open(path, "wb") as export:
        for _ in range(200):
            export.write(bytes(MB))
    total, _, free = shutil.disk_usage("/tmp")
    return {"wrote": path, "free_mb": free // MB, "of_mb": total // MB}
