"""A composed pipeline, looked over before the first call: what would not answer a phone is said now."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipecat.processors.aggregators.llm_response_universal import LLMUserAggregator
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.stt_service import STTService

from processors.listening_stage import ListeningStage
from processors.socket_recipe import Recipe
from processors.speaking_stage import SpeakingStage
from processors.stt_failover import STTFailover
from transports.twilio_input import TwilioInput
from transports.twilio_output import TwilioOutput
from trunkline.call import Call
from trunkline.errors import LineError
from trunkline.line import Line
from trunkline.quotas import NO_STREAMS, Streams
from trunkline.records import Facts
from trunkline.vendors import Vendors

REHEARSAL = Facts(sid="CA" + "0" * 32, caller="+15550000", called="+15550000")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a line will make of a call."""

    line: Line
    stages: tuple[str, ...]
    """Names of the stages, in order."""
    voices: tuple[str, ...]
    """Voices that speak its prompts."""
    streams: Streams = NO_STREAMS
    """That a call of it takes of Deepgram."""
    recipes: tuple[Recipe, ...] = ()
    """Of the sockets that a call of it opens."""

    def __str__(self) -> str:
        return " ─ ".join(self.stages)


def inspect(line: Line, path: Path, vendors: Vendors) -> Plan:
    """Compose a line's pipeline once, without a call, and look it over. Needs a running event loop.

    Raises:
        LineError: composing fails, or a stage is missing, doubled or out of place.
    """
    call = Call(REHEARSAL, line, vendors)
    try:
        stages = line.stages(call)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == path.resolve()]
        blamed = lines[-1] if lines else None
        raise LineError(path, str(error) or type(error).__name__, line=blamed) from error
    if wrong := _wrong(stages):
        raise LineError(path, wrong)
    streams = Streams(_count(stages, (ListeningStage, STTFailover)), _count(stages, SpeakingStage))
    return Plan(
        line, tuple(_name(stage) for stage in stages), tuple(call.voices), streams, tuple(call.recipes)
    )


def _wrong(stages: Sequence[FrameProcessor]) -> str | None:
    """What is wrong with a list of stages, as a sentence."""
    for index, stage in enumerate(stages):
        if not isinstance(stage, FrameProcessor):
            return f"stage {index + 1} is a {type(stage).__name__}; expected a frame processor"
    for kind, call in ((TwilioInput, "call.input()"), (TwilioOutput, "call.output()")):
        count = _count(stages, kind)
        if count != 1:
            return f"{count or 'no'} {call} in the pipeline; expected one"
    if not isinstance(stages[0], TwilioInput):
        return f"the pipeline begins with {_name(stages[0])}; expected call.input()"
    listens = (ListeningStage, STTService, STTFailover)
    listeners = [i for i, stage in enumerate(stages) if isinstance(stage, listens)]
    if not listeners:
        return "no speech-to-text in the pipeline; expected call.deepgram_stt() or an STT service of pipecat"
    contexts = [i for i, stage in enumerate(stages) if isinstance(stage, LLMUserAggregator)]
    if contexts and contexts[0] < listeners[0]:
        return "context.user() stands before the speech-to-text; expected it behind, where the words come out"
    return None


def _count(
    stages: Sequence[FrameProcessor], kind: type[FrameProcessor] | tuple[type[FrameProcessor], ...]
) -> int:
    return sum(isinstance(stage, kind) for stage in stages)


def _name(stage: FrameProcessor) -> str:
    return type(stage).__name__
