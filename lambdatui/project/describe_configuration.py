"""The keys of ``lambdatui.toml`` as a page for people; docs/configuration.md is this text, and a test keeps it so."""

from collections.abc import Iterable, Iterator, Mapping

from lambdatui.project.schema import FUNCTION_KEYS, LAYERS_KEY, LOGGING_KEYS, PROJECT_KEYS, Key

_HEAD = """\
# Configuration

Made from the schema in `lambdatui/project/`; do not edit. `make docs` writes it anew.

lambdatui reads what is there already: a SAM or CloudFormation template, `samconfig.toml`, `.env`, or nothing but
Python files with handlers in them. `lambdatui.toml` in the project's directory is for what these do not say. It may
hold whole functions, and values that are stronger than the template's for functions that the template has:

```toml
[project]
name = "shop"

[functions.Orders]
timeout = 30
layers = ["layers/common", "arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"]

[functions.Orders.environment]
TABLE = "orders-local"

[functions.Orders.logging_config]
log_format = "JSON"

[layers]
"arn:aws:lambda:eu-west-1:123456789012:layer:tools:3" = "build/tools.zip"
```

Of the same value the strongest counts, strongest first:

1. a file given with `--env-vars` (environment variables only)
2. `.env` (environment variables only)
3. `lambdatui.toml`
4. `--parameter-overrides`, where the template uses its parameters
5. `parameter_overrides` in `samconfig.toml`, environment `default`, in the same places
6. the function in the template, then `Globals` of the template
7. what Lambda does where nothing is said

`lambdatui ls --json` says of every value where it comes from. Everything wrong in these files is told with file, line
and key; a function that Lambda would refuse is left out, and the others run.
"""

_TAIL = """\
## What is read of a template

SAM and CloudFormation, YAML and JSON: the properties named above, `Globals`, `Parameters` with their constraints,
`Mappings`, `Conditions`, the intrinsic functions whose values do not need a deployment, layers of the same template,
and templates nested by a local `Location` or `TemplateURL`. `samconfig.toml` says which template
(`template_file`) where none is given on the command line. A value that only a deployment knows stays in the text as a
placeholder, such as `{GetAtt Table.Arn}`, and is told as a warning.
"""


def markdown() -> str:
    return "\n".join(
        (
            _HEAD,
            *_section("`[project]`", "", PROJECT_KEYS),
            *_section(
                "`[functions.NAME]`",
                "NAME is the name or the logical id of a function of the template, or a new one.",
                FUNCTION_KEYS,
            ),
            *_section("`[functions.NAME.logging_config]`", "", LOGGING_KEYS),
            *_section("`[layers]`", "", {"ARN or name": LAYERS_KEY}),
            _TAIL,
        )
    )


def _section(title: str, about: str, keys: Mapping[str, Key]) -> Iterator[str]:
    yield f"## {title}\n"
    if about:
        yield f"{about}\n"
    yield _row(("key", "value", "default", "in a template", "meaning"))
    yield _row("---" for _ in range(5))
    for name, key in keys.items():
        yield _row((f"`{name}`" if " " not in name else name, key.kind, key.default, key.template, key.meaning))
    yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - the page is this program's output
