"""A line: a phone number, and the pipeline that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

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

E164 = re.compile(r"^\+[1-9]\d{6,14}$")


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
    compose: Compose | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a line needs a name, found an empty one")
        if not E164.match(self.number):
            raise ValueError(f"number={self.number!r} is not E.164; expected a form like '+15550100'")
        for what, text in (("greeting", self.greeting), ("prompt", self.instructions())):
            if not text.strip():
                raise ValueError(f"line {self.name!r} needs a {what}, found an empty one")

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
