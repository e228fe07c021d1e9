"""Words are as long as they are spoken, not as they are written."""

import pytest

from transports.spoken_length import spoken_length


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [
        ("extraordinary", "strengths"),
        ("banana", "through"),
        ("$85", "price"),
        ("10:30", "hello"),
        ("555-0149", "appointments"),
        ("1,250", "100"),
        ("48213", "482"),
        ("0149", "149"),
        ("$129.99", "$130"),
        ("ATM", "cat"),
        ("WWW", "ATM"),
        ("24th,", "and"),
        ("teléfono", "tarde"),
        ("Öffnungszeiten", "offen"),
        ("aujourd'hui", "jour"),
        ("appuntamento", "qui"),
        ("afspraak", "de"),
    ],
)
def test_the_longer_one(longer: str, shorter: str) -> None:
    assert spoken_length(longer) > 1.2 * spoken_length(shorter)


@pytest.mark.parametrize(
    ("word", "seconds"),
    # As a neural voice says them, in a sentence.
    [
        ("appointment", 0.51),
        ("the", 0.13),
        ("482", 1.11),
        ("10:30,", 0.6),
        ("$75", 1.1),
        ("1-800-555-0199", 4.1),
    ],
)
def test_about_how_long(word: str, seconds: float) -> None:
    assert spoken_length(word) == pytest.approx(seconds, rel=0.3)


@pytest.mark.parametrize("sign", ["-", "—", "...", '"', "*"])
def test_punctuation_alone_takes_no_time(sign: str) -> None:
    assert spoken_length(sign) == 0
    assert spoken_length(f"{sign}word") == spoken_length("word")


@pytest.mark.parametrize("number", ["1.2.3.4", "12/31/2026", "1,,2", "3:00", "00:00", "1-2", "٣", "9" * 40])
def test_any_number_takes_some_time(number: str) -> None:
    assert 0 < spoken_length(number) < 30
