"""Arguments that several commands share, spelled and explained the same everywhere."""

from pathlib import Path

import click

PATH = click.argument("path", default=".", type=click.Path(path_type=Path))
"""A directory, a template, a lambdatui.toml or a Python file."""

PROJECT = click.option(
    "-p",
    "--project",
    "path",
    default=".",
    show_default=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The project: a directory, a template, a lambdatui.toml or a Python file.",
)

ENV_VARS = click.option(
    "--env-vars",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="JSON with environment variables, as `sam local` takes it; stronger than .env and the template.",
)

SPEED = click.option(
    "--speed",
    default=1.0,
    show_default=True,
    metavar="N",
    type=click.FloatRange(min=0, min_open=True),
    help="How fast retries' time goes: at 60 a retry after a minute comes after a second. Timeouts stay real.",
)

ISOLATION = click.option(
    "--isolation",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "plain"]),
    help="auto: namespaces where the kernel allows them. plain: ordinary processes.",
)

CONTEXT = {"help_option_names": ["-h", "--help"]}

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")
