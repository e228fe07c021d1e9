"""Calling a tool: its arguments from the caller's words, and a question for what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from trunkline.sandbox.brain import CallTool, Piece, Say
from trunkline.sandbox.dialogue import filling, questions
from trunkline.sandbox.dialogue.filling import Words
from trunkline.sandbox.dialogue.similarity import Similarity
from trunkline.sandbox.dialogue.state import Form, State
from trunkline.sandbox.dialogue.tools import Kind, Parameter, Tool

Turn = tuple[State, list[Piece]]
"""What is known from now on, and what to say or do."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The tools of one request, to be filled in."""

    tools: Mapping[str, Tool]
    similarity: Similarity
    today: date

    def begin(
        self, state: State, tool: Tool, *texts: str, preface: str = "", given: Mapping[str, Any] | None = None
    ) -> Turn:
        """Want ``tool``, with what is said about its arguments.

        Args:
            texts: what was said, the part that means the tool before the whole.
            preface: what to say ahead of a question.
            given: arguments that are known already.
        """
        known = {p.name: state.facts[p.kind] for p in tool.parameters if p.kind in state.facts}
        form = Form(tool.name, {**known, **(given or {})})
        for text in texts:
            form = replace(form, values=self.fill(state, form, text))
        return self.go_on(state, form, preface)

    def fill(self, state: State, form: Form, text: str) -> dict[str, Any]:
        """The form's values with those that ``text`` adds; what was asked for may also be corrected."""
        values = dict(form.values)
        for parameter in self.tools[form.tool].parameters:
            asked = parameter.name == form.asked
            if asked or parameter.name not in values:
                value = filling.find(parameter, self.words(state, text, form.tool, asked=asked))
                if value is not None:
                    values[parameter.name] = value
        return values

    def words(self, state: State, text: str, tool: str, *, asked: bool = False) -> Words:
        """What was said, with all that it has to be read with."""
        topics = self.tools[tool].topics
        return Words(text, self.today, self.similarity, asked, state.offers, state.day, topics)

    def go_on(self, state: State, form: Form, preface: str = "") -> Turn:
        """Ask for what is missing; once nothing is, call the tool."""
        tool = self.tools[form.tool]
        missing = next((p for p in tool.parameters if p.required and p.name not in form.values), None)
        if missing and missing.kind is Kind.SLOT and not state.offers and (finder := self.finder()):
            return self.begin(replace(state, goal=tool.name), finder, preface=preface)
        if missing:
            asking = replace(state, form=replace(form, asked=missing.name, confirming=False))
            return asking, [Say(f"{preface} {self.question(asking)}".strip())]
        if tool.wants_confirmation and not form.confirming:
            asking = replace(state, form=replace(form, asked=None, confirming=True))
            return asking, [Say(self.question(asking))]
        return state, [CallTool(tool.name, dict(form.values))]

    def question(self, state: State) -> str:
        """What the caller is asked for at the moment; empty if for nothing."""
        form = state.form
        if form is None:
            return ""
        if form.confirming:
            return questions.confirmation(self.tools[form.tool], form.values)
        asked = self.asked(form)
        return questions.question(asked, state.offers) if asked else ""

    def asked(self, form: Form) -> Parameter | None:
        return self.tools[form.tool].parameter(form.asked or "")

    def finder(self) -> Tool | None:
        """The tool that finds slots on a day."""
        return self._first(t for t in self.tools.values() if t.of(Kind.DATE) and not t.of(Kind.SLOT))

    def taker(self, state: State) -> Tool | None:
        """The tool that a chosen slot is for."""
        goal = self.tools.get(state.goal or "")
        return goal or self._first(t for t in self.tools.values() if t.of(Kind.SLOT) and not t.looks_up)

    def adviser(self) -> Tool | None:
        """The tool that answers questions."""
        return self._first(t for t in self.tools.values() if t.of(Kind.QUERY) and t.looks_up)

    def messenger(self) -> Tool | None:
        """The tool that takes messages."""
        return self._first(t for t in self.tools.values() if t.of(Kind.MESSAGE))

    def closer(self) -> Tool | None:
        """The tool that ends the call."""
        return self._first(t for t in self.tools.values() if t.ends_call)

    @staticmethod
    def _first(tools: Iterable[Tool]) -> Tool | None:
        return next(iter(tools), None)
