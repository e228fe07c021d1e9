"""What goes out to the caller: how far ahead, with which marks, and nothing after a barge-in."""

import asyncio

import pytest

from tests.transports.playout import Playout
from transports.errors import PeerStalled
from transports.gain import gain
from transports.twilio_stream import DUCK, LEAD, MARK_STALL, STALL, TwilioStream

SECOND = 8000


@pytest.fixture
async def stream() -> TwilioStream:
    return TwilioStream()


def speech(seconds: float, byte: int = 0x20) -> bytes:
    return bytes([byte]) * int(seconds * SECOND)


async def test_sound_goes_out_at_once_in_messages_of_at_most_500_ms(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(1.2))
    await asyncio.sleep(0.001)
    assert [len(sent.data) for sent in carrier.media()] == [4000, 4000, 1600]
    stream.detach()


async def test_the_lead_is_bounded_and_nothing_is_lost_or_late(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(20.0))
    started = asyncio.get_running_loop().time()
    await asyncio.sleep(0.001)
    assert sum(len(sent.data) for sent in carrier.media()) <= (LEAD + 0.5) * SECOND
    await asyncio.sleep(20.0)
    assert bytes(carrier.heard) == speech(20.0)
    sent = 0
    for message in carrier.media():
        assert message.at - started <= sent / SECOND  # each was there before its turn came
        sent += len(message.data)
    stream.detach()


async def test_a_mark_follows_at_least_every_second(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(3.5))
    stream.mark()
    await asyncio.sleep(4)
    assert carrier.events().count("mark") == 4
    assert stream.playback.silent()
    stream.detach()


