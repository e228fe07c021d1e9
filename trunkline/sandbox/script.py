"""What a sandbox caller does: a list of steps, read from a TOML file beside the pipeline file.

::

    [[step]]
    say = "Hello, are you open on Saturday?"      # once the agent has finished

    [[step]]
    barge_in = "Thank you, that is enough."       # while the agent is speaking
    after_ms = 2500                               # this far into its next reply

    [[step]]
    press = "1#"

    [[step]]
    wait = 1.5                                    # seconds

    [[step]]
    hang_up = true
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trunkline.sandbox.errors import ScriptError

KEYS_OF_A_PHONE = frozenset("0123456789*#ABCD")


@dataclass(frozen=True, slots=True)
class Say:
    """Say something when the agent has finished."""

    text: str


@dataclass(frozen=True, slots=True)
class BargeIn:
    """Say something while the agent is speaking."""

    text: str
    after_ms: int = 1000
    """Milliseconds of the reply that are heard first."""
    reply: int | None = None
    """Which reply, counted from 1 (the greeting is 0); by default the next one."""


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys when the agent has finished."""

    digits: str
    """Of ``0123456789*#ABCD``."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up when the agent has finished."""


Step = Say | BargeIn | Press | Wait | HangUp


@dataclass(frozen=True, slots=True)
class Script:
    """A caller's side of a call. When it is over, the caller stays on the line until the agent hangs up."""

    steps: tuple[Step, ...]


def beside(pipeline: Path) -> Path:
    """Where the script of a pipeline file is looked for: ``front_desk.py`` has ``front_desk.call.toml``."""
    return pipeline.with_suffix(".call.toml")


def read(path: Path) -> Script:
    """The script in a file.

    Raises:
        ScriptError: the file is missing, is no TOML, or holds what is no step.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ScriptError(path, f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScriptError(path, f"is no TOML: {error}") from error
    _only(path, content, {"step"}, "the file")
    steps = content.get("step")
    if not isinstance(steps, list) or not steps:
        raise ScriptError(path, "has no steps; begin each with a line [[step]]")
    return Script(tuple(_step(path, number, step) for number, step in enumerate(steps, 1)))


def _step(path: Path, number: int, table: Any) -> Step:
    where = f"step {number}"
    if not isinstance(table, dict):
        raise ScriptError(path, f"{where} is no table; begin each step with a line [[step]]")
    kinds = [key for key in KINDS if key in table]
    if len(kinds) != 1:
        named = f"both {' and '.join(kinds)}" if kinds else _named(table)
        raise ScriptError(path, f"{where} has {named}; expected exactly one of {', '.join(KINDS)}")
    _only(path, table, {kinds[0], *(EXTRAS if kinds[0] == "barge_in" else ())}, where)
    try:
        return KINDS[kinds[0]](table)
    except _Unfit as unfit:
        raise ScriptError(path, f"{where}: {unfit}") from None


class _Unfit(Exception):
    """A value that its key cannot have."""


def _named(table: Mapping[str, Any]) -> str:
    return f"the key {', '.join(map(repr, table))}" if table else "no key"


def _only(path: Path, table: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if unknown := [key for key in table if key not in allowed]:
        keys = ", ".join(sorted(allowed))
        raise ScriptError(path, f"{where} has the unknown key {unknown[0]!r}; allowed: {keys}")


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip():
        raise _Unfit(f"{key} = {value!r} is nothing that can be said; expected some words")
    return value.strip()


def _whole(table: Mapping[str, Any], key: str, least: int) -> int:
    value = table[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise _Unfit(f"{key} = {value!r}; expected a whole number, {least} or more")
    return value


def _say(table: Mapping[str, Any]) -> Step:
    return Say(_text(table, "say"))


def _barge_in(table: Mapping[str, Any]) -> Step:
    given = {key: _whole(table, key, 0) for key in EXTRAS if key in table}
    return BargeIn(_text(table, "barge_in"), **given)


def _press(table: Mapping[str, Any]) -> Step:
    digits = str(table["press"])
    if not digits or not set(digits) <= KEYS_OF_A_PHONE:
        raise _Unfit(f"press = {digits!r}; expected keys of a phone, 0 to 9, * # A B C D")
    return Press(digits)


def _wait(table: Mapping[str, Any]) -> Step:
    seconds = table["wait"]
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds < 0:
        raise _Unfit(f"wait = {seconds!r}; expected seconds")
    return Wait(float(seconds))


def _hang_up(table: Mapping[str, Any]) -> Step:
    if table["hang_up"] is not True:
        raise _Unfit(f"hang_up = {table['hang_up']!r}; expected true")
    return HangUp()


EXTRAS = ("after_ms", "reply")
"""Keys beside ``barge_in``."""

KINDS: Mapping[str, Callable[[Mapping[str, Any]], Step]] = {
    "say": _say,
    "barge_in": _barge_in,
    "press": _press,
    "wait": _wait,
    "hang_up": _hang_up,
}
"""The key that says what a step does, and its reader."""
