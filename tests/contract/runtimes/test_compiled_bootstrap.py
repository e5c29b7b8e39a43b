"""A custom runtime that was compiled: its bootstrap is a program of the machine's, not of any interpreter."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.running import running

GO = """
package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	base := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		next, err := http.Get(base + "next")
		if err != nil {
			panic(err)
		}
		event, _ := io.ReadAll(next.Body)
		fmt.Println("from Go:", len(os.Args), os.Getenv("_HANDLER"), os.Getenv("AWS_EXECUTION_ENV"))
		url := base + next.Header.Get("Lambda-Runtime-Aws-Request-Id") + "/response"
		if _, err := http.Post(url, "application/json", bytes.NewReader(event)); err != nil {
			panic(err)
		}
	}
}
"""
PROJECT = '[functions.compiled]\nhandler = "hello.world"\ncode_uri = "code"\nruntime = "provided.al2023"\n'


@pytest.mark.skipif(shutil.which("go") is None, reason="needs the Go toolchain")
@pytest.mark.timeout(240)
async def test_compiled_go_bootstrap_serves_cold_and_warm(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "main.go").write_text(GO)
    command = ["go", "build", "-o", "code/bootstrap", "main.go"]
    subprocess.run(command, cwd=tmp_path, check=True)  # noqa: ASYNC221 - nothing else runs yet
    (tmp_path / "lambdatui.toml").write_text(PROJECT)
    async with running(tmp_path) as run:
        assert await run.result("compiled", {"n": 1}) == {"n": 1}
        log = await run.tail("compiled", {"n": 2})
    assert "from Go: 1 hello.world \n" in log
    assert "Init Duration" not in log