async def test_a_barge_in_clears_and_shuts_the_gate(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.begin("one two three four five six", append_to_context=True)
    stream.say(speech(10.0))
    await asyncio.sleep(5.0)
    before = len(carrier.media())
    stream.cut(frozenset({1, 2}))
    stream.say(speech(1.0))  # a vendor that goes on sending
    await asyncio.sleep(1.0)
    assert carrier.events()[-1] == "clear"
    assert len(carrier.media()) == before
    assert [heard.text for heard in stream.heard_at_cut()] == ["one two three"]
    stream.detach()


async def test_both_halves_of_an_interruption_are_one(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(5.0))
    await asyncio.sleep(0.5)
    stream.cut(frozenset({1, 2}))
    stream.open_gate()
    stream.say(speech(1.0, 0x30))
    stream.cut(frozenset({2, 1}))  # the other half, late
    await asyncio.sleep(0.01)
    assert carrier.events().count("clear") == 1
    assert carrier.media()[-1].data == bytes([0x30]) * 4000
    stream.detach()


async def test_a_silent_line_is_not_cleared(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(0.5))
    stream.mark()
    await asyncio.sleep(2.0)
    stream.cut(frozenset({1}))
    await asyncio.sleep(0.1)
    assert "clear" not in carrier.events()
    stream.detach()


async def test_what_is_said_before_the_caller_is_there_goes_out_when_he_is(stream: TwilioStream) -> None:
    stream.say(speech(1.0))
    await asyncio.sleep(5.0)
    carrier = Playout(stream)
    await asyncio.sleep(0.001)
    assert len(carrier.media()) == 2
    stream.detach()


async def test_a_carrier_that_stops_reading_is_noticed(stream: TwilioStream) -> None:
    failures: list[PeerStalled] = []
    stream.on_failure = failures.append
    carrier = Playout(stream)
    carrier.stalled = asyncio.Event()
    stream.say(speech(1.0))
    await asyncio.sleep(STALL + 0.1)
    assert len(failures) == 1
    assert "read nothing" in str(failures[0])
    stream.detach()


async def test_a_carrier_that_returns_no_more_marks_is_noticed(stream: TwilioStream) -> None:
    failures: list[PeerStalled] = []
    stream.on_failure = failures.append
    carrier = Playout(stream)
    stream.say(speech(30.0))
    await asyncio.sleep(2.5)
    carrier.returns_marks = False
    await asyncio.sleep(MARK_STALL + LEAD + 2)
    assert len(failures) == 1
    assert "returned no mark" in str(failures[0])
    stream.detach()


async def test_a_carrier_that_never_returns_a_mark_is_played_to_the_end(stream: TwilioStream) -> None:
    failures: list[PeerStalled] = []
    stream.on_failure = failures.append
    carrier = Playout(stream, returns_marks=False)
    stream.say(speech(30.0))
    await asyncio.sleep(31)
    assert (len(carrier.heard), failures) == (30 * SECOND, [])
    stream.detach()


async def test_clear_overtakes_what_waits_behind_a_stalled_socket(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(0.2))
    await asyncio.sleep(0.01)
    carrier.stalled = asyncio.Event()
    stream.say(speech(2.0))
    await asyncio.sleep(0.1)
    stream.cut(frozenset({1}))
    carrier.stalled.set()
    await asyncio.sleep(0.1)
    assert carrier.events()[-2:] == ["media", "clear"]  # the one message that was already in the socket
    stream.detach()


# Ducked, held back, played on.


def numbered(seconds: float) -> bytes:
    """Each 100 ms is another sound."""
    return b"".join(bytes([tenth]) * 800 for tenth in range(int(10 * seconds)))


async def playing(stream: TwilioStream, seconds: float, after: float) -> Playout:
    """A carrier that has played for a while."""
    carrier = Playout(stream)
    stream.begin("one two three four five six", append_to_context=True)
    stream.say(numbered(seconds))
    stream.mark()
    stream.playback.finish()
    await asyncio.sleep(after)
    return carrier


async def test_a_ducked_agent_goes_on_quieter_from_where_it_is(stream: TwilioStream) -> None:
    carrier = await playing(stream, 6.0, 2.0)
    stream.duck()
    await asyncio.sleep(5.0)
    assert carrier.events().count("clear") == 1
    assert carrier.played() == numbered(2.0) + numbered(6.0)[16_000:].translate(gain(DUCK))
    assert stream.playback.silent()
    stream.detach()


async def test_after_a_duck_it_is_as_loud_as_before(stream: TwilioStream) -> None:
    carrier = await playing(stream, 6.0, 2.0)
    stream.duck()
    await asyncio.sleep(1.0)
    stream.play_on()
    await asyncio.sleep(4.0)
    content = numbered(6.0)
    quiet = content[16_000:24_000].translate(gain(DUCK))
    assert carrier.played() == content[:16_000] + quiet + content[24_000:]
    stream.detach()


async def test_what_is_held_back_waits_and_goes_on_with_the_broken_word(stream: TwilioStream) -> None:
    carrier = await playing(stream, 6.0, 2.5)
    stream.hold()
    await asyncio.sleep(60.0)
    assert carrier.events()[-1] == "clear"
    assert carrier.played() == numbered(6.0)[:20_000]
    assert stream.is_playing
    stream.play_on()
    await asyncio.sleep(6.0)
    again = carrier.played()[20_000:]
    content = numbered(6.0)
    assert content.endswith(again)
    assert 28_000 <= len(again) < 28_000 + 8000
    assert not stream.is_playing
    stream.detach()


async def test_what_comes_meanwhile_is_played_behind_it(stream: TwilioStream) -> None:
    carrier = await playing(stream, 2.0, 1.5)
    stream.hold()
    stream.say(speech(1.0, 0x63))
    await asyncio.sleep(1.0)
    assert stream.left(asyncio.get_running_loop().time()) == pytest.approx(1.5, abs=0.01)
    stream.play_on()
    await asyncio.sleep(5.0)
    assert carrier.played().endswith(numbered(2.0)[12_000:] + speech(1.0, 0x63))
    stream.detach()


async def test_nothing_is_ducked_or_held_back_while_nothing_is_played(stream: TwilioStream) -> None:
    carrier = await playing(stream, 1.0, 2.0)
    for order in (stream.duck, stream.hold, stream.play_on):
        order()
        await asyncio.sleep(0.1)
    assert "clear" not in carrier.events()
    stream.say(speech(1.0, 0x63))
    await asyncio.sleep(2.0)
    assert carrier.played() == numbered(1.0) + speech(1.0, 0x63)
    stream.detach()


async def test_twice_is_once(stream: TwilioStream) -> None:
    carrier = await playing(stream, 6.0, 2.0)
    stream.duck()
    stream.duck()
    await asyncio.sleep(0.3)
    stream.hold()
    stream.hold()
    stream.duck()
    await asyncio.sleep(0.3)
    stream.play_on()
    stream.play_on()
    await asyncio.sleep(6.0)
    assert carrier.events().count("clear") == 2
    assert numbered(6.0).endswith(carrier.played()[int(2.3 * SECOND) :])
    stream.detach()


@pytest.mark.parametrize("pause", [0.0, 0.005, 0.1, 0.3])
async def test_held_back_again_and_again_it_creeps_neither_back_nor_forth(
    stream: TwilioStream, pause: float
) -> None:
    carrier = await playing(stream, 6.0, 2.5)
    for _ in range(4):
        stream.hold()
        await asyncio.sleep(pause)
        stream.play_on()
        await asyncio.sleep(pause)
    await asyncio.sleep(6.0)
    heard, content = carrier.played(), numbered(6.0)
    assert [tenth for tenth in range(60) if bytes([tenth]) * 800 not in heard] == []
    # Each time the word is heard from its beginning, and never the one before it.
    assert len(heard) <= len(content) + 4 * 8000
    assert heard.endswith(content[int(2.6 * SECOND) :])
    assert stream.playback.silent()
    stream.detach()


async def test_right_at_the_last_mark_there_is_nothing_to_hold_back(stream: TwilioStream) -> None:
    carrier = Playout(stream, latency=0.05)
    stream.say(speech(1.0))
    stream.mark()
    await asyncio.sleep(1.001)  # played, and the mark is on its way
    stream.hold()
    await asyncio.sleep(0.1)
    assert stream.playback.silent()
    assert carrier.events() == ["media", "media", "mark"]
    stream.detach()


async def test_a_barge_in_out_of_a_hold_forgets_it(stream: TwilioStream) -> None:
    carrier = await playing(stream, 6.0, 3.0)
    stream.hold()
    await asyncio.sleep(1.0)
    stream.cut(frozenset({1}))
    assert [heard.text for heard in stream.heard_at_cut()] == ["one two three"]
    stream.open_gate()
    stream.say(speech(0.5, 0x63))
    stream.mark()
    await asyncio.sleep(1.0)
    assert carrier.events().count("clear") == 1
    assert carrier.played()[24_000:] == speech(0.5, 0x63)
    assert stream.playback.silent()
    stream.detach()


async def test_a_barge_in_out_of_a_duck_clears_and_the_next_reply_is_loud(stream: TwilioStream) -> None:
    carrier = await playing(stream, 6.0, 2.0)
    stream.duck()
    await asyncio.sleep(1.0)
    stream.cut(frozenset({1}))
    assert [heard.text for heard in stream.heard_at_cut()] == ["one two three"]
    stream.open_gate()
    stream.say(speech(0.5, 0x63))
    await asyncio.sleep(1.0)
    assert carrier.events().count("clear") == 2
    assert carrier.played()[24_000:] == speech(0.5, 0x63)
    stream.detach()


async def test_when_the_stream_is_lost_the_next_one_can_go_on_with_the_broken_word(
    stream: TwilioStream,
) -> None:
    before = await playing(stream, 6.0, 2.0)
    stream.detach()
    await asyncio.sleep(3.0)
    after = Playout(stream)
    await asyncio.sleep(1.0)
    assert after.events() == []
    stream.play_on()
    await asyncio.sleep(6.0)
    heard = len(after.played())
    assert 32_000 <= heard < 40_000
    assert after.played() == numbered(6.0)[-heard:]
    assert before.played()[:16_000] == numbered(6.0)[:16_000]
    assert stream.playback.silent()
    stream.detach()


async def test_a_hold_outlasts_the_stream(stream: TwilioStream) -> None:
    await playing(stream, 6.0, 2.0)
    stream.hold()
    await asyncio.sleep(0.1)
    stream.detach()
    after = Playout(stream)
    await asyncio.sleep(1.0)
    assert after.events() == []
    stream.play_on()
    await asyncio.sleep(5.0)
    assert numbered(6.0).endswith(after.played())
    assert len(after.played()) >= 32_000
    stream.detach()


async def test_the_marks_of_before_a_hold_prove_nothing_when_they_come_back(stream: TwilioStream) -> None:
    carrier = await playing(stream, 6.0, 1.5)
    sent = [item.name for item in carrier.log if item.event == "mark"]
    stream.hold()
    await asyncio.sleep(0.2)
    for name in sent:
        stream.marked(name)
    stream.play_on()
    await asyncio.sleep(0.5)
    for name in sent:
        stream.marked(name)
    assert stream.playback.proven <= 1.5 * SECOND
    await asyncio.sleep(5.0)
    assert stream.playback.silent()
    stream.detach()


async def test_a_long_hold_is_no_stalled_carrier(stream: TwilioStream) -> None:
    failures: list[PeerStalled] = []
    stream.on_failure = failures.append
    carrier = await playing(stream, 6.0, 2.0)
    stream.hold()
    carrier.returns_marks = True
    await asyncio.sleep(10 * MARK_STALL)
    stream.play_on()
    await asyncio.sleep(6.0)
    assert failures == []
    assert stream.playback.silent()
    stream.detach()


async def test_another_background_is_heard_at_once_and_the_former_is_taken_back(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    for background in (speech(1.0, 0x31), speech(1.0, 0x32), None):
        stream.lay(background)
        await asyncio.sleep(3)
    await asyncio.sleep(0.1)
    heard = bytes(carrier.heard)
    assert carrier.events().count("clear") == 2
    assert heard.count(b"\x31") == pytest.approx(3 * SECOND, abs=200)
    assert heard.count(b"\x32") == pytest.approx(3 * SECOND, abs=200)
    stream.say(speech(0.5))
    await asyncio.sleep(1)
    assert bytes(carrier.heard).endswith(speech(0.5))
    stream.detach()
