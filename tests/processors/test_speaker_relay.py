"""One speaker after the other: who is asked, when, and what for."""

import asyncio

from processors.circuit import Breakers, State
from processors.errors import VendorError, VendorRefused, VendorUnavailable
from processors.speaker_relay import Candidate, Failed, SpeakerRelay
from processors.utterances import Hold, Label, Utterances

DOWN = VendorRefused("vendor", "refused")


class Fake:
    """A speaker that notes what it is told."""

    def __init__(self, failed: Failed) -> None:
        self.failed = failed
        self.is_active = True
        self.is_ready = False
        self.did: list[str] = []

    def open(self) -> None:
        self.did.append("open")

    def begin(self) -> None:
        self.did.append("begin")

    def prepare(self, voice: str, language: str = "") -> None:
        self.did.append(f"prepare {voice} {language}")

    def pump(self) -> None:
        self.did.append("pump")

    def interrupt(self) -> None:
        self.did.append("interrupt")

    def withdraw(self, hold: Hold) -> None:
        self.did.append("withdraw")

    def rest(self) -> None:
        self.is_active = False
        self.did.append("rest")

    async def close(self) -> None:
        self.did.append("close")


class Row:
    """Some of them, and a relay."""

    def __init__(self, *returns: bool) -> None:
        self.breakers = Breakers()
        self.made: list[Fake] = []
        self.places: list[int] = []
        self.moves: list[str] = []
        self.failures: list[VendorError] = []
        self.utterances = Utterances()
        makers = [self._maker(place, may_return) for place, may_return in enumerate(returns)]
        self.relay = SpeakerRelay(
            self.utterances, makers, self.failures.append, lambda to: self.moves.append(to.name)
        )

    def _maker(self, place: int, returns: bool):  # type: ignore[no-untyped-def]
        def make(failed: Failed) -> Candidate:
            self.made.append(Fake(failed))
            self.places.append(place)
            return Candidate(str(place), self.breakers.of(str(place)), self.made[-1], returns)

        return make

    def heard(self) -> None:
        self.utterances.say("text", Label())
        group = self.utterances.next_to_send
        assert group is not None
        group.begin(0.0)
        self.utterances.hear(b"sound")
        self.relay.heard()
        self.utterances.complete(group)


async def test_nobody_is_made_before_it_is_needed() -> None:
    row = Row(True, False)
    row.relay.open()
    row.relay.pump()
    assert row.places == [0]
    row.made[0].failed(DOWN)
    assert row.places == [0, 1]
    assert row.moves == ["1"]
    assert row.made[0].did[-1] == "rest"
    assert row.made[1].did == ["open", "pump"]
    row.relay.interrupt()
    assert row.made[1].did[-1] == "interrupt"
    assert row.breakers.of("0").state is State.OPEN


async def test_the_one_who_takes_over_is_told_the_language() -> None:
    row = Row(True, False)
    row.relay.open()
    row.relay.prepare("voice", "es")
    row.made[0].failed(DOWN)
    assert row.made[1].did == ["prepare voice es", "open", "pump"]


async def test_the_first_is_back_at_a_beginning_once_it_is_ready() -> None:
    row = Row(True, False)
    row.relay.open()
    row.made[0].failed(DOWN)
    row.heard()
    row.relay.begin()
    assert row.moves == ["1"]
    await asyncio.sleep(16)
    row.relay.begin()  # its breaker lets it try
    assert row.made[0].did[-1] == "open"
    row.relay.begin()
    assert row.moves == ["1"]
    row.made[0].is_ready = True
    row.relay.begin()
    assert row.moves == ["1", "0"]
    row.heard()
    assert row.breakers.of("0").state is State.CLOSED
    await row.relay.close()
    assert row.made[1].did[-1] == "close"


async def test_a_trial_that_fails_changes_nothing() -> None:
    row = Row(True, False)
    row.relay.open()
    row.made[0].failed(DOWN)
    row.heard()
    await asyncio.sleep(16)
    row.relay.begin()
    row.made[0].failed(DOWN)
    assert row.moves == ["1"]
    assert row.breakers.of("0").state is State.OPEN
    await row.relay.close()


async def test_a_trial_that_is_broken_off_leaves_it_to_another_call() -> None:
    row = Row(True, False)
    row.relay.open()
    row.made[0].failed(DOWN)
    row.heard()
    await asyncio.sleep(16)
    row.relay.begin()
    await row.relay.close()
    assert row.breakers.of("0").allows(asyncio.get_running_loop().time())


async def test_a_call_begins_with_whoever_is_not_known_to_be_down() -> None:
    row = Row(True, True, True)
    now = asyncio.get_running_loop().time()
    for name in "01":
        row.breakers.of(name).failed(DOWN, now)
    row.relay.open()
    assert row.moves == ["2"]
    assert [fake.did for fake in row.made[:2]] == [[], []]


async def test_when_all_have_failed_it_is_said_once_with_the_last_reason() -> None:
    row = Row(True, True)
    row.relay.open()
    last = VendorUnavailable("vendor", "is away")
    row.made[0].failed(DOWN)
    row.made[1].failed(last)
    assert row.failures == [last]


async def test_who_was_heard_may_fail_and_the_first_is_asked_again() -> None:
    row = Row(True, True)
    row.relay.open()
    row.made[0].failed(DOWN)
    row.heard()
    row.made[1].failed(VendorUnavailable("vendor", "is away"))
    assert row.moves == ["1", "0"]
    assert row.failures == []
