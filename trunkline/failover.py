"""Several vendors for one stage: by the kind of the first, the stage that stands in for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from processors import tools
from processors.aura_tts import AuraTTS
from processors.listening_stage import ListeningStage
from processors.standin import Candidate

if TYPE_CHECKING:
    from trunkline.call_stages import CallStages


def failover(call: CallStages, first: Candidate, others: tuple[Candidate, ...]) -> FrameProcessor:
    """The stage.

    Args:
        call: whose stage it is.
        first: who is asked as long as it works.
        others: who are asked when it does not, in this order.

    Raises:
        ValueError: there is nothing to fail over to, or the first is no service.
    """
    if not others:
        raise ValueError("call.failover(...) has one service; expected a second to fail over to")
    lead = first if isinstance(first, FrameProcessor) else first()
    # Each kind on its own: a call pays only for those that its line has.
    if isinstance(lead, LLMService):
        from processors.llm_failover import LLMFailover

        return LLMFailover(
            lead,
            *others,
            breakers=call.breakers,
            moved=lambda to: call.failed_over("llm", to),
            prepare=lambda llm: tools.register(llm, call.line.tools, call, call.deeds),
        )
    if isinstance(lead, STTService | ListeningStage):
        from processors.stt_failover import STTFailover

        ears = STTFailover(
            lead, *others, breakers=call.breakers, moved=lambda to: call.failed_over("stt", to)
        )
        ears.on_trouble = call.deafness.changed
        return ears
    if isinstance(lead, TTSService | AuraTTS):
        from processors.tts_failover import TTSFailover

        return TTSFailover(
            lead, *others, breakers=call.breakers, moved=lambda to: call.failed_over("tts", to)
        )
    kind = type(lead).__name__
    raise ValueError(f"call.failover({kind}, ...): expected a speech-to-text, language or voice service")
