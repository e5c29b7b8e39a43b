"""The trap: what a module does when it is imported runs in the init phase, which may take 10 s.

A model is loaded, a table is read, a connection waits. After 10 s Lambda stops it and begins again inside the invoke,
where it has the function's timeout, 3 s here. On a laptop it was only slow.
"""

import time

print("loading the model")
time.sleep(12)
print("the model is loaded")


def handler(event, context):
    return {"answer": 42}
