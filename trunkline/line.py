"""A line: a phone number, and the pipeline that answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from trunkline import e164
from trunkline.overflow import NAMES, SayAndHangUp, WhenFull, overflow_number

if TYPE_CHECKING:
    from pipecat.processors.frame_processor import FrameProcessor

    from trunkline.call import Call

    Stages: TypeAlias = list[FrameProcessor]
else:
    Stages = list  # importing a line must not import pipecat
"""The stages of a pipeline, in the order in which frames travel."""

Compose = Callable[["Call"], Sequence["FrameProcessor"]]
"""What ``@line.answer`` decorates: builds the stages of one call, in the order in which frames travel."""

Tool = Callable[..., Any]
"""A function that the model may call; its docstring and annotations are the model's manual."""


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
    greeting: str
    """The first words on the line; synthesised ahead, so they are heard at once."""
    prompt: str | Callable[[], str]
    """What the model is told to be and to do; a function is asked at each call, say for today's date."""
    tools: Sequence[Tool] = ()
    language: str = "en"
    """BCP 47 tag of the language that is spoken."""
    apology: str = "I am sorry, we have a technical problem. Please call again in a few minutes."
    """The last words when a vendor fails for good."""
    resumed: str = "Sorry, the line dropped for a second. Please go on."
    """The first words when a lost stream is back."""
    max_seconds: float = 3600.0
    """How long a call may last."""
    max_calls: int | None = None
    """Calls at once on this line; None for as many as the process takes."""
    stt_streams: int | None = None
    """Listening streams of Deepgram that this line's calls may use at once; None for any number."""
    tts_streams: int | None = None
    """Speaking streams, likewise."""
    when_full: WhenFull = field(default_factory=SayAndHangUp)
    """What a caller hears for whom there is no room: one of :mod:`trunkline.overflow`."""
    compose: Compose | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a line needs a name, found an empty one")
        e164.check(self.number)
        for what, text in (("greeting", self.greeting), ("prompt", self.instructions())):
            if not text.strip():
                raise ValueError(f"line {self.name!r} needs a {what}, found an empty one")
        self._check_limits()

    def _check_limits(self) -> None:
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

    def run(self) -> None:
        """Serve this line alone, whatever number is called: what ``trunkline run FILE`` does."""
        import inspect
        import sys
        from pathlib import Path

        from trunkline.cli import main

        file = (inspect.getsourcefile(self.compose) if self.compose else None) or sys.argv[0]
        sys.exit(main(["run", str(Path(file)), *sys.argv[1:]]))
