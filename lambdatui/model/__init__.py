"""Words: the frozen dataclasses, enums and constants everything else talks in. No I/O, no clock, no ids minted here."""
