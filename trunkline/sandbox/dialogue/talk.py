"""The course of a conversation: what each thing that happens changes, and what is said or done about it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from trunkline.sandbox.brain import CallTool, Say
from trunkline.sandbox.dialogue import answers, dates, filling, questions, results
from trunkline.sandbox.dialogue.answers import is_no, is_yes, says
from trunkline.sandbox.dialogue.forms import Forms, Turn
from trunkline.sandbox.dialogue.intent import Wish, wish
from trunkline.sandbox.dialogue.similarity import Similarity
from trunkline.sandbox.dialogue.state import State
from trunkline.sandbox.dialogue.tools import Kind, Tool
from trunkline.sandbox.dialogue.transcript import Called, Event, Heard, Returned, Said
from trunkline.sandbox.dialogue.words import content, stem

LASTING = (Kind.NAME, Kind.PHONE)
"""What a caller says once and means for the whole call."""

FREE = (Kind.MESSAGE, Kind.TEXT, Kind.QUERY)
"""What anything may be an answer to."""

SURER = 0.15
"""What a wish must be surer than usual to interrupt a question."""

ASKING = re.compile(
    r"^(?:and |so |but )?(?:what|where|when|who|which|why|how|do|does|is|are|can|could|will)\b"
)


class Talk:
    """One line's conversation.

    Args:
        tools: what the request offers.
        similarity: finds the tool that is meant.
        today: what "tomorrow" counts from.
    """

    def __init__(self, tools: Sequence[Tool], similarity: Similarity, today: date) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._forms = Forms(self._tools, similarity, today)

    def take(self, state: State, event: Event) -> Turn:
        """What ``event`` changes, and what to say or do if it is the last one."""
        match event:
            case Heard():
                return self._hear(state, event.text)
            case Returned():
                return self._returned(state, event)
            case Called():
                return self._called(state, event), [Say(questions.PATIENCE)]
            case Said():
                return replace(state, said=event.text), [Say(questions.HELP)]

    def _hear(self, state: State, text: str) -> Turn:
        """By the first rule that fits."""
        early = (self._farewell, self._never_mind, self._confirmed, self._again, self._waiting)
        for rule in (*early, self._answer, self._choice, self._wish, self._other_day, self._small_talk):
            if turn := rule(state, text):
                return replace(turn[0], lost=0), turn[1]
        return self._lost(state, text)

    def _farewell(self, state: State, text: str) -> Turn | None:
        nothing_else = is_no(text) and not state.form and questions.ELSE in state.said
        if not (nothing_else or says(answers.BYE, text) or says(answers.ENOUGH, text)):
            return None
        closer = self._forms.closer()
        if closer is None:
            return state, [Say(questions.GOODBYE)]
        calling = CallTool(closer.name, {})
        return state, [calling] if closer.speaks else [Say(questions.GOODBYE), calling]

    def _never_mind(self, state: State, text: str) -> Turn | None:
        if not says(answers.NEVER_MIND, text):
            return None
        return replace(state, form=None, goal=None), [Say(f"{questions.DROPPED} {questions.ELSE}")]

    def _confirmed(self, state: State, text: str) -> Turn | None:
        if not (state.form and state.form.confirming):
            return None
        if is_yes(text):
            return self._forms.go_on(state, state.form)
        if is_no(text):
            return replace(state, form=None), [Say(f"{questions.DROPPED} {questions.HELP}")]
        return None

    def _again(self, state: State, text: str) -> Turn | None:
        if says(answers.READ_BACK, text):
            so_far = questions.summary(state.form.values) if state.form else ""
            return state, [Say(so_far or state.result or state.said)]
        if says(answers.AGAIN, text) and state.said:
            return state, [Say(state.said)]
        return None

    def _waiting(self, state: State, text: str) -> Turn | None:
        return (
            (state, [Say(questions.WAITING)]) if answers.brief(text) and says(answers.MOMENT, text) else None
        )

    def _answer(self, state: State, text: str) -> Turn | None:
        """An answer to what was asked, unless it is clearly something else."""
        form = state.form
        asked = self._forms.asked(form) if form else None
        if form is None or asked is None:
            return None
        other = self._meant(text, surer=SURER)
        if asked.kind in FREE and other.tool and other.tool.name != form.tool and _orders(text, other.tool):
            return None
        values = self._forms.fill(state, form, text)
        if values != form.values:
            return self._forms.go_on(state, replace(form, values=values), "Thank you.")
        if other.tool is not None or self._chats(text):
            return None
        return state, [Say(f"{questions.MISSED} {self._forms.question(state)}")]

    def _choice(self, state: State, text: str) -> Turn | None:
        """One of the slots that were offered."""
        taker = self._forms.taker(state)
        parameter = taker.of(Kind.SLOT) if taker else None
        if not (taker and parameter and state.offers):
            return None
        slot = filling.find(parameter, self._forms.words(state, text, taker.name))
        if slot is None:
            return None
        other = self._meant(text).tool
        if other and other.of(Kind.SLOT):
            taker = other
        elif other and slot not in state.offers:
            return None
        named = taker.of(Kind.SLOT)
        given = {named.name: slot} if named else {}
        return self._forms.begin(state, taker, text, preface="Good.", given=given)

    def _wish(self, state: State, text: str) -> Turn | None:
        meant = self._meant(text)
        if meant.tool is None:
            return None
        return self._forms.begin(state, meant.tool, meant.words, text, preface="Of course.")

    def _other_day(self, state: State, text: str) -> Turn | None:
        finder = self._forms.finder()
        day = dates.day(text, self._forms.today)
        return self._forms.begin(state, finder, text) if finder and day else None

    def _small_talk(self, state: State, text: str) -> Turn | None:
        if says(answers.PERSON, text) and (messenger := self._forms.messenger()):
            return self._forms.begin(state, messenger, preface=questions.NO_PERSON)
        reply = _courtesy(text)
        if reply is None:
            return None
        following = questions.ELSE if says(answers.THANKS, text) else questions.HELP
        return state, [Say(f"{reply} {self._forms.question(state) or following}".strip())]

    def _chats(self, text: str) -> bool:
        return says(answers.PERSON, text) or _courtesy(text) is not None

    def _lost(self, state: State, text: str) -> Turn:
        adviser = self._forms.adviser()
        if adviser and _asks(text) and content(text):
            return self._forms.begin(state, adviser, text)
        tools = [tool for tool in self._tools.values() if not tool.ends_call]
        honest = f" {questions.MACHINE}" if state.lost else ""
        said = f"{questions.NOT_UNDERSTOOD}{honest} {questions.abilities(tools)}"
        return replace(state, lost=state.lost + 1), [Say(said)]

    def _meant(self, text: str, surer: float = 0.0) -> Wish:
        """The tool that is surely meant, if one is."""
        best = wish(text, list(self._tools.values()), self._forms.similarity, self._forms.today)
        return best if best.score >= self._forms.similarity.certain + surer else Wish(best.score)

    def _called(self, state: State, event: Called) -> State:
        tool = self._tools.get(event.tool)
        if tool is None:
            return state
        given = [(p.kind, str(event.arguments.get(p.name) or "")) for p in tool.parameters]
        days = [dates.iso_day(value) for kind, value in given if kind in (Kind.SLOT, Kind.DATE)]
        return replace(
            state,
            form=None if state.form and state.form.tool == event.tool else state.form,
            goal=None if tool.of(Kind.SLOT) else state.goal,
            facts={**state.facts, **{kind: value for kind, value in given if kind in LASTING and value}},
            day=next(filter(None, days), state.day),
        )

    def _returned(self, state: State, event: Returned) -> Turn:
        tool = self._tools.get(event.tool)
        if tool is None or tool.ends_call:
            return state, []
        result = results.spoken(event.content)
        state = replace(state, result=result)
        if not tool.of(Kind.SLOT) and (tool.of(Kind.DATE) or filling.offered(event.content)):
            state = replace(state, offers=filling.offered(event.content))
        return state, [Say(f"{result} {self._follow_up(state, tool, event.content)}".strip())]

    def _follow_up(self, state: State, tool: Tool, content: str) -> str:
        """What is asked behind a result."""
        if state.form or results.failed(content):
            return self._forms.question(state)
        if tool is self._forms.finder() and self._forms.taker(state):
            several = questions.WHICH if len(state.offers) > 1 else questions.THIS_ONE
            return several if state.offers else questions.OTHER_DAY
        return "" if tool.looks_up else questions.ELSE


def _asks(text: str) -> bool:
    return "?" in text or bool(ASKING.match(text.lower()))


def _orders(text: str, tool: Tool) -> bool:
    """Whether ``text`` asks, or says right away what the tool does: "please cancel it"."""
    return _asks(text) or tool.verb in map(stem, content(text)[:1])


def _courtesy(text: str) -> str | None:
    """What politeness answers; ``None`` when nothing polite was said."""
    replies = (
        (answers.MACHINE, questions.MACHINE),
        (answers.THANKS, questions.WELCOME),
        (answers.GREETING, "Hello."),
    )
    said = next((reply for form, reply in replies if says(form, text)), None)
    return "" if said is None and (is_yes(text) or is_no(text)) else said
