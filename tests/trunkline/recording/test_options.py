"""Whether a line records, and what it says of it."""

import pytest

from trunkline import Line
from trunkline.recording.options import Recording

LINE = {"name": "desk", "number": "+15550100", "greeting": "Hi.", "prompt": "Be kind."}


def test_callers_are_told_unless_a_line_says_otherwise() -> None:
    assert Recording().texts == ("This call may be recorded.",)
    assert Recording(announce="").texts == ()


def test_the_announcement_is_spoken_ahead_in_all_languages() -> None:
    both = {"en": "This call is recorded.", "es": "Esta llamada se graba."}
    line = Line(**LINE, languages=("en", "es"), recording=Recording(announce=both))  # type: ignore[arg-type]
    assert "This call is recorded." in line.prompts()
    with pytest.raises(ValueError, match=r"cannot say 'This call is recorded\.' in es"):
        Line(**LINE, languages=("en", "es"), recording=Recording(announce={"en": both["en"]}))  # type: ignore[arg-type]


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(ValueError, match="or '' for none"):
        Recording(announce="  ")
    with pytest.raises(ValueError, match="expected Recording"):
        Line(**LINE, recording=True)  # type: ignore[arg-type]
