"""Requests that wait for an answer, by the token that stands for each. The answer may come now, later or never."""

from collections.abc import Callable
from itertools import count

from lambdatui.lifecycle.inputs import Token
from lambdatui.net.request import Request


class WaitingRequests:
    """Of one environment. Requests of a dead generation are dropped as soon as one of the next generation waits."""

    def __init__(self, generation: Callable[[], int]) -> None:
        self._generation = generation
        self._generation_here = 0
        self._tokens = count(1)
        self._requests: dict[Token, Request] = {}

    def keep(self, request: Request, on_disconnect: Callable[[Request], None]) -> Token:
        """A fresh token, also in ``request.tag``. ``on_disconnect`` is called if the peer goes before its answer."""
        generation = self._generation()
        if generation != self._generation_here:
            self._forget_dead_generation(generation)
        token = Token(next(self._tokens))
        request.tag = token
        request.on_disconnect = on_disconnect
        self._requests[token] = request
        return token

    def take(self, token: Token) -> Request | None:
        """None when its generation is dead or its connection gone: then nobody is there to be answered."""
        return self._requests.pop(token, None)

    def holds(self, token: Token) -> bool:
        return token in self._requests

    def clear(self) -> None:
        self._requests.clear()

    def _forget_dead_generation(self, generation: int) -> None:
        """Its processes are gone; a half-closed connection of one would otherwise stay open for an answer."""
        self._generation_here = generation
        dead = list(self._requests.values())
        self._requests.clear()
        for request in dead:
            request.drop()
