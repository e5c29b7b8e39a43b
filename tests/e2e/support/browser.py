"""Headless Chromium, driven over a pipe by its DevTools protocol: no driver to install, no port to open."""

import json
import os
import select
import shlex
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT_S = 40.0
PROGRAM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
          "--disable-background-networking", "--disable-dev-shm-usage", "--remote-debugging-pipe",
          "--window-size=1400,900")  # fmt: skip

Document = dict[str, object]


class Browser:
    """One page. ``received`` is all text that came through the page's WebSockets so far."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._buffer = b""
        self._last = 0
        self._session: str | None = None
        self.received = ""

    def open(self, url: str) -> None:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = str(self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=url)

    def evaluate(self, script: str) -> object:
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"]
        assert isinstance(result, dict)
        return result.get("value")

    def wait_until(self, script: str) -> None:
        """Until an expression of the page is true."""
        deadline = time.monotonic() + LIMIT_S
        while self.evaluate(script) is not True:
            assert time.monotonic() < deadline, f"not {script} within {LIMIT_S} s"

    def press(self, letter: str) -> None:
        code = {
            "key": letter,
            "text": letter,
            "code": f"Key{letter.upper()}",
            "windowsVirtualKeyCode": ord(letter.upper()),
        }
        self.call("Input.dispatchKeyEvent", type="keyDown", **code)
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def wait_for(self, text: str) -> None:
        """Until the page's socket has received ``text``."""
        deadline = time.monotonic() + LIMIT_S
        while text not in self.received:
            self._take(deadline, f"{text!r} in {self.received[-2000:]!r}")

    def picture(self, path: Path) -> None:
        path.write_bytes(b64decode(str(self.call("Page.captureScreenshot")["data"])))

    def call(self, method: str, **parameters: object) -> Document:
        self._last += 1
        asked: Document = {"id": self._last, "method": method, "params": parameters}
        if self._session is not None:
            asked["sessionId"] = self._session
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        deadline = time.monotonic() + LIMIT_S
        while (said := self._take(deadline, method)).get("id") != self._last:
            pass
        assert "error" not in said, said
        result = said["result"]
        assert isinstance(result, dict)
        return result

    def _take(self, deadline: float, what: str) -> Document:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._back], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"the browser has not come to {what} within {LIMIT_S} s"
            read = os.read(self._back, 1 << 20)
            assert read, "the browser has ended"
            self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\0")
        said: Document = json.loads(line)
        if said.get("method") == "Network.webSocketFrameReceived":
            self._received(said)
        return said

    def _received(self, said: Document) -> None:
        frame = said["params"]["response"]  # type: ignore[index]  # the protocol's own shape
        data = frame["payloadData"]
        self.received += data if frame["opcode"] == 1 else b64decode(data).decode("utf-8", "replace")


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    assert PROGRAM is not None
    commands, to = os.pipe()
    back, answers = os.pipe()
    line = shlex.join([PROGRAM, *_FLAGS, f"--user-data-dir={profile}"]) + f" 3<&{commands} 4>&{answers}"
    process = subprocess.Popen(
        ["bash", "-c", f"exec {line}"],
        pass_fds=(commands, answers),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(profile)},
    )
    os.close(commands)
    os.close(answers)
    try:
        yield Browser(to, back)
    finally:
        os.close(to)
        os.close(back)
        process.kill()
        process.wait()
