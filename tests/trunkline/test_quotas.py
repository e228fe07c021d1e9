"""Streams are counted, and a call is refused only for want of what it needs."""

import pytest

from trunkline.quotas import UNLIMITED, Quota, Streams

TALK = Streams(1, 1)


def test_streams_add_up() -> None:
    assert TALK * 3 + Streams(stt=1) == Streams(4, 3)


@pytest.mark.parametrize(
    ("quota", "used", "more", "lacking"),
    [
        (UNLIMITED, TALK * 999, TALK, None),
        (Quota(stt=2), TALK, TALK, None),
        (Quota(stt=2), TALK * 2, TALK, "stt"),
        (Quota(tts=2), TALK * 2, TALK, "tts"),
        (Quota(stt=2, tts=1), TALK, Streams(stt=1), None),
        (Quota(stt=3), Streams(2), Streams(stt=2), "stt"),
        (Quota(stt=1, tts=1), TALK * 5, Streams(), None),
    ],
)
def test_a_quota_says_what_is_lacking(
    quota: Quota, used: Streams, more: Streams, lacking: str | None
) -> None:
    assert quota.lacks(used, more) == lacking
