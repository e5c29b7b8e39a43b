"""What a runtime sees: the Runtime API, version 2018-06-01. Turns requests into inputs and commands into answers."""
