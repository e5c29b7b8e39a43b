"""The trap: a laptop has gigabytes, this function has 128 MB.

It "reads" 300 MB. Lambda does not raise MemoryError: the kernel kills the process in the middle of a line, nothing is
logged by the function, and only REPORT tells why.
"""

MB = 1024 * 1024


def handler(event, context):
    megabytes = int(event.get("megabytes", 300))
    print(f"reading {megabytes} MB")
    content = bytearray(megabytes * MB)
    for page in range(0, len(content), 4096):
        content[page] = 1
    return {"read_mb": len(content) // MB}
