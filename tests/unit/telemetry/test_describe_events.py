from pathlib import Path

from lambdatui.model import records
from lambdatui.model.records import Record, UnknownRecord
from lambdatui.telemetry.catalogue import RECORDS
from lambdatui.telemetry.describe_events import describe_events

PAGE = Path(__file__).parents[3] / "docs" / "events.md"


def test_page_about_events_is_up_to_date() -> None:
    fresh = describe_events()
    remedy = "run: python -m lambdatui.telemetry.describe_events > docs/events.md"
    assert PAGE.read_text(encoding="utf-8") == fresh, remedy


def test_every_record_class_is_in_the_catalogue() -> None:
    classes = {each for each in vars(records).values() if isinstance(each, type) and issubclass(each, Record)}
    assert classes - {Record, UnknownRecord} == set(RECORDS)


def test_every_record_says_what_it_is() -> None:
    assert [record.TYPE for record in RECORDS if (record.__doc__ or "").startswith(f"{record.__name__}(")] == []
