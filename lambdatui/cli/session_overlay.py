"""The project as a running engine has it: read from the files, and over it what the session changed."""

from dataclasses import replace

from lambdatui.model.function import Function, Project, Source
from lambdatui.model.settings import variable_name
from lambdatui.service import rendezvous


def over(project: Project) -> Project:
    """Unchanged where no engine of the project runs. Raises CommandFailed."""
    running = rendezvous.find(project.root)
    if running is None:
        return project
    import asyncio  # all of this only where an engine runs

    from lambdatui.cli.client_errors import failed
    from lambdatui.client import ClientError

    try:
        live = asyncio.run(_functions(running))
    except ClientError as error:
        raise failed(error) from error
    known = {function.name: function for function in live.functions}
    return replace(project, functions=tuple(_over(each, known.get(each.name)) for each in project.functions))


async def _functions(running: rendezvous.Rendezvous) -> Project:
    from lambdatui.client import EngineClient

    async with EngineClient.at(running) as client:
        return await client.functions()


def _over(function: Function, live: Function | None) -> Function:
    """Secrets that the session set stay hidden: the engine tells them nobody."""
    if live is None:
        return function
    changed = {key: origin for key, origin in live.origins.items() if origin.source is Source.SESSION}
    if not changed:
        return function
    variables = {name for key in changed if (name := variable_name(key))}
    kept = {name: text for name, text in function.environment.items() if name not in variables}
    fields = {key: getattr(live, key) for key in changed if variable_name(key) is None}
    return replace(
        function,
        **fields,
        environment=kept | {name: live.environment[name] for name in variables if name in live.environment},
        origins={**function.origins, **changed},
    )
