"""What Deepgram hears and speaks."""

import pytest

from processors import language_support as support


def test_a_language_has_no_region() -> None:
    assert [support.base(tag) for tag in ("es", "es-419", "pt_BR", "EN")] == ["es", "es", "pt", "en"]


def test_ten_languages_are_heard_together() -> None:
    assert support.are_heard_together(["en-US", "es", "hi"])
    assert not support.are_heard_together(["en", "pl"])


def test_some_voices_speak_two_languages() -> None:
    assert support.spoken_by("aura-2-thalia-en") == ("en",)
    assert support.spoken_by("aura-2-selena-es") == ("es", "en")
    assert support.spoken_by("aura-asteria-en") == ("en",)


def test_one_voice_may_do_for_all_languages_or_each_has_its_own() -> None:
    assert support.voices_of("aura-2-selena-es", ["en-US", "es"]) == {
        "en": "aura-2-selena-es",
        "es": "aura-2-selena-es",
    }
    each = {"en": "aura-2-thalia-en", "es-419": "aura-2-celeste-es"}
    assert support.voices_of(each, ["es", "en"]) == {"es": "aura-2-celeste-es", "en": "aura-2-thalia-en"}


@pytest.mark.parametrize(
    ("voice", "languages", "problem"),
    [
        ("thalia", ["en"], "unknown voice 'thalia'"),
        ("aura-2-thalia-en", ["en", "es"], "does not speak 'es', such as 'aura-2-<name>-es'"),
        ({"en": "aura-2-thalia-en"}, ["en", "es"], "no voice for 'es'"),
        ({"en": "aura-2-celeste-es"}, ["en"], "'aura-2-celeste-es' does not speak 'en'"),
        ({"pl": "aura-2-jan-pl"}, ["pl"], "Aura speaks en, es, de, fr, nl, it, ja: take another"),
    ],
)
def test_a_language_without_a_voice_is_refused(
    voice: str | dict[str, str], languages: list[str], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        support.voices_of(voice, languages)


def test_the_model_is_told_by_name() -> None:
    assert support.switched_to("es")["content"].startswith("The call is in Spanish now.")
    assert "'pl'" in support.switched_to("pl")["content"]
