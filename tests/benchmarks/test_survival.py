"""What a caller misses is measured from what they heard."""

from benchmarks.survival import _until_new_sound

SOUND, SILENCE = b"\x10\x90", b"\xff"


def test_silence_lasts_from_the_loss_to_the_next_new_sound() -> None:
    assert _until_new_sound(SILENCE * 800 + SOUND * 400) == 800
    assert _until_new_sound(SOUND * 100 + SILENCE * 800 + SOUND * 400) == 1000


def test_a_click_is_no_sound() -> None:
    assert _until_new_sound(SILENCE * 400 + SOUND * 5 + SILENCE * 400 + SOUND * 400) == 810


def test_nothing_more_is_silence_to_the_end() -> None:
    assert _until_new_sound(SOUND * 100 + SILENCE * 300) == 500
    assert _until_new_sound(SOUND * 100) == 200
