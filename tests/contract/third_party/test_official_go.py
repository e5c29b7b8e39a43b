"""A compiled function with AWS's own Go library, unmodified: handlers, errors, panics, streams, and its extension."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lambdatui.model.records import PlatformExtension, Report
from lambdatui.project.load import load_project
from tests.support.running import Running, running

LIBRARY = "github.com/aws/aws-lambda-go"
VERSION = "v1.49.0"
CHECKOUT = "LAMBDATUI_AWS_LAMBDA_GO"
"""Names a checkout of the library, where Go's module proxy cannot be reached."""
SOURCE = """\
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type Order struct{ Do string }

func handle(ctx context.Context, order Order) (any, error) {
	switch order.Do {
	case "fail":
		return nil, errors.New("nothing left")
	case "panic":
		panic("on purpose")
	case "stream":
		return io.Reader(strings.NewReader("piece by piece")), nil
	}
	about, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	left := time.Until(deadline)
	return map[string]any{
		"request": about.AwsRequestID,
		"arn":     about.InvokedFunctionArn,
		"memory":  lambdacontext.MemoryLimitInMB,
		"in time": left > time.Second && left <= 5*time.Second,
	}, nil
}

func main() {
	lambda.StartWithOptions(handle, lambda.WithEnableSIGTERM(func() { log.Print("SIGTERM came") }))
}
"""
PROJECT = """\
[functions.golang]
handler = "bootstrap"
runtime = "provided.al2023"
code_uri = "code"
timeout = 5
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("go") is None:
        pytest.skip("there is no Go toolchain")
    place = tmp_path_factory.mktemp("go")
    (place / "main.go").write_text(SOURCE)
    (place / "go.mod").write_text(f"module function\n\ngo 1.18\n\nrequire {LIBRARY} {VERSION}\n")
    if checkout := os.environ.get(CHECKOUT):
        _go(place, "mod", "edit", "-replace", f"{LIBRARY}={checkout}")
    elif (fetched := _go(place, "get", f"{LIBRARY}@{VERSION}")).returncode != 0:
        pytest.skip(f"{LIBRARY} cannot be fetched: {fetched.stderr[-200:]}; {CHECKOUT} may name a checkout of it")
    built = _go(place, "build", "-o", "bootstrap", ".")
    assert built.returncode == 0, built.stderr
    return place / "bootstrap"


def _go(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod -trimpath"}
    return subprocess.run(
        ["go", *arguments], cwd=place, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
async def run(program: Path, tmp_path: Path) -> AsyncIterator[Running]:
    (tmp_path / "code").mkdir()
    shutil.copy2(program, tmp_path / "code")
    (tmp_path / "lambdatui.toml").write_text(PROJECT)
    async with running(tmp_path, project=load_project(tmp_path)) as run:
        yield run


async def test_a_go_handler_sees_its_context(run: Running) -> None:
    outcome = await run.result("golang")
    assert isinstance(outcome, dict)
    assert outcome.pop("request")
    assert outcome == {
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:golang",
        "memory": 128,
        "in time": True,
    }


async def test_an_error_of_a_go_handler_is_a_document_and_keeps_the_environment(run: Running) -> None:
    answers = [await run.result("golang", {"Do": "fail"}) for _ in range(2)]
    await run.until(Report, lambda report: report.metrics.init_duration_ms is None)  # it follows the answer
    assert answers == [{"errorMessage": "nothing left", "errorType": "errorString"}] * 2
    assert [report.metrics.init_duration_ms is None for report in run.records(Report)] == [False, True]


async def test_a_panic_is_told_with_its_stack_and_ends_the_runtime(run: Running) -> None:
    answer = await run.result("golang", {"Do": "panic"})
    report = await run.until(Report)
    assert isinstance(answer, dict)
    assert (answer["errorMessage"], answer["errorType"]) == ("on purpose", "string")
    assert any(frame["label"] == "handle" for frame in answer["stackTrace"])
    assert report.error_type == "Runtime.ExitError"


async def test_a_reader_is_streamed(run: Running) -> None:
    outcome = await run.invoke("golang", {"Do": "stream"})
    assert outcome.result is not None
    assert outcome.result.payload == b"piece by piece"


async def test_its_sigterm_option_registers_an_internal_extension(run: Running) -> None:
    await run.result("golang")
    assert [(each.name, each.state, each.events) for each in run.records(PlatformExtension)] == [
        ("GoLangEnableSIGTERM", "Ready", ())
    ]
