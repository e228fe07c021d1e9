"""What is told of one call, without what its line leaves out: to the store, and to whoever watches."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from trunkline.calls.summary import masked
from trunkline.events import AgentSaid, CallerSaid, CallerSpeaking, Event, ToolCalled
from trunkline.life import PROVISIONAL, Outcome
from trunkline.line import Line
from trunkline.records import Facts, Turn
from trunkline.redaction.entities import values_of
from trunkline.redaction.findings import Said, Speaker
from trunkline.redaction.redact import Known, Redactor
from trunkline.redaction.state import without

WINDOW = 8
"""Turns that are looked at together, and may be written once more."""


class Keeper(Protocol):
    """Where minutes are kept."""

    def begin(self, facts: Facts, line: Line) -> None: ...
    def turn(self, sid: str, turn: Turn) -> None: ...
    def note(self, sid: str, *, urgent: bool = False, **columns: Any) -> None: ...
    def end(self, sid: str, outcome: Outcome) -> None: ...


class Discretion:
    """A keeper of one call that hands on what may be kept.

    What the caller says is judged together with the turns around it. A row that is kept already is written
    again when what follows shows what it was; until then a number that may become a card's is left out.

    Args:
        keeper: keeps the rest.
        line: says what is left out.
    """

    def __init__(self, keeper: Keeper, line: Line) -> None:
        self.data: Mapping[str, Any] = {}
        """The call's, if there is any."""
        self._keeper = keeper
        self._privacy = line.privacy
        self._redactor = Redactor(line.privacy, tuple(line.languages))
        self._known = Known()
        self._turns: dict[int, Turn] = {}
        self._said: dict[int, tuple[Said, Said]] = {}
        self._kept: dict[int, tuple[str, ...]] = {}
        """What of the caller and of the agent stands in the rows."""
        self._texts: dict[str, str] = {}
        """The window's, by how they were said."""
        self._readings: dict[tuple[Speaker, str], Said] = {}
        self._last: tuple[object, list[str]] | None = None
        self._is_over = False

    def begin(self, facts: Facts, line: Line) -> None:
        self._keeper.begin(self.facts(facts), line)

    def turn(self, sid: str, turn: Turn) -> None:
        before = self._said.get(turn.index)
        self._turns[turn.index] = turn
        if before is None or (before[0].text, before[1].text) != (turn.caller, turn.agent):
            self._said[turn.index] = (Said("caller", turn.caller), Said("agent", turn.agent))
            self._read()
        self._keep(sid, anyway=turn.index)
        for index in sorted(self._turns)[:-WINDOW]:
            del self._turns[index], self._said[index], self._kept[index]

    def note(self, sid: str, *, urgent: bool = False, **columns: Any) -> None:
        if columns.get("state") is not None:
            columns["state"] = self.state(columns["state"])
        self._keeper.note(sid, urgent=urgent, **columns)

    def end(self, sid: str, outcome: Outcome) -> None:
        """How the call ended; with it, what was unsure is settled, unless it goes on elsewhere."""
        if not self._is_over and outcome.kind not in PROVISIONAL:
            self._is_over = True
            self._read()
            self._keep(sid)
        self._keeper.end(sid, outcome)

    def facts(self, facts: Facts) -> Facts:
        """With the number of whoever we talk to as it may be kept."""
        if self._privacy.caller_numbers == "kept":
            return facts
        if facts.direction.startswith("outbound"):
            return replace(facts, called=masked(facts.called))
        return replace(facts, caller=masked(facts.caller))

    def event(self, event: Event) -> Event:
        """As it may be shown."""
        match event:
            case CallerSaid(text=text) | CallerSpeaking(text=text):
                return replace(event, text=self._shown(Said("caller", text)))
            case AgentSaid(text=text):
                return replace(event, text=self._shown(Said("agent", text)))
            case ToolCalled(arguments=arguments):
                return replace(event, arguments=self.plain(arguments))
            case _:
                return event

    def plain(self, value: Any) -> Any:
        """A value that JSON can hold."""
        self._learn_values()
        return self._redactor.plain(value, self._known)

    def state(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """What another process needs to go on with the call; its model will know no more than this."""
        self._learn_values()
        return without(state, self._redactor, self._known, self._conversation)

    def _conversation(self, said: Sequence[tuple[Speaker, str]]) -> list[str]:
        """Texts that follow one another, as they may be kept while the call goes on."""
        key = tuple(said)
        if self._last is None or self._last[0] != (key, len(self._known.digits), len(self._known.days)):
            self._readings = {one: self._readings.get(one) or Said(*one) for one in said}
            texts = self._redactor.turns([self._readings[one] for one in said], self._known, is_over=False)
            self._last = ((key, len(self._known.digits), len(self._known.days)), texts)
        return self._last[1]

    def _learn_values(self) -> None:
        if self._privacy.data:
            self._known.learn_values(tuple(values_of(self.data, self._privacy.data)))

    def _shown(self, said: Said) -> str:
        if said.text in self._texts:
            return self._texts[said.text]
        return self._redactor.turns([*self._window(), said], self._known, is_over=False)[-1]

    def _window(self) -> list[Said]:
        return [said for index in sorted(self._said) for said in self._said[index] if said.text]

    def _read(self) -> None:
        """Judge the words of the window anew."""
        self._learn_values()
        window = self._window()
        texts = self._redactor.turns(window, self._known, is_over=self._is_over)
        self._texts = {said.text: text for said, text in zip(window, texts, strict=True)}

    def _keep(self, sid: str, anyway: int | None = None) -> None:
        """Write the rows that have changed, and the one that is told of."""
        for index, turn in sorted(self._turns.items()):
            texts = tuple(self._texts.get(text, "") for text in (turn.caller, turn.agent))
            if index == anyway or self._kept.get(index) != texts:
                self._kept[index] = texts
                self._keeper.turn(sid, self._redacted(turn))

    def _redacted(self, turn: Turn) -> Turn:
        tools = tuple(
            replace(tool, arguments=self.plain(tool.arguments), result=self.plain(tool.result))
            for tool in turn.tools
        )
        caller, agent = (self._texts.get(text, "") for text in (turn.caller, turn.agent))
        return replace(turn, caller=caller, agent=agent, tools=tools)
