"""An external extension that somebody else publishes, unmodified: Sentry's, out of its npm package."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from lambdatui.model.records import InitReport, PlatformExtension
from tests.support.running import running, write_project

PACKAGE = "@sentry/aws-serverless@10.75.2"
HANDLER = """
import urllib.request

def handler(event, context):
    # The extension is a tunnel: it must be listening in the same network, thawed with us.
    asked = urllib.request.Request("http://127.0.0.1:9000/envelope", method="OPTIONS")
    try:
        return urllib.request.urlopen(asked, timeout=5).status
    except urllib.error.HTTPError as refused:
        return refused.code
"""


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As Sentry's build lays it out."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("the extension is a Node program from npm: neither is complete here")
    place = tmp_path_factory.mktemp("sentry")
    packed = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=place, capture_output=True, timeout=120, check=False
    )
    if packed.returncode != 0:
        pytest.skip(f"{PACKAGE} cannot be fetched: {packed.stderr.decode()[-200:]}")
    (archive,) = place.glob("*.tgz")
    with tarfile.open(archive) as content:
        content.extractall(place, filter="data")
    built = place / "package" / "build" / "lambda-extension"
    layer = place / "layer"
    (layer / "extensions").mkdir(parents=True)
    (layer / "sentry-extension").mkdir()
    shutil.copy(built / "sentry-extension", layer / "extensions")
    shutil.copy(built / "index.mjs", layer / "sentry-extension")
    for program in (layer / "extensions" / "sentry-extension", layer / "sentry-extension" / "index.mjs"):
        program.chmod(0o755)
    return layer


async def test_published_extension_registers_follows_every_invoke_and_ends(layer: Path, tmp_path: Path) -> None:
    settings = {"f": f'timeout = 20\nmemory_size = 512\nlayers = ["{layer}"]'}
    async with running(write_project(tmp_path, {"f": HANDLER}, settings)) as run:
        answers = [await run.result("f") for _ in range(3)]
        extensions = run.records(PlatformExtension)
        inits = run.records(InitReport)
    assert answers == [answers[0]] * 3
    assert isinstance(answers[0], int)
    assert [(each.name, each.state, each.events) for each in extensions] == [
        ("sentry-extension", "Ready", ("INVOKE", "SHUTDOWN"))
    ]
    assert [each.status for each in inits] == ["success"]
