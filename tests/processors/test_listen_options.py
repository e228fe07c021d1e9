"""What is asked of Deepgram; what it would refuse is refused when the line is composed."""

import pytest

from processors.listen_options import listen_options


def test_a_phone_line() -> None:
    assert listen_options("nova-3", "en", [], 300, 1000, True, {}) == {
        "model": "nova-3",
        "language": "en",
        "encoding": "mulaw",
        "sample_rate": 8000,
        "channels": 1,
        "interim_results": True,
        "vad_events": True,
        "endpointing": 300,
        "utterance_end_ms": 1000,
        "smart_format": True,
    }


def test_the_line_has_the_last_word() -> None:
    options = listen_options(
        "nova-3", "en", ["a b", "c"], 300, 1000, True, {"endpointing": 500, "numerals": True}
    )
    assert options["keyterm"] == ["a b", "c"]
    assert options["endpointing"] == 500
    assert options["numerals"] is True


def test_what_deepgram_would_refuse() -> None:
    with pytest.raises(ValueError, match="1000 to 5000"):
        listen_options("nova-3", "en", [], 300, 900, True, {})
    with pytest.raises(ValueError, match="nova-3"):
        listen_options("nova-2", "en", ["Invisalign"], 300, 1000, True, {})
