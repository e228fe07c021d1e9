"""Who is asked to listen next."""

import asyncio

from pipecat.processors.frame_processor import FrameProcessor

from processors.circuit import Breakers
from processors.ears import ServiceEars
from processors.ears_row import EarsRow
from processors.errors import VendorRefused
from tests.calls.second_vendors import OtherSTT
from tests.processors.test_ears import _drop
from tests.processors.test_understudy import Idle


def row(*candidates: object) -> EarsRow:
    host = Idle()

    def ears_of(stage: FrameProcessor, place: int) -> ServiceEars:
        assert isinstance(stage, OtherSTT)
        ears = ServiceEars(stage, host, _drop)
        ears.name = f"vendor {place}"
        return ears

    return EarsRow(candidates, Breakers(), ears_of)  # type: ignore[arg-type]


async def test_the_first_that_is_not_known_to_be_down() -> None:
    candidates = row(OtherSTT, OtherSTT, OtherSTT)
    assert candidates.choose() == 0
    assert list(candidates.made) == [0]  # nobody else is built for it
    now = asyncio.get_running_loop().time()
    candidates.breaker(candidates.made[0]).failed(VendorRefused("vendor", "refused"), now)
    assert candidates.choose() == 1
    candidates.unable.add(1)
    assert candidates.choose() == 2
    candidates.unable.add(2)
    assert candidates.choose() == 0  # better than nobody
    candidates.unable.add(0)
    assert candidates.choose() is None


async def test_what_cannot_be_built_is_passed_over() -> None:
    def broken() -> FrameProcessor:
        raise RuntimeError("no such voice")

    assert row(broken, OtherSTT).choose() == 1


async def test_a_service_is_used_once_and_a_function_builds_another() -> None:
    given = OtherSTT()
    candidates = row(OtherSTT, given)
    first, second = candidates.candidate(0), candidates.candidate(1)
    assert candidates.drop(0) is first
    assert candidates.drop(1) is second
    again = candidates.candidate(0)
    assert again not in (None, first)
    assert candidates.candidate(1) is None
