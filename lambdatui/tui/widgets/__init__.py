"""Panes and their parts: they draw immutable views, do no I/O and know no sibling."""
