"""Decisions: state machines that take inputs and return effects. No clock, no ids, no I/O."""
