"""The functions that are measured; the same source runs on every side."""

TRIVIAL = """
def handler(event, context):
    return {"ok": True}
"""

HUNDRED_LINES = """
def handler(event, context):
    for n in range(100):
        print("line", n, "of the handler's output, about as long as log lines usually are")
    return {"ok": True}
"""

ECHO = """
def handler(event, context):
    return event
"""

SLEEPER = """
import time

def handler(event, context):
    time.sleep(1.5)
    return {"ok": True}
"""

PROJECT_FILE = """
[functions.trivial]
handler = "app.handler"
code_uri = "trivial"
runtime = "python{minor}"

[functions.lines]
handler = "app.handler"
code_uri = "lines"
runtime = "python{minor}"

[functions.sleeper]
handler = "app.handler"
code_uri = "sleeper"
runtime = "python{minor}"
timeout = 30

[functions.echo]
handler = "app.handler"
code_uri = "echo"
runtime = "python{minor}"
memory_size = 512
timeout = 30
"""
