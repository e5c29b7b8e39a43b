"""Draws a small PNG in /tmp for each uploaded photo, and removes it when the photo is deleted (S3 events).

The picture is drawn from the object's name, not from its bytes, so that nothing has to be downloaded.
"""

import hashlib
import os
import struct
import tempfile
import zlib
from pathlib import Path
from urllib.parse import unquote_plus

SIZE = int(os.environ.get("THUMBNAIL_SIZE", "64"))
# /tmp on Lambda. TMPDIR moves it where an environment cannot have a /tmp of its own.
FOLDER = Path(tempfile.gettempdir()) / "thumbnails"


def lambda_handler(event, context):
    FOLDER.mkdir(exist_ok=True)
    for record in event["Records"]:
        key = unquote_plus(record["s3"]["object"]["key"])
        thumbnail = FOLDER / f"{Path(key).stem}.png"
        if record["eventName"].startswith("ObjectRemoved:"):
            thumbnail.unlink(missing_ok=True)
            print(f"{key} was deleted, so was {thumbnail}")
        else:
            thumbnail.write_bytes(draw(key, SIZE))
            print(f"{key} -> {thumbnail}, {thumbnail.stat().st_size} bytes")
    return {"thumbnails": sorted(path.name for path in FOLDER.iterdir())}


def draw(name, size):
    """A PNG of size x size pixels: a gradient whose colours depend on the name."""
    red, green, blue = hashlib.sha256(name.encode()).digest()[:3]
    rows = bytearray()
    for y in range(size):
        rows.append(0)  # each row of a PNG begins with its filter: none
        for x in range(size):
            rows += bytes(((red + 2 * x) % 256, (green + 2 * y) % 256, (blue + x + y) % 256))
    header = struct.pack("!IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )


def chunk(kind, data):
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
