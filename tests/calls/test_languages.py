"""A caller goes over to another language: who listens, thinks and speaks follows, and nothing is lost."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from pipecat.processors.frame_processor import FrameProcessor

from processors.language_wording import Wording
from processors.sentence_splitter import SentenceSplitter
from processors.turn_end import flux
from processors.vad import VAD
from tests.calls.town import BOOK, NUMBER, QUESTION, Town, hears, said, town
from trunkline.call import Call
from trunkline.line import Line
from trunkline.resuming.resume import Resume
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.listen_faults import ListenFault
from trunkline.sandbox.telephone.phone import Phone

HELLO, HOLA = "Harbour Dental.", "Clínica Harbour."
APOLOGY, PERDON = "We have a problem.", "Tenemos un problema."
RESUMED, SIGA = "Please go on.", "Siga, por favor."
SPANISH = "Dinner will be ready in ten minutes."
"""Stands for a sentence in Spanish; the recordings speak English."""
SHORT = "I see"
"""Stands for two words of Spanish."""
ENGLISH_VOICE, SPANISH_VOICE = "aura-2-thalia-en", "aura-2-celeste-es"
RULES = (
    Rule("close today", "We close at six."),
    Rule("dinner", "Cerramos a las seis."),
    Rule("i see", "Good."),
    Rule("hello", None, ("speak", {"language": "es"})),
    Rule("answer in Spanish", "Buenos días."),
)


async def speak(call: Call, language: str) -> str:
    """Go on in another language."""
    await call.speak_language(language)
    return f"Speaking {call.language}."


@pytest.fixture(autouse=True)
def accents(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (SPANISH, SHORT):
        monkeypatch.setitem(BOOK.languages, text, "es")


def line(
    *,
    voice: str | Mapping[str, str] = MappingProxyType({"en": ENGLISH_VOICE, "es": SPANISH_VOICE}),
    listen: Mapping[str, Any] = MappingProxyType({}),
    **values: Any,
) -> Line:
    made = Line(
        **{
            "name": "desk",
            "number": NUMBER,
            "greeting": {"en": HELLO, "es": HOLA},
            "apology": {"en": APOLOGY, "es": PERDON},
            "resume": Resume(Wording({"en": RESUMED, "es": SIGA}), going_on=""),
            "prompt": "Be kind.",
            "languages": ("en", "es"),
            "tools": [speak],
            **values,
        }
    )

    @made.answer
    def compose(call: Call) -> list[FrameProcessor]:
        context = call.context()
        return [
            call.input(),
            VAD(),
            call.deepgram_stt(**listen),
            context.user(),
            call.openai(),
            SentenceSplitter(),
            call.aura_tts(voice=voice),
            call.output(),
            context.assistant(),
        ]

    return made


def voices(place: Town) -> list[tuple[str, str]]:
    """What was said by whom, on sockets."""
    return [(r.text, r.model) for r in place.world.deepgram.speak.spoken if r.type == "Speak"]


def told(place: Town) -> list[str]:
    """What the model was told of languages, in its last request."""
    contents = [str(message.get("content")) for message in place.messages()]
    return [content for content in contents if content.startswith("The call is in")]


def asked_for(place: Town) -> list[dict[str, str]]:
    return [dict(upgrade.query) for upgrade in place.world.deepgram.listen.requests]


async def leave(phone: Phone) -> None:
    await phone.hang_up()
    await phone.ended()


async def test_the_next_reply_is_in_the_caller_s_language_and_voice(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, HELLO)
        await phone.say(said(QUESTION))
        await hears(phone, "We close at six.")
        assert told(place) == []
        await phone.say(said(SPANISH))
        await hears(phone, "Cerramos a las seis.")
        assert voices(place) == [("We close at six.", ENGLISH_VOICE), ("Cerramos a las seis.", SPANISH_VOICE)]
        assert told(place) == ["The call is in Spanish now. From here on, answer in Spanish."]
        assert [query["language"] for query in asked_for(place)] == ["multi"]
        await phone.say(said(SPANISH))
        await hears(phone, "Cerramos a las seis.Cerramos a las seis.")
        assert len(told(place)) == 1
        await phone.say(said(QUESTION))
        await hears(phone, "seis.We close at six.")
        assert voices(place)[-1] == ("We close at six.", ENGLISH_VOICE)
        assert [text.split()[4] for text in told(place)] == ["Spanish", "English"]
        await leave(phone)


async def test_a_word_or_two_is_no_switch_but_two_such_answers_are(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, HELLO)
        await phone.say(said(SHORT))
        await hears(phone, "Good.")
        assert voices(place) == [("Good.", ENGLISH_VOICE)]
        await phone.say(said(SHORT))
        await hears(phone, "Good.Good.")
        assert voices(place)[-1] == ("Good.", SPANISH_VOICE)
        await leave(phone)


async def test_a_tool_switches_and_what_was_being_said_is_said_to_its_end(tmp_path: Path) -> None:
    announced = "One moment, I will go on in Spanish for you."
    rules = (Rule("hello", announced, ("speak", {"language": "es"})), *RULES)
    async with town(tmp_path, line(), rules=rules) as place:
        phone = await place.call()
        await hears(phone, HELLO)
        await phone.say(said("hello"))
        await hears(phone, f"{announced}Buenos días.")
        assert voices(place)[-1] == ("Buenos días.", SPANISH_VOICE)
        assert {voice for text, voice in voices(place) if text in announced} == {ENGLISH_VOICE}
        await leave(phone)


async def test_a_voice_of_two_languages_goes_on_on_its_socket(tmp_path: Path) -> None:
    async with town(tmp_path, line(voice="aura-2-selena-es"), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, HELLO)
        before = place.world.deepgram.speak.connections
        await phone.say(said(SPANISH))
        await hears(phone, "Cerramos a las seis.")
        assert place.world.deepgram.speak.connections == before
        await leave(phone)


async def test_the_greeting_is_in_the_first_language_and_what_is_said_later_in_the_one_of_the_call(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, line(languages=("es", "en")), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, HOLA)
        await phone.say(said(QUESTION))
        await hears(phone, "We close at six.")
        place.world.deepgram.listen.fault = ListenFault(refuse=401)
        await place.world.deepgram.listen.drop()
        await hears(phone, APOLOGY)
        assert APOLOGY not in [text for text, _ in voices(place)]  # it was synthesised ahead
        await phone.ended()


async def test_languages_heard_one_at_a_time_are_switched_in_mid_sentence_without_losing_a_byte(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, line(listen={"language": "en"}), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, HELLO)
        speaking = phone.say(said(SPANISH))
        await asyncio.sleep(0.8)
        await place.service.switchboard.calls[phone.sid].call.speak_language("es")
        await speaking
        await hears(phone, "Cerramos a las seis.")
        assert [query["language"] for query in asked_for(place)] == ["en", "es"]
        first, second = place.world.deepgram.listen.connections
        assert said(SPANISH)[:4000] in first.audio
        assert said(SPANISH) not in first.audio
        assert said(SPANISH) in second.audio
        assert voices(place) == [("Cerramos a las seis.", SPANISH_VOICE)]
        await leave(phone)


async def test_flux_is_told_which_languages_to_expect(tmp_path: Path) -> None:
    async with town(tmp_path, line(turn_end=flux()), rules=RULES) as place:
        place.world.deepgram.flux.languages = lambda text: ["es"] if "dinner" in text.lower() else ["en"]
        phone = await place.call()
        await hears(phone, HELLO)
        (query,) = (upgrade.query for upgrade in place.world.deepgram.flux.requests)
        assert dict(query)["model"] == "flux-general-multi"
        assert [value for name, value in query if name == "language_hint"] == ["en", "es"]
        await phone.say(said(SPANISH))
        await hears(phone, "Cerramos a las seis.")
        assert voices(place) == [("Cerramos a las seis.", SPANISH_VOICE)]
        assert len(told(place)) == 1
        await leave(phone)


async def test_a_caller_who_interrupts_in_another_language_is_answered_in_it(tmp_path: Path) -> None:
    long = "We are open from Monday to Thursday from eight to six, and on Friday from eight to two."
    async with town(tmp_path, line(), rules=(Rule("close today", long), *RULES)) as place:
        phone = await place.call()
        await hears(phone, HELLO)
        await phone.say(said(QUESTION))
        await hears(phone, long[:15])
        await phone.say(said(SPANISH))
        await hears(phone, "Cerramos a las seis.")
        await asyncio.sleep(1)
        assert voices(place)[-1] == ("Cerramos a las seis.", SPANISH_VOICE)
        await leave(phone)
