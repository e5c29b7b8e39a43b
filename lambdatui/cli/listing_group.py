"""A command with commands of its own, which lists when none is named: its options are those of ``ls``."""

import click


class ListingGroup(click.Group):
    """``history -n 5 --json`` is ``history ls -n 5 --json``; ``history --help`` explains the group."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else "-"
        if first.startswith("-") and first not in ctx.help_option_names:
            args = ["ls", *args]
        return super().parse_args(ctx, args)
