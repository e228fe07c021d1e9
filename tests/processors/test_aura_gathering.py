"""What is pushed at once while the caller waits, and gathered while there is sound to hear."""

import asyncio

from processors.aura_gathering import LONGEST_FRAME, AuraGathering
from processors.utterances import Label, Speech, Utterances

SECOND = b"s" * 8000


def playing(audio: bytes) -> tuple[Utterances, AuraGathering]:
    """One text of which this much has come, and more will."""
    utterances = Utterances()
    utterances.say("Hello.", Label())
    group = utterances.next_to_send
    assert group is not None
    group.begin(0.0)
    utterances.hear(audio)
    return utterances, AuraGathering(utterances)


def size(gathering: AuraGathering) -> int:
    taken = gathering.take()
    return len(taken.audio) if isinstance(taken, Speech) else 0


async def test_the_first_sound_is_pushed_as_it_comes() -> None:
    _, gathering = playing(b"s" * 160)
    assert size(gathering) == 160


async def test_no_frame_is_longer_than_half_a_second() -> None:
    _, gathering = playing(SECOND)
    assert size(gathering) == LONGEST_FRAME


async def test_little_sound_waits_while_the_caller_has_some_to_hear() -> None:
    utterances, gathering = playing(b"s" * 160)
    gathering.handed_on(8000)
    assert size(gathering) == 0
    utterances.hear(SECOND)
    gathering.stir_if_due()
    async with asyncio.timeout(1):
        await gathering.stirred()
    assert size(gathering) == LONGEST_FRAME


async def test_it_does_not_wait_for_longer_than_there_is_sound() -> None:
    _, gathering = playing(b"s" * 160)
    gathering.handed_on(4000)
    assert size(gathering) == 0
    began = asyncio.get_running_loop().time()
    await gathering.stirred()
    assert asyncio.get_running_loop().time() - began <= 0.5
    assert size(gathering) == 160


async def test_after_a_cut_nothing_waits() -> None:
    _, gathering = playing(b"s" * 160)
    gathering.handed_on(8000)
    gathering.cut()
    assert size(gathering) == 160
