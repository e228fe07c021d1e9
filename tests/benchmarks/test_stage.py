"""A dialogue with a line of Trunkline's in this process, on virtual time."""

from pathlib import Path

import pytest

from benchmarks.belief import believed
from benchmarks.dialogue.moves import Dialogue, Into, Meanwhile, Pause, Say
from benchmarks.lines.conversation import NUMBERS, POLICIES, line
from benchmarks.panel import floor, silence, turns
from benchmarks.panel.marks import Kind
from benchmarks.performance import Theatre
from benchmarks.stage import Stage, Take
from benchmarks.waterfall import differences
from trunkline.loader import Loaded
from trunkline.sandbox.chat_request import ChatRequest
from trunkline.server.service import Service


async def play(theatre: Theatre, policy: str, store: Path, *moves: Say | Into | Meanwhile) -> Take:
    """One call to the line with that policy."""
    file = Loaded(Path("conversation.py"), line(policy, POLICIES[policy]))
    async with theatre.world, Service(theatre.world.settings(store), [file]) as service:
        await service.vendors.prompts.ready()
        url = f"{service.url}/twilio/voice"
        phone = await theatre.world.carrier.call(url, to=NUMBERS[policy])
        return await Stage(phone, Dialogue("test", moves)).play()


@pytest.mark.parametrize("policy", POLICIES)
async def test_a_call_is_played_and_scored(tmp_path: Path, policy: str) -> None:
    theatre = Theatre()
    take = await play(
        theatre,
        policy,
        tmp_path / "calls.db",
        Say("yes please"),
        Meanwhile(Kind.NOISE, "keyboard"),
        Say("Hello, what are your opening hours on Saturday?"),
        Into(Kind.INTERRUPTION, "can I speak to a person", 1.5),
    )
    recording = take.recording
    assert take.failures == ()
    assert len(take.said) == len(take.heard)
    assert [mark.kind for mark in take.marks] == [Kind.TURN, Kind.NOISE, Kind.TURN, Kind.INTERRUPTION]
    latencies = [latency for latency in turns.responses(recording) if latency is not None]
    assert len(latencies) == 3
    assert all(0.3 <= latency < 0.5 for latency in latencies)
    (yielded,) = floor.yields(recording)
    assert yielded is not None
    assert 0.05 < yielded < 0.6
    assert floor.ignored(recording, Kind.NOISE) == [True]
    assert turns.talked_over(recording) == [False, False, False]
    assert silence.dead_air(recording) == 0
    (off,) = theatre.errors(take)
    assert off <= 2
    waterfalls = differences(tmp_path / "calls.db", [take])
    assert len(waterfalls) == 3
    assert all(difference is not None and abs(difference) <= 5 for difference in waterfalls)


async def test_a_backchannel_is_made_while_the_agent_talks_and_a_pause_inside_a_turn(tmp_path: Path) -> None:
    moves = (
        Say("Hello, what are your opening hours on Saturday?"),
        Into(Kind.BACKCHANNEL, "mhm", 1.0),
        Say("my number is five five five zero one four nine", (Pause("five five five", 0.6),)),
    )
    take = await play(Theatre(), "words(1)", tmp_path / "calls.db", *moves)
    recording = take.recording
    assert floor.ignored(recording, Kind.BACKCHANNEL) == [True]
    assert len(turns.cut_off(recording)) == 1
    (_, backchannel), *_ = recording.of_kind(Kind.BACKCHANNEL)
    talking = recording.agent.at(backchannel.start)
    assert talking is not None
    assert 1.0 <= backchannel.start - talking.start < 1.2


async def test_an_agent_that_should_talk_and_does_not_is_prompted(tmp_path: Path) -> None:
    moves = (Meanwhile(Kind.NOISE, "keyboard"), Into(Kind.BACKCHANNEL, "mhm", 1.0))
    take = await play(Theatre(), "vad", tmp_path / "calls.db", *moves)
    assert [mark.kind for mark in take.marks] == [Kind.NOISE, Kind.PROMPT, Kind.BACKCHANNEL]


async def test_a_call_that_no_line_takes_fails(tmp_path: Path) -> None:
    theatre = Theatre()
    async with theatre.world:
        phone = await theatre.world.carrier.call("http://127.0.0.1:9/twilio/voice", to="+15550100")
        take = await Stage(phone, Dialogue("test", (Say("yes please"),))).play()
    assert take.failures == ("carrier warns 11205",)


def test_belief_is_what_the_agent_said_between_the_callers_last_two_words() -> None:
    said = [("system", "s"), ("user", "a"), ("assistant", "One, two."), ("user", "b")]
    earlier = [
        ("assistant", "Hello."),
        *said[1:],
        ("assistant", "Three"),
        ("assistant", "four."),
        ("user", "c"),
    ]

    def request(parts: list[tuple[str, str]]) -> ChatRequest:
        return ChatRequest("m", tuple({"role": role, "content": content} for role, content in parts))

    assert believed(request(said)) == ["one", "two"]
    assert believed(request(earlier)) == ["three", "four"]
    assert believed(request(said[:2])) == []
    assert believed(request([*said, ("user", "c")])) == []
