"""The pages of concepts: all there, in the form that readers of them know."""

import pytest

from lambdatui.concepts.pages import CONCEPTS, meant, page
from lambdatui.concepts.wrapping import wrapped


@pytest.mark.parametrize("name", CONCEPTS)
def test_page_has_a_title_and_what_to_look_at(name: str) -> None:
    shown = page(name)
    assert shown.title
    assert "## On the screen" in shown.text or name == "billing"


@pytest.mark.parametrize("name", CONCEPTS)
@pytest.mark.parametrize("width", [30, 60, 100])
def test_page_is_wrapped_without_losing_a_word(name: str, width: int) -> None:
    text = page(name).text
    lines = list(wrapped(text, width))
    assert " ".join(" ".join(lines).split()) == " ".join(text.split())
    assert max(len(line) for line in lines if not line.startswith("##")) <= max(width, longest(text))


def longest(text: str) -> int:
    return max(len(word) for word in text.split()) + 2


def test_what_is_no_concept_has_no_page() -> None:
    with pytest.raises(KeyError):
        page("../__init__")


@pytest.mark.parametrize(
    ("word", "name"),
    [("/tmp", "tmp"), ("Cold start", "cold-starts"), ("environment", "environments"), ("retry", "retries"),
     ("freezing", None), ("billing", "billing"), ("nonsense", None)],
)  # fmt: skip
def test_words_that_people_type_find_their_page(word: str, name: str | None) -> None:
    assert meant(word) == name


def test_list_items_are_indented_where_they_go_on() -> None:
    assert list(wrapped("- one two three four five\n- six", 20)) == ["- one two three four", "  five", "- six"]
