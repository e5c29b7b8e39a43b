"""Random identifiers: each is handed out once, and looks like Lambda's."""

import re
from concurrent.futures import ThreadPoolExecutor

from lambdatui.service.identifiers import DIGITS, mint_request_id, random_digits

UUID_4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_request_id_is_a_random_uuid() -> None:
    assert all(UUID_4.fullmatch(mint_request_id()) for _ in range(200))


def test_no_digits_are_handed_out_twice_however_many_threads_ask() -> None:
    with ThreadPoolExecutor(8) as threads:
        portions = list(threads.map(lambda _: random_digits(), range(5_000)))
    assert len(set(portions)) == len(portions)
    assert {len(portion) for portion in portions} == {DIGITS}
