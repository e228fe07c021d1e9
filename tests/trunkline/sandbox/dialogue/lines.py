"""Two lines as a model sees them, and a caller who talks to the dialogue engine in text."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trunkline.sandbox.brain import Brain, CallTool, Say
from trunkline.sandbox.chat_request import ChatRequest, Message

Call = tuple[str, dict[str, Any]]


def function(tool: str, manual: str, /, optional: Any = (), **properties: Any) -> dict[str, Any]:
    """A tool as the request carries it."""
    required = [name for name in properties if name not in optional]
    schema = {"type": "object", "properties": properties, "required": required}
    return {"name": tool, "description": manual, "parameters": schema}


def text(description: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


END = function("end_call", "End the call when the caller says goodbye. Says goodbye for you: say nothing.")

LOOK_UP = function(
    "look_up",
    "Look up what the practice says about opening hours, address, parking, prices and treatments "
    "(check-up, cleaning, whitening), insurance, emergencies or cancellations.",
    topic=text("What the caller asks about, in a few words."),
)
TAKE_MESSAGE = function(
    "take_message",
    "Take a message for the practice; someone calls back on the next working day.",
    name=text("Who leaves the message."),
    phone=text("The number to call back."),
    message=text("What it is about."),
)
FIND_SLOTS = function(
    "find_slots",
    "Find free appointment slots on a day.",
    optional=["part_of_day"],
    day=text("The day the caller wants.", format="date"),
    part_of_day=text("When on that day.", enum=["morning", "afternoon", "any"], default="any"),
)
BOOK = function(
    "book",
    "Book an appointment in a free slot that find_slots returned.",
    slot=text("The slot, such as 2026-11-24 09:30."),
    name=text("Who comes."),
    reason=text("What for, such as a check-up or a cleaning."),
)
MOVE = function(
    "move",
    "Move a caller's appointment to another free slot.",
    name=text("Whose appointment."),
    slot=text("The new slot, such as 2026-11-24 09:30."),
)
CANCEL = function(
    "cancel",
    "Cancel a caller's appointment, once the caller has confirmed it.",
    name=text("Whose appointment."),
)

FRONT_DESK = (LOOK_UP, TAKE_MESSAGE, END)
APPOINTMENTS = (FIND_SLOTS, BOOK, MOVE, CANCEL, END)

SUNDAY = "You keep the diary. Today is Sunday, 2026-11-22."

TOOLS: Mapping[str, Callable[..., Any]] = {
    "look_up": lambda topic: f"This is known of {topic}.",
    "take_message": lambda name, phone, message: f"Noted: {name}, {phone}.",
    "find_slots": lambda day, part_of_day="any": f"Free: {day} 09:00, {day} 09:30, {day} 10:00",
    "book": lambda slot, name, reason: f"Booked: {slot}, {name}, {reason}.",
    "move": lambda name, slot: f"Moved: {name}, to {slot}.",
    "cancel": lambda name: f"Cancelled: {name}.",
}


@dataclass
class Conversation:
    """A caller and the engine, message by message, as pipecat would keep them."""

    brain: Brain
    tools: Sequence[Mapping[str, Any]]
    prompt: str = SUNDAY
    answers: Mapping[str, Callable[..., Any]] = field(default_factory=lambda: TOOLS)
    calls: list[Call] = field(default_factory=list)
    """The tools that were called, and with what."""
    messages: list[Message] = field(default_factory=list)

    def say(self, words: str) -> str:
        """The caller says something; returns what the agent says until it is the caller's turn again."""
        self.messages.append({"role": "user", "content": words})
        said = list[str]()
        for _ in range(3):
            spoken, called = self._reply()
            said += spoken
            if not called:
                break
        return " ".join(said)

    def request(self) -> ChatRequest:
        return ChatRequest(
            "m", ({"role": "system", "content": self.prompt}, *self.messages), tuple(self.tools)
        )

    def _reply(self) -> tuple[list[str], bool]:
        said, answered = list[str](), False
        for piece in self.brain.reply(self.request()):
            if isinstance(piece, Say):
                said.append(piece.text)
                self.messages.append({"role": "assistant", "content": piece.text})
            else:
                answered = self._call(piece)
        return said, answered

    def _call(self, call: CallTool) -> bool:
        assert not isinstance(call.arguments, str)
        self.calls.append((call.name, dict(call.arguments)))
        if call.name not in self.answers:
            return False
        name, number = call.name, f"call_{len(self.calls)}"
        function = {"name": name, "arguments": json.dumps(call.arguments)}
        self.messages.append(
            {"role": "assistant", "tool_calls": [{"id": number, "type": "function", "function": function}]}
        )
        result = json.dumps(self.answers[name](**call.arguments))
        self.messages.append({"role": "tool", "tool_call_id": number, "content": result})
        return True
