"""Verbs that the caller answers: ``<Gather>`` keys, ``<Record>`` a message."""

import asyncio
from collections.abc import Awaitable, Callable

from trunkline.sandbox.telephone.handset import Handset
from trunkline.sandbox.telephone.interruption import CallOver, Source
from trunkline.sandbox.telephone.recordings import Recording
from trunkline.sandbox.telephone.tape import RATE
from trunkline.sandbox.telephone.verbs.speaking import pause, play, say
from trunkline.sandbox.telephone.verbs.step import SCHEMA_WARNING, Step

PROMPTS: dict[str, Callable[[Step], Awaitable[None]]] = {"Say": say, "Play": play, "Pause": pause}

ALL_KEYS = "1234567890*#"

BEEP = b"\x7e\xfe" * (RATE // 10)
"""A fifth of a second that is not silence."""

Keys = asyncio.Queue[str]


async def gather(step: Step) -> Source | None:
    """Collect keys, during the prompts within it and for a while after each key.

    Without a key the next verb follows, unless ``actionOnEmptyResult`` is set. Speech is not understood.
    """
    phone, verb = step.phone, step.verb
    if "speech" in verb.get("input", "dtmf"):
        phone.warn(SCHEMA_WARNING, "the sandbox's <Gather> understands keys only")
    with phone.keys() as keys:
        digits, finished_on = await phone.live(_gather(step, keys))
    if not digits and not verb.flag("actionOnEmptyResult"):
        return None
    return step.action(
        {"Digits": digits, "FinishedOnKey": finished_on, "msg": "Gather End"}, step.document.url
    )


async def _gather(step: Step, keys: Keys) -> tuple[str, str]:
    """The digits, and the key that ended them, if one did."""
    key = await _first_key(step, keys)
    finish, limit = step.verb.get("finishOnKey", "#"), step.verb.number("numDigits", float("inf"))
    digits = ""
    while key and key not in finish:
        digits += key
        if len(digits) >= limit:
            return digits, ""
        key = await _next_key(step, keys)
    return digits, key


async def _first_key(step: Step, keys: Keys) -> str:
    """A key cuts the prompts short; when they are over, the patience begins."""
    prompts = asyncio.ensure_future(_prompt(step))
    pressed = asyncio.ensure_future(keys.get())
    try:
        await asyncio.wait({prompts, pressed}, return_when=asyncio.FIRST_COMPLETED)
        return pressed.result() if pressed.done() else await _next_key(step, keys)
    finally:
        for task in (prompts, pressed):
            task.cancel()
        await asyncio.gather(prompts, pressed, return_exceptions=True)


async def _prompt(step: Step) -> None:
    for noun in step.verb.nouns:
        run = PROMPTS.get(noun.name)
        if run is not None:
            await run(step.of(noun))


async def _next_key(step: Step, keys: Keys) -> str:
    """Empty if none is pressed in time."""
    try:
        async with asyncio.timeout(step.verb.number("timeout", 5)):
            return await keys.get()
    except TimeoutError:
        return ""


async def record(step: Step) -> Source | None:
    """Record until a key, silence, the maximal length or the caller's hanging up ends it."""
    phone, verb = step.phone, step.verb
    if verb.get("playBeep", "true").lower() != "false":
        await phone.live(phone.handset.play(BEEP))
    recording = Recording(
        phone=phone,
        source="RecordVerb",
        track="inbound",
        callback=step.url("recordingStatusCallback"),
        callback_method=verb.get("recordingStatusCallbackMethod", "POST"),
    )
    try:
        with phone.keys() as keys:
            ended_by = await phone.live(_recorded(step, keys))
    except CallOver:
        recording.stop()
        ask = step.action(recording.params() | {"Digits": "hangup"}, step.document.url)
        if ask is not None:
            await phone.deliver(ask)
        raise
    recording.stop()
    return step.action(recording.params() | {"Digits": ended_by}, step.document.url)


async def _recorded(step: Step, keys: Keys) -> str:
    """The key that ended the recording, or nothing."""
    handset, patience = step.phone.handset, step.verb.number("timeout", 5)
    stop_keys = step.verb.get("finishOnKey", ALL_KEYS)
    silence = asyncio.ensure_future(_silence(handset, patience))
    key = asyncio.ensure_future(one_of(stop_keys, keys))
    try:
        done, _ = await asyncio.wait(
            {silence, key}, timeout=step.verb.number("maxLength", 3600), return_when=asyncio.FIRST_COMPLETED
        )
        return key.result() if key in done else ""
    finally:
        silence.cancel()
        key.cancel()
        await asyncio.gather(silence, key, return_exceptions=True)


async def _silence(handset: Handset, patience: float) -> None:
    """Return when the caller has said nothing for ``patience`` seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        until = max(began, handset.mouth.quiet_at) + patience
        if until <= loop.time():
            return
        await asyncio.sleep(until - loop.time())


async def one_of(wanted: str, keys: Keys) -> str:
    """The first of these keys to be pressed."""
    while (key := await keys.get()) not in wanted:
        pass
    return key
