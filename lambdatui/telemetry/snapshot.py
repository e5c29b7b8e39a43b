"""Views as JSON and back: the picture a viewer starts from, before it follows the stream from ``views.seq``."""

import json
from typing import cast

from lambdatui.model.views import Views
from lambdatui.telemetry.json_codec import DecodeError, decoder, encoder


class SnapshotError(ValueError):
    """A document that is no picture of an engine; the message says where it goes wrong."""


def encode_views(views: Views) -> str:
    return encoder(Views)(views)


def decode_views(document: str | bytes) -> Views:
    """Raises SnapshotError for anything but a snapshot that this version understands."""
    try:
        return cast("Views", decoder(Views)(json.loads(document)))
    except DecodeError as error:
        raise SnapshotError(f"this engine's snapshot cannot be read: {error}") from None
    except ValueError as error:
        raise SnapshotError(f"the snapshot is not JSON: {error}") from None
