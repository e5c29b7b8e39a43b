"""The trap: a global lives as long as the process, and a timeout ends the process, but not the environment.

What was kept in a global is gone after the next timeout, crash or reset; what was written to /tmp is still there,
perhaps half finished, and meets a process that knows nothing of it.
"""

import time
from pathlib import Path

visits = 0
TALLY = Path("/tmp/visits")


def handler(event, context):
    global visits
    visits += 1
    on_disk = int(TALLY.read_text()) + 1 if TALLY.exists() else 1
    TALLY.write_text(str(on_disk))
    if event.get("hang"):
        time.sleep(60)
    return {"visits in memory": visits, "visits in /tmp": on_disk}
