"""What was not said is said with the last words."""

from processors.aura_tts import AuraTTS
from processors.deepgram import Deepgram
from tests.processors.test_understudy import Idle
from trunkline.last_words import LONGEST, unsaid_by, with_unsaid
from trunkline.life import Outcome

LOST = Outcome("failed", "no voice", "I am sorry.")


async def test_the_rest_of_the_reply_comes_first() -> None:
    deepgram = Deepgram("key")
    voice = AuraTTS(deepgram)
    assert with_unsaid(LOST, voice).last_words == "I am sorry."
    voice._unsaid += ["It is", "eighty five dollars."]
    assert with_unsaid(LOST, voice).last_words == "It is eighty five dollars. I am sorry."
    voice._unsaid.append("x" * 5000)
    cut = with_unsaid(LOST, voice).last_words
    assert len(cut) <= LONGEST + 1
    assert cut.endswith(" I am sorry.")
    await deepgram.close()


async def test_the_voice_among_the_stages_tells_what_it_could_not_say() -> None:
    deepgram = Deepgram("key")
    voice = AuraTTS(deepgram)
    assert unsaid_by([Idle(), voice]) == ""
    voice._unsaid += ["It is", "eighty five dollars."]
    assert unsaid_by([Idle(), voice]) == "It is eighty five dollars."
    assert unsaid_by([Idle()]) is None
    await deepgram.close()


def test_another_stage_has_nothing_unsaid() -> None:
    assert with_unsaid(LOST, Idle()) == LOST
