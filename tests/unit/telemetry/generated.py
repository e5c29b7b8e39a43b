"""Generated records of every kind, from their type hints."""

from hypothesis import strategies as st

from lambdatui.model.records import Record
from lambdatui.telemetry.catalogue import RECORDS

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


def records() -> st.SearchStrategy[Record]:
    return st.one_of([st.from_type(kind) for kind in RECORDS])
