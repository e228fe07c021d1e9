"""A line: a phone number, and the pipeline that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from processors.barge_in import BargeIn, words
from processors.language_wording import languages_missing, wording
from processors.tool_options import options_of
from processors.turn_end import NAMES as TURN_ENDS
from processors.turn_end import TurnEnd, endpointing
from trunkline import e164
from trunkline.costs.budget import Budget
from trunkline.fallback import NAMES as FALLBACKS
from trunkline.fallback import Fallback
from trunkline.idle import Idle
from trunkline.late import Late
from trunkline.outbound.manners import Outbound, check_manners
from trunkline.overflow import NAMES, DialOverflow, SayAndHangUp, WhenFull, overflow_number
from trunkline.recording.options import Recording
from trunkline.redaction.privacy import DEFAULT as PRIVACY
from trunkline.redaction.privacy import Privacy
from trunkline.resuming.resume import Resume
from trunkline.spoken import Spoken
from trunkline.transfers.tool import NAME as TRANSFER_TOOL
from trunkline.transfers.tool import transfer_tool
from trunkline.transfers.transfer import Transfer, Transfers, transfers_of

if TYPE_CHECKING:
    from pipecat.processors.frame_processor import FrameProcessor

    from transports.ambience import Ambience, ComfortNoise
    from trunkline.call import Call
    from trunkline.outbound.dialler import Dialled

    Stages: TypeAlias = list[FrameProcessor]
else:
    Stages = list  # importing a line must not import pipecat
"""The stages of a pipeline, in the order in which frames travel."""

Compose = Callable[["Call"], Sequence["FrameProcessor"]]
"""What ``@line.answer`` decorates: builds the stages of one call, in the order in which frames travel."""

Tool = Callable[..., Any]
"""A function that the model may call; its docstring and annotations are the model's manual."""


