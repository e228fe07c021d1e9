"""Who speaks in which language."""

from processors.language_voices import LanguageVoices
from processors.language_wording import wording

PROMPTS = {"thalia": {"Hello.": b"\x01"}, "celeste": {"Hola.": b"\x02"}}


def test_the_voice_its_prompts_and_its_words_follow_the_language() -> None:
    voices = LanguageVoices({"en": "thalia", "es-419": "celeste"}, PROMPTS.__getitem__)
    hello = wording({"en": "Hello.", "es": "Hola."})
    assert (voices.voice, voices.prompts[voices.words(hello)]) == ("thalia", b"\x01")
    voices.turn_to("es")
    assert (voices.voice, voices.prompts[voices.words(hello)]) == ("celeste", b"\x02")


def test_a_language_without_a_voice_changes_nothing() -> None:
    voices = LanguageVoices({"en": "thalia"}, PROMPTS.__getitem__)
    voices.turn_to("fr")
    assert voices.voice == "thalia"


def test_one_voice_alone_speaks_whatever_comes() -> None:
    prompts = {"Hello.": b"\x01"}
    voices = LanguageVoices.alone("thalia", prompts)
    voices.turn_to("es")
    assert (voices.voice, voices.prompts, voices.words("Hello.")) == ("thalia", prompts, "Hello.")
    assert LanguageVoices.alone("thalia", None).prompts == {}


def test_a_voice_stands_in_for_the_one_of_its_language() -> None:
    others = LanguageVoices({"en": "thalia", "es": "diana", "de": "viktoria"}, lambda _: {})
    own = LanguageVoices({"en": "apollo", "es": "celeste"}, lambda _: {})
    assert own.in_place_of(others) == {"thalia": "apollo", "diana": "celeste", "viktoria": "apollo"}
    alone = LanguageVoices.alone("zeus", None)
    assert alone.in_place_of(others) == dict.fromkeys(("thalia", "diana", "viktoria"), "zeus")
