"""When we drive a machine wrongly. A peer's wrong move is data, never one of these."""


class IllegalTransition(Exception):
    """A bug in lambdatui: an input that cannot happen in this state."""