TAG = re.compile(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")
"""A language's tag, roughly BCP 47."""


@dataclass(kw_only=True)
class Line:
    """What depends on the line, and on nothing else: read once, used for every call.

    Raises:
        ValueError: a value that no phone line can have; says which and what was expected.
    """

    name: str
    """Short and unique: shown in lists, logs and file names."""
    number: str
    """The number that callers dial, in E.164 (``+15550100``)."""
    greeting: Spoken = Spoken()
    """The first words on the line; synthesised ahead, so they are heard at once. Each text that a line says
    word for word may be given per language: ``{"en": "Hello.", "es": "Hola."}``."""
    prompt: str | Callable[[], str]
    """What the model is told to be and to do; a function is asked at each call, say for today's date."""
    tools: Sequence[Tool] = ()
    language: str = "en"
    """BCP 47 tag of the language that is spoken; of several, the first."""
    languages: Sequence[str] = ()
    """Where callers may speak several: all of them, the one of the greeting first."""
    apology: Spoken = Spoken("I am sorry, we have a technical problem. Please call again in a few minutes.")
    """The last words when a vendor fails for good."""
    resume: Resume = field(default_factory=Resume)
    """What is said when a lost stream is back, and how often a call is saved."""
    fallback: Fallback | None = None
    """When nothing can go on with a call: one of :mod:`trunkline.fallback`; None for the apology."""
    barge_in: BargeIn = field(default=words(1))
    """When a caller who speaks while the agent speaks interrupts it: :mod:`processors.barge_in`."""
    turn_end: TurnEnd = field(default=endpointing())
    """What decides that the caller has done: :mod:`processors.turn_end`."""
    max_seconds: float = 3600.0
    """How long a call may last; then it is ended as soon as nobody is in the middle of a sentence."""
    warn_seconds: float | None = 60.0
    """How long before that the caller is warned; None for not at all, as on a line of calls shorter still."""
    warning: Spoken = Spoken("Just so you know: we have one minute left on this call.")
    time_up: Spoken = Spoken("I am sorry, we have run out of time for this call. Goodbye!")
    """The last words of a call that has lasted as long as it may."""
    drain_seconds: float = 600.0
    """How long a call may still take when the server is told to stop; then another server goes on with it."""
    recording: Recording | None = None
    """Whether calls are kept as sound, and what callers are told of it; None for not at all."""
    idle: Idle | None = None
    """What is said into a caller's silence, and when the call is given up; None for waiting on."""
    ambience: Ambience | ComfortNoise | None = None
    """What is heard of the agent's room, also under its voice; None for a dead line between replies."""
    fillers: Sequence[str] = ()
    """Said in turn when a tool takes long, such as "Let me check that for you."; none for silence."""
    filler_after: float = 1.5
    """Seconds of silence, while a tool runs, before a filler."""
    late: Late | None = field(default_factory=Late)
    """What is said when a reply is late, or nobody hears what the caller says; None for silence."""
    max_calls: int | None = None
    """Calls at once on this line; None for as many as the process takes."""
    stt_streams: int | None = None
    """Listening streams of Deepgram that this line's calls may use at once; None for any number."""
    tts_streams: int | None = None
    """Speaking streams, likewise."""
    when_full: WhenFull = field(default_factory=SayAndHangUp)
    """What a caller hears for whom there is no room: one of :mod:`trunkline.overflow`."""
    transfers: Transfers | Mapping[str, Transfer] | None = None
    """To whom the model may put callers through, by name: gives it the tool ``transfer_call``."""
    outbound: Outbound | None = None
    """How the line calls people; None for the usual manners."""
    privacy: Privacy = PRIVACY
    """What is not kept of what is said, and how long the rest is."""
    budget: Budget | None = None
    """What a call, and a day, may cost; None for whatever they do."""
    compose: Compose | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a line needs a name, found an empty one")
        e164.check(self.number)
        self._settle_languages()
        self._settle_transfers()
        check_manners(self.name, self.outbound)
        for what, text in (("greeting", self.greeting), ("prompt", self.instructions())):
            if not text.strip():
                raise ValueError(f"line {self.name!r} needs a {what}, found an empty one")
        self._check_limits()
        self._check_manners()
        self._check_last_resorts()
        self._check_recording()
        self._check_wordings()

    def _settle_languages(self) -> None:
        if isinstance(self.languages, str):
            raise ValueError(f"line {self.name!r} has languages={self.languages!r}; expected a tuple of tags")
        given = tuple(self.languages) or (self.language,)
        if self.language not in ("en", *given):
            raise ValueError(f"line {self.name!r} has language={self.language!r}, which is not in {given!r}")
        for tag in given:
            if not TAG.match(tag):
                raise ValueError(f"line {self.name!r} speaks {tag!r}; expected a tag such as 'en' or 'pt-BR'")
        self.language, self.languages = given[0], given
        if not isinstance(self.fillers, str):
            self.fillers = tuple(wording(text) for text in self.fillers)

    def _settle_transfers(self) -> None:
        self.transfers = transfers = transfers_of(self.transfers)
        if transfers is not None:
            transfers.check(self.name, self.number)
            if TRANSFER_TOOL not in [tool.__name__ for tool in self.tools]:
                self.tools = (*self.tools, transfer_tool(transfers))

    def _check_wordings(self) -> None:
        for text in self.prompts():
            if missing := languages_missing(text, tuple(self.languages)):
                raise ValueError(
                    f"line {self.name!r} cannot say {text!r} in {', '.join(missing)}; add it in that language"
                )

    def _check_manners(self) -> None:
        if not isinstance(self.barge_in, BargeIn):
            names = "words(n), vad, never or first_sentence_protected"
            raise ValueError(f"line {self.name!r} has barge_in={self.barge_in!r}; expected {names}")
        if not isinstance(self.turn_end, TurnEnd):
            raise ValueError(f"line {self.name!r} has turn_end={self.turn_end!r}; expected {TURN_ENDS}")
        for what, manner in (("idle", Idle), ("late", Late)):
            if not isinstance(value := getattr(self, what), manner | None):
                expected = f"{manner.__name__}(...) or None"
                raise ValueError(f"line {self.name!r} has {what}={value!r}; expected {expected}")
        if isinstance(self.fillers, str) or not all(text.strip() for text in self.fillers):
            raise ValueError(f"line {self.name!r} has fillers={self.fillers!r}; expected a tuple of texts")
        if self.ambience is not None:
            self._check_ambience(self.ambience)
        if not self.filler_after > 0:
            raise ValueError(f"line {self.name!r} has filler_after={self.filler_after}; expected more than 0")
        for what in ("max_seconds", "warn_seconds", "drain_seconds"):
            value = getattr(self, what)
            if value is not None and not value > 0:
                raise ValueError(f"line {self.name!r} has {what}={value}; expected seconds, more than 0")

    def _check_recording(self) -> None:
        if self.recording is not None and not isinstance(self.recording, Recording):
            raise ValueError(f"line {self.name!r} has recording={self.recording!r}; expected Recording(...)")

    def _check_last_resorts(self) -> None:
        for what, kind in (("resume", Resume), ("fallback", Fallback | None)):
            if not isinstance(value := getattr(self, what), kind):
                expected = "Resume(...)" if kind is Resume else FALLBACKS
                raise ValueError(f"line {self.name!r} has {what}={value!r}; expected {expected}")
        if isinstance(self.fallback, DialOverflow) and self.fallback.number == self.number:
            raise ValueError(f"line {self.name!r} falls back on itself")

    def _check_ambience(self, ambience: object) -> None:
        from transports.ambience import Ambience, ComfortNoise  # imports numpy, which few lines need

        if not isinstance(ambience, (Ambience, ComfortNoise)):
            expected = "comfort_noise(level_dbfs=-60), Ambience(path) or None"
            raise ValueError(f"line {self.name!r} has ambience={ambience!r}; expected {expected}")
        ambience.loop()

    def _check_limits(self) -> None:
        for what, kind in (("privacy", Privacy), ("budget", Budget | None)):
            if not isinstance(value := getattr(self, what), kind):
                raise ValueError(f"line {self.name!r} has {what}={value!r}; expected {what.title()}(...)")
        for what in ("max_calls", "stt_streams", "tts_streams"):
            value = getattr(self, what)
            if value is not None and value < 1:
                raise ValueError(f"line {self.name!r} has {what}={value}; expected 1 or more, or None")
        if not isinstance(self.when_full, WhenFull):
            raise ValueError(f"line {self.name!r} has when_full={self.when_full!r}; expected one of {NAMES}")
        overflow = overflow_number(self.when_full)
        if overflow is not None and overflow.number == self.number:
            raise ValueError(f"line {self.name!r} puts callers through to itself when it is full")

    def instructions(self) -> str:
        """The prompt of a call that begins now."""
        return self.prompt if isinstance(self.prompt, str) else self.prompt()

    @property
    def warns(self) -> bool:
        """Whether callers are warned before their time is up."""
        return self.warn_seconds is not None and self.warn_seconds < self.max_seconds

    def prompts(self) -> tuple[str, ...]:
        """Texts that are said word for word: synthesised ahead, they are heard at once."""
        return (
            self.greeting,
            self.apology,
            *self.resume.texts,
            *((self.warning, self.time_up) if self.warns else ()),
            *(self.idle.texts if self.idle is not None else ()),
            *(self.recording.texts if self.recording is not None else ()),
            *(self.budget.texts if self.budget is not None else ()),
            *self.fillers,
            *(self.late.words if self.late is not None else ()),
            *(self.outbound.prompts() if self.outbound is not None else ()),
            *(self.transfers.texts if isinstance(self.transfers, Transfers) else ()),
            *filter(None, self.tool_fillers().values()),
        )

    def tool_fillers(self) -> dict[str, str]:
        """The fillers that tools have of their own, by the tool's name."""
        own = {tool.__name__: options_of(tool).filler for tool in self.tools}
        return {name: filler for name, filler in own.items() if filler is not None}

    def answer(self, compose: Compose) -> Compose:
        """Decorates the function that builds a call's pipeline."""
        if self.compose is not None:
            raise ValueError(f"line {self.name!r} has two @line.answer functions; expected one")
        self.compose = compose
        return compose

    def stages(self, call: Call) -> list[FrameProcessor]:
        """The stages of one call.

        Raises:
            ValueError: no function is decorated with ``@line.answer``.
        """
        if self.compose is None:
            raise ValueError(f"line {self.name!r} has no function decorated with @line.answer")
        return list(self.compose(call))

    async def dial(self, to: str, data: Mapping[str, Any] | None = None) -> Dialled:
        """Call somebody, from the process that serves this line; returns when the carrier has been asked.

        Args:
            to: E.164, or as written in the country of the line's number.
            data: what ``call.data`` begins with; the greeting may name fields of it.

        Raises:
            DialRefused: the number is none, is not to be called, or not now.
            CarrierError: the carrier refused.
            TrunklineError: no server runs in this process, or it does not serve this line.
        """
        from trunkline.outbound import dialler as outbound

        return await outbound.current().dial(self, to, data=data)

    def run(self) -> None:
        """Serve this line alone, whatever number is called: what ``trunkline run FILE`` does."""
        import inspect
        import sys
        from pathlib import Path

        from trunkline.cli import main

        file = (inspect.getsourcefile(self.compose) if self.compose else None) or sys.argv[0]
        sys.exit(main(["run", str(Path(file)), *sys.argv[1:]]))
