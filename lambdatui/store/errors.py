"""What the store tells people when the disk does not do what it must."""


class StoreError(Exception):
    """The history or the queue cannot be read or written. ``hint`` says what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message}; {hint}")
        self.message = message
        self.hint = hint


class FileUnusable(StoreError):
    """The file is damaged, or of a newer version; its owner may put it aside."""
