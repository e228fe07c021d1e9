"""Tools by which the model decides what is recorded."""

from pathlib import Path

from tests.trunkline.office import bare_line, facts, no_vendors
from trunkline.call import Call
from trunkline.recording.options import Recording
from trunkline.recording.tools import pause_recording, resume_recording, stop_recording


async def test_they_say_what_came_of_them(tmp_path: Path) -> None:
    vendors = no_vendors()
    call = Call(facts(), bare_line(recording=Recording(announce="")), vendors)
    call.recorder.stream_began(_Commands())
    assert "paused" in await pause_recording(call)
    assert call.recorder.state()["silent"] == ["lost"]  # so another process would find it
    assert "again" in await resume_recording(call)
    assert call.recorder.state()["silent"] == []
    assert "deleted" in await stop_recording(call)
    assert call.recorder.state()["gone"]
    call.recorder.stream_ended()
    await vendors.close()


class _Commands:
    """A carrier that is told nothing."""

    def media(self, mulaw: bytes) -> str:
        return ""

    def mark(self, name: str) -> str:
        return ""

    def clear(self) -> str:
        return ""
